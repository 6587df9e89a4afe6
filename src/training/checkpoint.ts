import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { createFolder, replaceFile, restoreFolder, writeError } from "./durable.js";
import { LudusError } from "./errors.js";
import { isLocked } from "./lock.js";

/**
 * Files of a checkpoint. `weights` and `state` stay for ever; the others only in the newest, which is resumed from.
 * Which of the optional ones there are is for the kind of agent to say.
 */
export interface CheckpointFiles {
  "weights.safetensors": Uint8Array;
  "target.safetensors"?: Uint8Array;
  "optimizer.safetensors": Uint8Array;
  /** What the agent remembers of what it experienced: DQN's replay, or PQN's rollout. */
  "replay.bin"?: Uint8Array;
  "rollout.bin"?: Uint8Array;
  /** Past selves that are played against. */
  "league.safetensors"?: Uint8Array;
  "state.json": string;
}

/** Files of a checkpoint of a fit; `model` and `state` stay for ever. */
export interface FitCheckpointFiles {
  /** Parameters and buffers. */
  "model.safetensors": Uint8Array;
  /** Moments, and gradients that wait for an update; not before the first batch. */
  "optimizer.safetensors"?: Uint8Array;
  /** Parameters and buffers of the best validation so far. */
  "best.safetensors"?: Uint8Array;
  "state.json": string;
}

export type CheckpointFile = keyof CheckpointFiles | keyof FitCheckpointFiles;
const keptForEver: readonly string[] = [
  "weights.safetensors",
  "model.safetensors",
  "state.json",
  "checksums.json",
];

interface Checksums {
  step: number;
  files: Record<string, { bytes: number; sha256: string }>;
}

/** A checkpoint's files with the checksums that they are verified by. */
export function sealed(
  step: number,
  files: CheckpointFiles | FitCheckpointFiles,
): Record<string, Uint8Array | string> {
  const checksums: Checksums = { step, files: {} };
  for (const [name, content] of Object.entries(files) as [CheckpointFile, Uint8Array | string][]) {
    const bytes = typeof content === "string" ? Buffer.from(content) : content;
    checksums.files[name] = { bytes: bytes.byteLength, sha256: sha256(bytes) };
  }
  return { ...files, "checksums.json": `${JSON.stringify(checksums, null, 2)}\n` };
}

export type Pointer = "best" | "last";

/**
 * Writes `checkpoints/step-N` beside, syncs, renames, moves `best` and `last` to it, and only then thins the older
 * ones. `last` moves after `best`: a run resumed from the older one comes to the same best again.
 */
export function writeCheckpoint(
  run: string,
  step: number,
  files: CheckpointFiles | FitCheckpointFiles,
  best: boolean,
): void {
  const folder = join(run, "checkpoints", `step-${step}`);
  try {
    mkdirSync(join(run, "checkpoints"), { recursive: true });
    createFolder(folder, sealed(step, files));
    if (best) pointTo(run, "best", step);
    pointTo(run, "last", step);
  } catch (error) {
    throw writeError(folder, error, whatIsKept(run, "free space and "));
  }
  thinOlder(run, step);
}

export function pointTo(run: string, pointer: Pointer, step: number): void {
  replaceFile(join(run, pointer), `step-${step}\n`);
}

/** Ends a sentence about what went wrong. @param first what to do before going on */
export function whatIsKept(run: string, first = ""): string {
  const last = pointedStep(run, "last");
  if (last === null) return "no checkpoint had been written yet.";
  return `the checkpoint of step ${last} is whole: ${first}\`ludus resume ${run}\`.`;
}

/** Ends a sentence about weights that have become useless since: resuming would come to the same. */
export function whatWasBefore(run: string): string {
  const last = pointedStep(run, "last");
  if (last === null) return "No checkpoint had been written yet.";
  return `The checkpoint of step ${last}, from before, is whole: \`ludus eval ${run} --checkpoint ${last}\` judges it, and a new run can begin with other settings.`;
}

function thinOlder(run: string, newest: number): void {
  for (const step of checkpointSteps(run)) {
    if (step === newest) continue;
    const folder = join(run, "checkpoints", `step-${step}`);
    for (const name of readdirSync(folder)) {
      if (!keptForEver.includes(name)) rmSync(join(folder, name), { force: true });
    }
  }
}

