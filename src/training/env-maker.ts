import { type MakeVecOptions, makeVec, type VectorEnv, type WorkerCrash } from "gymnasium-js";
import { arenaMaker } from "./arenas/env-maker.js";
import type { RunConfig } from "./config.js";
import { LudusError } from "./errors.js";
import { makeWorkerVec } from "./workers/make-worker-vec.js";

/** `makeVec`, or what takes its place where environments run in threads. */
export type EnvMaker = (env: string, options: MakeVecOptions) => VectorEnv;

/** What threads need that a config does not say. */
export interface WorkerSetting {
  /** Absolute paths of modules that register environments; every thread loads them. */
  modules: readonly string[];
  /** URL of a module whose `loadEnvModule(path)` loads them; they are imported as they are without it. */
  moduleLoader?: string | undefined;
  /** Hears of workers that are started anew. */
  onWarning?: ((sentence: string) => void) | undefined;
}

/** Makes a run's vector environments, those of its evaluations too: in this thread, or shared out among others. */
export function envMaker(config: RunConfig, setting: WorkerSetting): EnvMaker {
  const { workers, arena } = config;
  if (arena !== undefined) {
    requireOneThread(config);
    return arenaMaker({ ...config, arena });
  }
  if (workers.count === 0) return makeVec;
  const { onWarning } = setting;
  return (env, { numEnvs = 1, kwargs = {}, autoresetMode = "next-step", maxEpisodeSteps }) =>
    makeWorkerVec(env, {
      ...{ numEnvs, kwargs, autoresetMode },
      ...(maxEpisodeSteps === undefined ? {} : { maxEpisodeSteps }),
      numWorkers: workers.count,
      onCrash: workers.onCrash,
      timeoutSeconds: workers.timeoutSeconds,
      modules: setting.modules,
      ...(setting.moduleLoader === undefined ? {} : { moduleLoader: setting.moduleLoader }),
      ...(onWarning === undefined ? {} : { report: (crash: WorkerCrash) => onWarning(sentenceOf(crash)) }),
    });
}

/** Environments of such a run for playing what it has learnt: in this thread. */
export function makerOf(config: Pick<RunConfig, "env" | "envOptions" | "arena">): EnvMaker {
  const { arena } = config;
  return arena === undefined ? makeVec : arenaMaker({ ...config, arena });
}

function requireOneThread({ env, workers }: RunConfig): void {
  if (workers.count === 0) return;
  throw new LudusError(
    "invalid-value",
    `The config key 'workers.count' cannot be ${workers.count}: arenas, such as ${env}, are stepped in the learner's own thread.`,
  );
}

function sentenceOf({ message, restarts }: WorkerCrash): string {
  return `${message} It is started anew${restarts === 0 ? "" : ` (for the ${restarts + 1}th time)`}; the episodes it played count as truncated.`;
}
