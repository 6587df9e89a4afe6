import { type MakeVecOptions, makeVec, type VectorEnv, type WorkerCrash } from "gymnasium-js";
import type { RunConfig } from "./config.js";
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
export function envMaker({ workers }: Pick<RunConfig, "workers">, setting: WorkerSetting): EnvMaker {
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

function sentenceOf({ message, restarts }: WorkerCrash): string {
  return `${message} It is started anew${restarts === 0 ? "" : ` (for the ${restarts + 1}th time)`}; the episodes it played count as truncated.`;
}
