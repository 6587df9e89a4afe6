import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { rootFolder } from "../root-folder.js";
import { type CheckpointFiles, type FitCheckpointFiles, sealed } from "./checkpoint.js";
import { type PartialConfig, type RunConfig, resolveConfig } from "./config.js";
import { createFolder, replaceFile, writeError } from "./durable.js";
import type { EnvModuleRecord } from "./env-module.js";
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
  /** Where the environment comes from, if it is none of Ludus's own. */
  envModule?: EnvModuleRecord;
  createdAt: string;
}

/** A run on disk: `manifest.json config.json metrics.jsonl timing.jsonl checkpoints/ best last lock`. */
export interface RunFolder {
  path: string;
  manifest: Manifest;
}

/** What a fit or a study is; never changes after its start. */
export interface FitManifest
  extends Pick<Manifest, "format" | "ludus" | "id" | "engine" | "seed" | "createdAt"> {
  kind: "fit" | "study";
  task: string;
  /** Absolute path of the folder of all data sets; null for the usual one. */
  data: string | null;
}

/**
 * A fit on disk: `manifest.json config.json model.json metrics.jsonl timing.jsonl checkpoints/ last report.json lock`. A study has
 * no model and no checkpoints.
 */
export interface FitFolder {
  path: string;
  manifest: FitManifest;
}

/** A run of either sort. */
export type AnyRun = RunFolder | FitFolder;

export function isFit(run: AnyRun): run is FitFolder {
  return "kind" in run.manifest;
}

export const ludusVersion: string = (
  JSON.parse(readFileSync(new URL("package.json", rootFolder), "utf8")) as { version: string }
).version;

export interface NewRun {
  /** Folder of all runs. */
  runs: string;
  about: Omit<Manifest, "format" | "ludus" | "id" | "createdAt">;
  config: unknown;
  /** The checkpoint of step 0. */
  start: CheckpointFiles;
}

/** Makes `<runs>/<env>/<stamp>-<id>/`, whole or not at all: a run can be played and resumed from its first instant. */
export function createRun({ runs, about, config, start }: NewRun): RunFolder {
  return createAnyRun({ runs, place: about.env.split("/"), about, config, files: startFiles(start) });
}

/** The checkpoint of step 0 as files of the run's folder. */
export function startFiles(start: CheckpointFiles | FitCheckpointFiles): Record<string, Uint8Array | string> {
  const files = Object.entries(sealed(0, start));
  return {
    ...Object.fromEntries(files.map(([name, content]) => [`checkpoints/step-0/${name}`, content])),
    last: "step-0\n",
  };
}

interface NewFolder<About> {
  runs: string;
  /** Folders below that of all runs. */
  place: readonly string[];
  about: About;
  config: unknown;
  files: Readonly<Record<string, Uint8Array | string>>;
}

/** Makes `<runs>/<place>/<stamp>-<id>/`, whole or not at all. */
export function createAnyRun<About>({ runs, place, about, config, files }: NewFolder<About>) {
  const createdAt = new Date().toISOString();
  const stamp = createdAt.slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const id = `${stamp}-${randomBytes(3).toString("hex")}`;
  const path = join(resolve(runs), ...place, id);
  const manifest = { format: runFormat, ludus: ludusVersion, id, ...about, createdAt };
  try {
    mkdirSync(dirname(path), { recursive: true });
    createFolder(path, {
      "manifest.json": `${JSON.stringify(manifest, null, 2)}\n`,
      "config.json": configText(config),
      "metrics.jsonl": "",
      ...files,
    });
  } catch (error) {
    throw writeError(path, error, "no run was started; free space or name another folder with --runs.");
  }
  return { path, manifest };
}

/**
 * The run of a folder, of an agent or a fit.
 * @throws {LudusError} `corrupt-run` for what is no manifest, `newer-run` for a format that this version does not know
 */
export function openAnyRun(path: string): AnyRun {
  const file = join(path, "manifest.json");
  let manifest: Manifest | FitManifest;
  try {
    manifest = JSON.parse(readFileSync(file, "utf8")) as Manifest | FitManifest;
  } catch (error) {
    throw new LudusError(
      "corrupt-run",
      `${file} cannot be read as the manifest of a run (${(error as Error).message}).`,
      {
        cause: error,
      },
    );
  }
  const isOfFit = typeof manifest === "object" && manifest !== null && "kind" in manifest;
  const lacking = ["id", isOfFit ? "task" : "env", "engine", "createdAt"].filter(
    (key) => typeof (manifest as unknown as Record<string, unknown> | null)?.[key] !== "string",
  );
  if (typeof manifest?.format !== "number" || (manifest.format <= runFormat && lacking.length > 0)) {
    throw new LudusError(
      "corrupt-run",
      `${file} is not the manifest of a run: it has no ${lacking[0] ?? "format"}.`,
    );
  }
  if (manifest.format > runFormat) {
    throw new LudusError(
      "newer-run",
      `The run ${path} was made by Ludus ${manifest.ludus} (run format ${manifest.format}), and this is ${ludusVersion} (format ${runFormat}); update Ludus to read it.`,
    );
  }
  return { path: resolve(path), manifest } as AnyRun;
}

