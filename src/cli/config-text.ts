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

/** Breaks a line between words, what follows indented. @param columns that there are */
export function wrapped(line: string, columns: number): string {
  const lines: string[] = [];
  for (const word of line.split(" ")) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= columns)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(last === undefined ? word : `  ${word}`);
  }
  return lines.join("\n");
}

function isPart(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
