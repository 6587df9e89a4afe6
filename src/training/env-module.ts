import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname, relative } from "node:path";
import { LudusError } from "./errors.js";
import type { RunFolder } from "./run-folder.js";

/** Which module registered a run's environment, as the manifest keeps it. Ludus's own environments have none. */
export interface EnvModuleRecord {
  /** Absolute. */
  path: string;
  /** Fingerprint of the module and of what it imports from beside it; see `fingerprint`. */
  sha256: string;
}

/** SHA-256 over the module's files, each by its place relative to the module, so that it stays where all move together. */
export function fingerprint(path: string, files: Iterable<string>): string {
  const hash = createHash("sha256");
  const named = [...new Set([path, ...files])].map((file) => ({
    file,
    name: relative(dirname(path), file).replaceAll("\\", "/"),
  }));
  named.sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const { file, name } of named) {
    const content = readFileSync(file);
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest("hex");
}

/**
 * The module that has to be loaded before this run's environment can be made.
 *
 * @param override where it lies now, if it is no longer where it was
 * @returns null if the environment is one of Ludus's own
 * @throws {LudusError} `unknown-module` if it has moved
 */
export function moduleOfRun({ path, manifest }: RunFolder, override?: string): string | null {
  if (override !== undefined) return override;
  const record = manifest.envModule;
  if (record === undefined) return null;
  if (existsSync(record.path)) return record.path;
  throw new LudusError(
    "unknown-module",
    `The run ${path} plays ${manifest.env} of the module ${record.path}, which is not there any more; say where it is now with --env-module.`,
  );
}
