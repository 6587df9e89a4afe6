import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { createFolder, replaceFile, writeError } from "./durable.js";
import { LudusError } from "./errors.js";
import type { DoneEvent } from "./events.js";

/** Raised when a run's files change their meaning; older ones stay readable, newer ones are refused. */
const runFormat = 1;

/** What a run is; never changes after its start. Times are ISO 8601 in UTC. */
export interface Manifest {
  format: number;
  /** Version of Ludus that made the run. */
  ludus: string;
  id: string;
  env: string;
  agent: string;
  preset: string | null;
  engine: string;
  seed: number;
  createdAt: string;
}

/** A run on disk: `manifest.json config.json metrics.jsonl timing.jsonl checkpoints/ best last lock`. */
export interface RunFolder {
  path: string;
  manifest: Manifest;
}

export const ludusVersion: string = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string }
).version;

/** Makes `<runs>/<env>/<stamp>-<id>/`, whole or not at all. */
export function createRun(
  runs: string,
  about: Omit<Manifest, "format" | "ludus" | "id" | "createdAt">,
  config: unknown,
): RunFolder {
  const createdAt = new Date().toISOString();
  const stamp = createdAt.slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const id = `${stamp}-${randomBytes(3).toString("hex")}`;
  const path = join(resolve(runs), ...about.env.split("/"), id);
  const manifest: Manifest = { format: runFormat, ludus: ludusVersion, id, ...about, createdAt };
  try {
    mkdirSync(dirname(path), { recursive: true });
    createFolder(path, {
      "manifest.json": `${JSON.stringify(manifest, null, 2)}\n`,
      "config.json": `${JSON.stringify(config, null, 2)}\n`,
    });
  } catch (error) {
    throw writeError(path, error, "no run was started; free space or name another folder with --runs.");
  }
  return { path, manifest };
}

export function openRun(path: string): RunFolder {
  const file = join(path, "manifest.json");
  let manifest: Manifest;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest;
  } catch (error) {
    throw new LudusError(
      "corrupt-run",
      `${file} cannot be read as the manifest of a run (${(error as Error).message}).`,
      {
        cause: error,
      },
    );
  }
  if (typeof manifest.format !== "number" || typeof manifest.env !== "string") {
    throw new LudusError("corrupt-run", `${file} is not the manifest of a run: it has no format and env.`);
  }
  if (manifest.format > runFormat) {
    throw new LudusError(
      "newer-run",
      `The run ${path} was made by Ludus ${manifest.ludus} (run format ${manifest.format}), and this is ${ludusVersion} (format ${runFormat}); update Ludus to read it.`,
    );
  }
  return { path: resolve(path), manifest };
}

/** The config a run was started with, as it was written; `resolveConfig` checks it. */
export function readConfig(run: RunFolder): Record<string, unknown> {
  const file = join(run.path, "config.json");
  try {
    return JSON.parse(readFileSync(file, "utf8")) as Record<string, unknown>;
  } catch (error) {
    throw new LudusError("corrupt-run", `${file} cannot be read as a config (${(error as Error).message}).`, {
      cause: error,
    });
  }
}

/** Keeps the last event of a run that reached its end. */
export function writeResult(path: string, result: DoneEvent): void {
  mkdirSync(join(path, "eval"), { recursive: true });
  replaceFile(join(path, "eval", "final.json"), `${JSON.stringify(result, null, 2)}\n`);
}

/** The last event of a run; null if it has not reached its end. */
export function runResult(path: string): DoneEvent | null {
  const file = join(path, "eval", "final.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as DoneEvent) : null;
}

/** All runs below a folder, oldest first. Folders that cannot be read are left out. */
export function listRuns(runs: string): RunFolder[] {
  const found: RunFolder[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() || entry.name.endsWith(".partial")) continue;
      if (existsSync(join(path, "manifest.json"))) {
        try {
          found.push(openRun(path));
        } catch (error) {
          if (!(error instanceof LudusError)) throw error;
        }
      } else if (depth > 0) visit(path, depth - 1);
    }
  };
  if (existsSync(runs) && statSync(runs).isDirectory()) visit(resolve(runs), 4);
  return found.sort(
    (a, b) => compare(a.manifest.createdAt, b.manifest.createdAt) || compare(a.manifest.id, b.manifest.id),
  );
}

/** Finds a run by path, by id (or the unambiguous start of one), or as `last`, the newest. */
export function findRun(name: string, runs: string): RunFolder {
  if (existsSync(join(name, "manifest.json"))) return openRun(name);
  const all = listRuns(runs);
  if (name === "last") {
    const last = all.at(-1);
    if (last !== undefined) return last;
    throw new LudusError(
      "unknown-run",
      `There is no run in ${resolve(runs)} yet; start one with \`ludus train <env>\`, or name the folder with --runs.`,
    );
  }
  const matches = all.filter(({ manifest }) => manifest.id === name || manifest.id.includes(name));
  if (matches.length === 1) return matches[0]!;
  const exact = matches.find(({ manifest }) => manifest.id === name);
  if (exact !== undefined) return exact;
  if (matches.length > 1) {
    throw new LudusError(
      "unknown-run",
      `'${name}' fits ${matches.length} runs (${matches.map(({ manifest }) => manifest.id).join(", ")}); give more of the id.`,
    );
  }
  throw new LudusError(
    "unknown-run",
    `There is no run '${name}': neither a path nor an id in ${resolve(runs)}; \`ludus runs\` lists what is there.`,
  );
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
