/** A config as `--set` would say it: `key=value`, a line for each part. */
export function configText(config: Readonly<Record<string, unknown>>, path = ""): string {
  const settings: string[] = [];
  const parts: string[] = [];
  for (const [key, value] of Object.entries(config)) {
    if (isPart(value)) parts.push(configText(value, `${path}${key}.`));
    else settings.push(`${path}${key}=${typeof value === "string" ? value : JSON.stringify(value)}`);
  }
  return [settings.join(" "), ...parts].filter((line) => line !== "").join("\n");
}

function isPart(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
