import {
  createSearch,
  type PlannedPolicy,
  type SearchAlgorithm,
  type SearchAlgorithmState,
} from "../agents/index.js";
import { decodeSafetensors, encodeSafetensors } from "../tensors/index.js";
import { type CheckpointFiles, readCheckpoint } from "./checkpoint.js";
import type { Standing } from "./circle.js";
import type { RunConfigOf } from "./config.js";
import type { WorkerSetting } from "./env-maker.js";
import { LudusError } from "./errors.js";
import { vectorOf } from "./kinds/evolution.js";
import { MetricsWindow } from "./metrics.js";
import { stateFromJson, stateToJson } from "./plain-json.js";
import { searchedPolicy } from "./policy-search.js";
import { newEvaluationRecord } from "./stopping.js";
import { EvaluationPool } from "./workers/evaluation-pool.js";

/** How often a thread that died is replaced where a run's `workers.onCrash` is `restart`. */
const mostRestarts = 10;

/** The parts of a run that searches a policy, and where they stand. All but the threads goes into a checkpoint. */
export interface SearchParts {
  planned: PlannedPolicy;
  algorithm: SearchAlgorithm;
  /** Plays the candidates, and what would be deployed. */
  pool: EvaluationPool;
  window: MetricsWindow;
  standing: Standing;
}

/** Builds the parts at their start: before the first generation. */
export function openSearch(config: RunConfigOf<"evolution">, setting: WorkerSetting): SearchParts {
  const { env, envOptions, evolution, seed, workers } = config;
  const planned = searchedPolicy({ env, envOptions, ...evolution });
  const algorithm = createSearch(evolution.algorithm, { initial: planned.initial, seed });
  const pool = new EvaluationPool(
    { env, envOptions, maxSteps: config.evaluation.maxSteps, policy: planned.plan },
    {
      workers: workers.count,
      modules: setting.modules,
      timeoutSeconds: workers.timeoutSeconds,
      maxRestarts: workers.onCrash === "restart" ? mostRestarts : 0,
      ...(setting.moduleLoader === undefined ? {} : { moduleLoader: setting.moduleLoader }),
      ...(setting.onWarning === undefined ? {} : { onWarning: setting.onWarning }),
    },
  );
  return {
    ...{ planned, algorithm, pool, window: new MetricsWindow() },
    standing: {
      steps: 0,
      evaluatedAt: -1,
      best: null,
      evaluations: newEvaluationRecord(),
      metricsBytes: 0,
    },
  };
}

interface SavedState {
  standing: Standing;
  search: Omit<SearchAlgorithmState, "arrays">;
  window: unknown;
}

/**
 * Files of a checkpoint. Weights are those of the net that would be deployed, by `buildNet`'s names; the arrays of the search
 * itself, such as a population, are kept where other agents keep those of their optimizers.
 */
export function saveSearch({ planned, algorithm, window, standing }: SearchParts): CheckpointFiles {
  const { arrays, ...search } = algorithm.save();
  const state: SavedState = { standing, search, window: window.save() };
  return {
    "weights.safetensors": encodeSafetensors(planned.named(algorithm.parameters)),
    "optimizer.safetensors": encodeSafetensors(arrays),
    "state.json": stateToJson(state),
  };
}

/** Puts a search of the same config where a checkpoint stood. Everything is read and verified before anything is changed. */
export function restoreSearch(parts: SearchParts, run: string, step: number): void {
  const files = readCheckpoint(run, step, ["optimizer.safetensors", "state.json"]);
  const { standing, search, window } = stateFromJson<SavedState>(
    new TextDecoder().decode(files["state.json"]),
  );
  try {
    parts.algorithm.restore({ ...search, arrays: decodeSafetensors(files["optimizer.safetensors"]) });
  } catch (error) {
    throw new LudusError(
      "corrupt-checkpoint",
      `The checkpoint of step ${step} in ${run} does not fit its config: ${(error as Error).message}`,
      { cause: error },
    );
  }
  parts.window.restore(window);
  parts.standing = standing;
}

/** What the search would have deployed at a checkpoint. */
export function parametersAt({ planned }: SearchParts, run: string, step: number): Float32Array {
  const files = readCheckpoint(run, step, ["weights.safetensors"]);
  return vectorOf(planned, decodeSafetensors(files["weights.safetensors"]));
}
