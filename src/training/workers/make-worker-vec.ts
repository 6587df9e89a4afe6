import { availableParallelism } from "node:os";
import {
  type AutoresetMode,
  type EnvKwargs,
  findSpec,
  registry,
  type WorkerCrash,
  WorkerVectorEnv,
} from "gymnasium-js";
import { EnvThread } from "./env-thread.js";

export interface MakeWorkerVecOptions {
  /** 1 by default. */
  numEnvs?: number;
  /** Threads; by default as many as the machine runs at once, at most `numEnvs`. */
  numWorkers?: number;
  /** The environment's own settings: data only, since they are sent to threads. */
  kwargs?: EnvKwargs;
  /** `next-step` by default, as in Gymnasium. */
  autoresetMode?: AutoresetMode;
  maxEpisodeSteps?: number | null;
  disableEnvChecker?: boolean;
  /** Absolute paths of modules that register environments of your own; every thread loads them. */
  modules?: readonly string[];
  /** URL of a module whose `loadEnvModule(path)` loads `modules`; without it they are imported as they are. */
  moduleLoader?: string;
  /** What to do where an environment throws or its thread dies; see `WorkerVectorEnvOptions`. */
  onCrash?: "throw" | "restart";
  report?(crash: WorkerCrash): void;
  maxRestarts?: number;
  /** Seconds after which a thread that does not answer counts as dead; 300 by default. */
  timeoutSeconds?: number;
  /** Most memory of each thread's JavaScript heap; V8's own limit by default. */
  heapMegabytes?: number;
}

/**
 * `makeVec` with the sub-environments in threads: for environments that are slow. The numbers are those of `makeVec` for
 * the same seeds. Close it when done: it ends the threads.
 *
 * @throws GymnasiumError as `makeVec` does, and `worker-failed` if a thread does not start
 *
 * @example
 * const envs = makeWorkerVec("MyPhysics-v0", { numEnvs: 8, numWorkers: 4, modules: [resolve("my-physics.js")] });
 */
export function makeWorkerVec(id: string, options: MakeWorkerVecOptions = {}): WorkerVectorEnv {
  const { numEnvs = 1, autoresetMode = "next-step", modules = [], kwargs = {} } = options;
  const { maxEpisodeSteps, disableEnvChecker, timeoutSeconds = 300, heapMegabytes, numWorkers } = options;
  const spec = modules.length === 0 || registry.has(id) ? findSpec(id) : null;
  const name = spec?.id ?? id;
  return new WorkerVectorEnv({
    id: name,
    numEnvs,
    numWorkers: numWorkers ?? availableParallelism(),
    autoresetMode,
    spec:
      spec?.with({
        kwargs: { ...spec.kwargs, ...kwargs },
        maxEpisodeSteps: maxEpisodeSteps === undefined ? spec.maxEpisodeSteps : maxEpisodeSteps,
      }) ?? null,
    onCrash: options.onCrash ?? "throw",
    maxRestarts: options.maxRestarts ?? 10,
    ...(options.report === undefined ? {} : { report: options.report }),
    spawn: ({ first, count }) =>
      new EnvThread({
        host: { id: name, kwargs, maxEpisodeSteps, disableEnvChecker, autoresetMode, first, count },
        modules,
        moduleLoader: options.moduleLoader ?? null,
        timeoutSeconds,
        heapMegabytes,
      }),
  });
}
