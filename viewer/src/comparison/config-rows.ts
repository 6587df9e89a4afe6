/** A key of configs, and what each of them has for it. */
export interface ConfigRow {
  /** With dots, as `--set` takes it. */
  key: string;
  /** In the order of the configs; null where one has no such key. */
  values: (string | null)[];
  differs: boolean;
}

/** The keys of some configs; first those in which they differ, else in the configs' own order. */
export function configRows(configs: readonly Record<string, unknown>[]): ConfigRow[] {
  const flat = configs.map((config) => leavesOf(config));
  const keys = [...new Set(flat.flatMap((leaves) => [...leaves.keys()]))];
  const rows = keys.map((key) => {
    const values = flat.map((leaves) => leaves.get(key) ?? null);
    return { key, values, differs: new Set(values).size > 1 };
  });
  return [...rows.filter(({ differs }) => differs), ...rows.filter(({ differs }) => !differs)];
}

function leavesOf(value: unknown, path = ""): Map<string, string> {
  const isPart = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isPart) return new Map([[path, typeof value === "string" ? value : JSON.stringify(value)]]);
  const parts = Object.entries(value);
  if (parts.length === 0) return new Map(path === "" ? [] : [[path, "{}"]]);
  return new Map(parts.flatMap(([key, inner]) => [...leavesOf(inner, path === "" ? key : `${path}.${key}`)]));
}