/**
 * The run of an agent.
 * @throws {LudusError} as `openAnyRun`, and `unsupported` for a fit
 */
export function openRun(path: string): RunFolder {
  return ofAgent(openAnyRun(path));
}

function ofAgent(run: AnyRun): RunFolder {
  if (!isFit(run)) return run;
  throw new LudusError(
    "unsupported",
    `${run.path} is a ${run.manifest.kind} of ${run.manifest.task}, in which no agent plays; \`ludus eval\` and \`ludus plot\` look at fits.`,
  );
}

/** The config of a run, checked. @throws {LudusError} `corrupt-run` */
export function readConfig(run: RunFolder): RunConfig {
  const file = join(run.path, "config.json");
  try {
    return resolveConfig(JSON.parse(readFileSync(file, "utf8")) as PartialConfig);
  } catch (error) {
    throw new LudusError("corrupt-run", `${file} cannot be read as a config: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** Keeps the config of a run that is to go on for longer than it was meant to. */
export function writeConfig(run: RunFolder, config: RunConfig): void {
  replaceFile(join(run.path, "config.json"), configText(config));
}

function configText(config: unknown): string {
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** Keeps the last event of a run that reached its end. */
export function writeResult(path: string, result: DoneEvent): void {
  mkdirSync(join(path, "eval"), { recursive: true });
  replaceFile(join(path, "eval", "final.json"), `${JSON.stringify(result, null, 2)}\n`);
}

/** The last event of a run; null if it has not reached its end, or what it says cannot be read. */
export function runResult(path: string): DoneEvent | null {
  try {
    return JSON.parse(readFileSync(join(path, "eval", "final.json"), "utf8")) as DoneEvent;
  } catch {
    return null;
  }
}

/** All runs of agents below a folder, oldest first. Those that cannot be read are left out; naming one says why. */
export function listRuns(runs: string): RunFolder[] {
  return listAnyRuns(runs).filter((run): run is RunFolder => !isFit(run));
}

/** All runs below a folder, fits among them. */
export function listAnyRuns(runs: string): AnyRun[] {
  return runPaths(runs)
    .flatMap((path) => {
      try {
        return [openAnyRun(path)];
      } catch (error) {
        if (error instanceof LudusError) return [];
        throw error;
      }
    })
    .sort(
      (a, b) => compare(a.manifest.createdAt, b.manifest.createdAt) || compare(a.manifest.id, b.manifest.id),
    );
}

/** Folders with a manifest, read or not. Environments have a namespace at most, and people sort runs into folders. */
function runPaths(runs: string): string[] {
  const found: string[] = [];
  const visit = (folder: string, depth: number): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true })) {
      const path = join(folder, entry.name);
      if (!entry.isDirectory() || entry.name.endsWith(".partial")) continue;
      if (existsSync(join(path, "manifest.json"))) found.push(path);
      else if (depth > 0) visit(path, depth - 1);
    }
  };
  if (existsSync(runs) && statSync(runs).isDirectory()) visit(resolve(runs), 4);
  return found;
}

/**
 * Finds an agent's run by path, by id (or an unambiguous part of one), or as `last`, the newest.
 * @throws {LudusError} `unknown-run`, and what `openRun` throws
 */
export function findRun(name: string, runs: string): RunFolder {
  return ofAgent(findAnyRun(name, runs));
}

/** Finds a run of either sort likewise. */
export function findAnyRun(name: string, runs: string): AnyRun {
  if (existsSync(join(name, "manifest.json"))) return openAnyRun(name);
  if (name === "last") {
    const last = listAnyRuns(runs).at(-1);
    if (last !== undefined) return last;
    throw new LudusError(
      "unknown-run",
      `There is no run in ${resolve(runs)} yet; start one with \`ludus train <env>\`, or name the folder with --runs.`,
    );
  }
  const matches = name === "" ? [] : runPaths(runs).filter((path) => basename(path).includes(name));
  const match = matches.length === 1 ? matches[0] : matches.find((path) => basename(path) === name);
  if (match !== undefined) return openAnyRun(match);
  if (matches.length > 1) {
    throw new LudusError(
      "unknown-run",
      `'${name}' fits ${matches.length} runs (${matches.map((path) => basename(path)).join(", ")}); give more of the id.`,
    );
  }
  throw new LudusError(
    "unknown-run",
    `There is no run '${name}': neither a path nor an id in ${resolve(runs)}; \`ludus runs\` lists what is there.`,
  );
}

/** The folder of all runs in which this one lies. */
export function runsFolderOf({ path, manifest }: RunFolder): string {
  return resolve(path, "..", ...manifest.env.split("/").map(() => ".."));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