/** Clears what a kill in the middle of a write left behind. Only for who holds the run's lock. */
export function sweepCheckpoints(run: string): void {
  const folder = join(run, "checkpoints");
  if (!existsSync(folder)) return;
  // What had stepped aside for a new one that never came is no leftover.
  restoreSteps(folder);
  for (const name of readdirSync(folder)) {
    if (/\.(old|partial)$/.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  }
}

/** Steps with a checkpoint, ascending. */
export function checkpointSteps(run: string): number[] {
  const folder = join(run, "checkpoints");
  if (!existsSync(folder)) return [];
  // Whoever is writing is about to put the new one there.
  if (!isLocked(join(run, "lock"))) restoreSteps(folder);
  return readdirSync(folder)
    .map((name) => /^step-(\d+)$/.exec(name)?.[1])
    .filter((text) => text !== undefined)
    .map(Number)
    .sort((a, b) => a - b);
}

function restoreSteps(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (name.endsWith(".old")) restoreFolder(join(folder, name.slice(0, -".old".length)));
  }
}

/** The step that `best` or `last` names; null if there is none yet. */
export function pointedStep(run: string, pointer: Pointer): number | null {
  const file = join(run, pointer);
  if (!existsSync(file)) return null;
  const step = /^step-(\d+)\n$/.exec(readFileSync(file, "utf8"))?.[1];
  if (step === undefined)
    throw new LudusError(
      "corrupt-checkpoint",
      `${file} does not name a checkpoint; choose one with --checkpoint N.`,
    );
  return Number(step);
}

/** `best` falls back to `last` in a run that was never evaluated. */
export function findCheckpoint(run: string, which: Pointer | number): number {
  // Before the steps: those that a pointer names are there, also where somebody is writing.
  const pointed = typeof which === "number" ? which : (pointedStep(run, which) ?? pointedStep(run, "last"));
  const steps = checkpointSteps(run);
  if (steps.length === 0) {
    throw new LudusError("unknown-checkpoint", `The run ${run} has no checkpoint; begin it anew.`);
  }
  const step = pointed ?? steps.at(-1)!;
  if (!steps.includes(step)) {
    throw new LudusError(
      "unknown-checkpoint",
      `The run ${run} has no checkpoint of step ${step}; it has those of ${steps.join(", ")}.`,
    );
  }
  return step;
}

/**
 * Reads what only the newest checkpoint may have. Where somebody writes a newer one in the meantime, that one is read.
 * @param read is given its step
 */
export function readNewest<T>(run: string, read: (step: number) => T): T {
  for (let step = findCheckpoint(run, "last"); ; ) {
    try {
      return read(step);
    } catch (error) {
      const newest = findCheckpoint(run, "last");
      if (newest === step) throw error;
      step = newest;
    }
  }
}

/** Reads and verifies some files of a checkpoint. Nothing is handed out unless all of them are as they were written. */
export function readCheckpoint<Name extends CheckpointFile>(
  run: string,
  step: number,
  names: readonly Name[],
): Record<Name, Uint8Array> {
  const folder = join(run, "checkpoints", `step-${step}`);
  const corrupt = (what: string): LudusError => {
    const others = checkpointSteps(run).filter((other) => other !== step);
    const hint =
      others.length > 0
        ? `\`ludus eval --checkpoint N\` can judge the others, of step ${others.join(", ")}.`
        : "the run has no other checkpoint.";
    return new LudusError("corrupt-checkpoint", `The checkpoint ${folder} is damaged: ${what}; ${hint}`);
  };
  let checksums: Partial<Checksums> | null;
  try {
    checksums = JSON.parse(readFileSync(join(folder, "checksums.json"), "utf8")) as Partial<Checksums> | null;
  } catch {
    throw corrupt("checksums.json cannot be read");
  }
  const contents = {} as Record<Name, Uint8Array>;
  for (const name of names) {
    const expected = checksums?.files?.[name];
    if (expected === undefined) throw corrupt(`checksums.json does not list ${name}`);
    const path = join(folder, name);
    if (!existsSync(path)) {
      const last = pointedStep(run, "last");
      if (step === last) throw corrupt(`${name} is missing`);
      throw new LudusError(
        "unknown-checkpoint",
        `The checkpoint of step ${step} is kept for evaluation only (no ${name}); resume goes on from the newest, step ${last}.`,
      );
    }
    const bytes = readFileSync(path);
    if (bytes.byteLength !== expected.bytes)
      throw corrupt(`${name} has ${bytes.byteLength} bytes instead of ${expected.bytes}`);
    if (sha256(bytes) !== expected.sha256)
      throw corrupt(`${name} does not have the checksum it was written with`);
    // Not a Buffer: its slice() does not copy, and what is read here goes to code that knows nothing of Node.
    contents[name] = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  return contents;
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
