import { z } from "zod";
import type { Model } from "../../nets/index.js";
import type { Figures, FitState } from "../../supervised/index.js";
import { decodeSafetensors, encodeSafetensors, type NamedArrays } from "../../tensors/index.js";
import {
  type FitCheckpointFiles,
  findCheckpoint,
  type Pointer,
  readCheckpoint,
  readNewest,
} from "../checkpoint.js";
import { LudusError } from "../errors.js";
import { stateFromJson, stateToJson } from "../plain-json.js";

/** What a run keeps beside its fit. */
export interface RunStanding {
  /** Bytes of the metrics file that belong to this state. */
  metricsBytes: number;
  /** Of the last validation of the weights that would be kept. */
  validation: Figures | null;
}

/** What of a fit is no array. */
interface SavedFit {
  standing: FitState["standing"];
  optimizerStep: number;
  waiting: number;
  random: FitState["trainer"]["random"];
  /** Whether there is a `best.safetensors`. */
  hasBest: boolean;
}

interface SavedState {
  run: RunStanding;
  /** Null before the first batch. */
  fit: SavedFit | null;
}

const count = z.int().min(0);
/** Not finite ones among them. */
const measure = z.custom<number>((value) => typeof value === "number", "Invalid input: expected number");
const weightedSum = z.object({ sum: measure, weight: measure });

const savedStateSchema = z.object({
  run: z.object({ metricsBytes: count, validation: z.record(z.string(), measure).nullable() }),
  fit: z
    .object({
      standing: z.object({
        epoch: count,
        batch: count,
        updates: count,
        sums: z.object({ loss: weightedSum, heads: z.record(z.string(), weightedSum) }),
        best: z.object({ epoch: count.nullable(), value: measure.nullable(), waited: count }),
        plateau: z
          .object({ factor: measure, best: measure.nullable(), waited: count, cooling: count })
          .nullable(),
      }),
      optimizerStep: count,
      waiting: count,
      random: z.object({
        state: z.string(),
        inc: z.string(),
        hasUint32: z.literal([0, 1]),
        uinteger: measure,
      }),
      hasBest: z.boolean(),
    })
    .nullable(),
}) satisfies z.ZodType<SavedState>;

/** Names of the arrays of `optimizer.safetensors` begin so. */
const prefixes = { moments: "moments/", accumulated: "accumulated/" } as const;

/** A fit as files of a checkpoint. */
export function checkpointFiles({ trainer, standing, best }: FitState, run: RunStanding): FitCheckpointFiles {
  const { model, optimizer, accumulated, waiting, random } = trainer;
  const fit = { standing, optimizerStep: optimizer.step, waiting, random, hasBest: best !== null };
  return {
    "model.safetensors": encodeSafetensors(model),
    "optimizer.safetensors": encodeSafetensors({
      ...withPrefix(optimizer.arrays, prefixes.moments),
      ...withPrefix(accumulated, prefixes.accumulated),
    }),
    ...(best === null ? {} : { "best.safetensors": encodeSafetensors(best) }),
    "state.json": stateToJson({ run, fit } satisfies SavedState),
  };
}

/** A model before its first batch as files of a checkpoint. */
export function startFiles(model: Model): FitCheckpointFiles {
  return {
    "model.safetensors": encodeSafetensors(model.save()),
    "state.json": stateToJson({ run: newStanding(), fit: null } satisfies SavedState),
  };
}

export function newStanding(): RunStanding {
  return { metricsBytes: 0, validation: null };
}

/** The newest checkpoint, verified; null before the first batch. @throws {LudusError} `corrupt-checkpoint` */
export function readFit(run: string): { state: FitState; standing: RunStanding } | null {
  const step = findCheckpoint(run, "last");
  const saved = stateOf(run, step, readCheckpoint(run, step, ["state.json"])["state.json"]);
  if (saved.fit === null) return null;
  const { standing, optimizerStep, waiting, random } = saved.fit;
  const files = readCheckpoint(run, step, ["model.safetensors", "optimizer.safetensors"]);
  const arrays = decodeSafetensors(files["optimizer.safetensors"]);
  const trainer = {
    model: decodeSafetensors(files["model.safetensors"]),
    optimizer: { arrays: withoutPrefix(arrays, prefixes.moments), step: optimizerStep },
    accumulated: withoutPrefix(arrays, prefixes.accumulated),
    ...{ waiting, random },
  };
  return { state: { trainer, standing, best: readBest(run, step, saved.fit) }, standing: saved.run };
}

/** Weights of a fit, and what they are of. */
export interface FittedWeights {
  arrays: NamedArrays;
  /** Updates of the checkpoint that they are in. */
  step: number;
  /** Epochs done when they were so. */
  epoch: number;
}

/** Weights of a checkpoint; the best so far, or else the newest where nothing was validated. */
export function readWeights(run: string, checkpoint: Pointer | number): FittedWeights {
  if (checkpoint === "best") return readNewest(run, (step) => weightsOf(run, step, true));
  return weightsOf(run, findCheckpoint(run, checkpoint), false);
}

function weightsOf(run: string, step: number, wantsBest: boolean): FittedWeights {
  const files = readCheckpoint(run, step, ["model.safetensors", "state.json"]);
  const { fit } = stateOf(run, step, files["state.json"]);
  const best = wantsBest && fit !== null ? readBest(run, step, fit) : null;
  if (best !== null) return { arrays: best, step, epoch: fit!.standing.best.epoch! };
  return { arrays: decodeSafetensors(files["model.safetensors"]), step, epoch: fit?.standing.epoch ?? 0 };
}

function readBest(run: string, step: number, { hasBest }: SavedFit): NamedArrays | null {
  if (!hasBest) return null;
  return decodeSafetensors(readCheckpoint(run, step, ["best.safetensors"])["best.safetensors"]);
}

function stateOf(run: string, step: number, bytes: Uint8Array): SavedState {
  const result = savedStateSchema.safeParse(stateFromJson(new TextDecoder().decode(bytes)));
  if (result.success) return result.data;
  const { path, message } = result.error.issues[0]!;
  throw new LudusError(
    "corrupt-checkpoint",
    `The checkpoint of step ${step} in ${run} is not one of this version of Ludus (state.json, ${path.join(".") || "whole"}: ${message}); begin the fit anew.`,
    { cause: result.error },
  );
}

function withPrefix(arrays: NamedArrays, prefix: string): NamedArrays {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [prefix + name, array]));
}

function withoutPrefix(arrays: NamedArrays, prefix: string): NamedArrays {
  return Object.fromEntries(
    Object.entries(arrays)
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, array]) => [name.slice(prefix.length), array]),
  );
}
