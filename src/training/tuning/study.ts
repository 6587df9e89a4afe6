import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { EngineName } from "../../tensors/index.js";
import { type PartialConfig, type RunConfig, resolveConfig } from "../config.js";
import { createFolder, LineFile, writeError } from "../durable.js";
import type { EnvModuleRecord } from "../env-module.js";
import { LudusError } from "../errors.js";
import { ludusVersion } from "../run-folder.js";
import type { Rung, RunScore, TrialRun } from "./halving.js";
import type { Values } from "./sampling.js";
import { parseSpace, type Space } from "./space.js";

/** Raised when a study's files change their meaning. */
const studyFormat = 1;

/** What is asked of a study; never changes after its start. */
export interface StudyRecord {
  format: number;
  /** Version of Ludus that began it. */
  ludus: string;
  createdAt: string;
  env: string;
  agent: string;
  preset: string | null;
  engine: EngineName;
  envModule?: EnvModuleRecord;
  method: "random" | "halving";
  /** Environment steps of each run at the end of each rung, and how many trials are trained so far. */
  rungs: readonly Rung[];
  /** Decides the values of the trials. */
  seed: number;
  /** Those of the trainings, the same for every trial. */
  seeds: readonly number[];
  /** `spec` by config key. */
  space: Readonly<Record<string, string>>;
  /** The whole config that the space varies. */
  base: RunConfig;
  /** False where the environment cannot be saved. */
  resumable: boolean;
}

/** A study on disk: `study.json trials.jsonl runs/ best.json lock`. */
export interface Study {
  path: string;
  record: StudyRecord;
  space: Space;
}

export type NewStudy = Omit<StudyRecord, "format" | "ludus" | "createdAt">;

/**
 * Makes the folder of a study.
 * @param path by default `studies/<env>/<stamp>-<id>`
 * @throws {LudusError} `invalid-value` where there is something already
 */
export function createStudy(asked: NewStudy, path?: string): Study {
  const createdAt = new Date().toISOString();
  const stamp = createdAt.slice(0, 19).replace(/[-:]/g, "").replace("T", "-");
  const own = join("studies", ...asked.env.split("/"), `${stamp}-${randomBytes(3).toString("hex")}`);
  const folder = resolve(path ?? own);
  refuseOccupied(folder);
  const record: StudyRecord = { format: studyFormat, ludus: ludusVersion, createdAt, ...asked };
  try {
    mkdirSync(dirname(folder), { recursive: true });
    createFolder(folder, { "study.json": `${JSON.stringify(record, null, 2)}\n`, "trials.jsonl": "" });
  } catch (error) {
    throw writeError(folder, error, "no study was begun; free space or name another folder with --out.");
  }
  return { path: folder, record, space: spaceOf(record) };
}

function refuseOccupied(folder: string): void {
  if (existsSync(join(folder, "study.json"))) {
    throw new LudusError(
      "invalid-value",
      `${folder} holds a study already; go on with it by \`ludus tune --resume ${folder}\`, or name another folder with --out.`,
    );
  }
  if (existsSync(folder) && (!statSync(folder).isDirectory() || readdirSync(folder).length > 0)) {
    throw new LudusError(
      "invalid-value",
      `${folder} is not empty; name a new folder for the study with --out.`,
    );
  }
}

/** @throws {LudusError} `unknown-run`, `corrupt-run` or `newer-run` */
export function openStudy(path: string): Study {
  const file = join(path, "study.json");
  if (!existsSync(file)) {
    throw new LudusError(
      "unknown-run",
      `There is no study in ${resolve(path)}: it has no study.json; \`ludus tune <env>\` begins one.`,
    );
  }
  try {
    const record = JSON.parse(readFileSync(file, "utf8")) as StudyRecord;
    if (record.format > studyFormat) throw newer(path, record);
    const base = resolveConfig(record.base as PartialConfig);
    return { path: resolve(path), record: { ...record, base }, space: spaceOf(record) };
  } catch (error) {
    if (error instanceof LudusError && error.code === "newer-run") throw error;
    throw new LudusError(
      "corrupt-run",
      `${file} cannot be read as what a study is asked (${(error as Error).message}).`,
      { cause: error },
    );
  }
}

function newer(path: string, { ludus, format }: StudyRecord): LudusError {
  return new LudusError(
    "newer-run",
    `The study ${path} was made by Ludus ${ludus} (study format ${format}), and this is ${ludusVersion} (format ${studyFormat}); update Ludus to read it.`,
  );
}

function spaceOf({ space }: StudyRecord): Space {
  return parseSpace(Object.entries(space).map(([key, spec]) => `${key}=${spec}`));
}

/** A line of `trials.jsonl`: what a run came to at the end of a rung. In the order in which they ended. */
export interface ResultLine extends RunScore {
  /** Environment steps at which it was evaluated. */
  step: number;
  values: Values;
  /** That of the run, in the study's; null where it failed. */
  folder: string | null;
}

/** The results so far, and the file that takes in more of them: each is on the disk before anything is built on it. */
export class Results {
  readonly known: readonly ResultLine[];
  /** Folder of the run, by trial and seed. */
  private readonly folders = new Map<string, string>();
  private readonly file: LineFile;

  constructor(study: Study) {
    const path = join(study.path, "trials.jsonl");
    this.file = new LineFile(path);
    const lines = readFileSync(path, "utf8").split("\n").slice(0, -1);
    try {
      this.known = lines.map((line) => JSON.parse(line) as ResultLine);
      for (const line of this.known) this.remember(line);
    } catch (error) {
      this.file.close();
      throw new LudusError(
        "corrupt-run",
        `${path} has a line that is no result (${(error as Error).message}); without that line, \`ludus tune --resume ${study.path}\` finds the result again.`,
        { cause: error },
      );
    }
  }

  add(line: ResultLine): void {
    this.file.append(JSON.stringify(line));
    this.file.sync();
    this.remember(line);
  }

  /** Where the run of a trial with a seed lies, in the study's folder; null before the end of its first rung. */
  folderOf({ trial, seed }: TrialRun): string | null {
    return this.folders.get(`${trial}/${seed}`) ?? null;
  }

  private remember({ trial, seed, folder }: ResultLine): void {
    if (folder !== null) this.folders.set(`${trial}/${seed}`, folder);
  }

  close(): void {
    this.file.close();
  }
}
