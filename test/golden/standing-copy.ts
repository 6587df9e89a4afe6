import { readFileSync } from "node:fs";
import { join } from "node:path";
import { goldenFile } from "./golden.js";

/** The golden file of this name, or where there is none the few records of it that the repository keeps. */
export function goldenOrStandingCopy<T>(name: string): { file: T; label: string } {
  const full = goldenFile<T>(name);
  if (full !== null) return { file: full, label: name };
  const copy = readFileSync(join(import.meta.dirname, "data", name), "utf8");
  return { file: JSON.parse(copy) as T, label: `${name} (the repository's few records of it)` };
}

/** Gymnasium's keyword arguments under the names that Ludus gives them: `is_slippery` is `isSlippery`. */
export function camelCased(kwargs: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(kwargs).map(([key, value]) => [
      key.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
}
