import { type EngineName, useEngine } from "../tensors/index.js";
import { findCheckpoint } from "./checkpoint.js";
import { type Circle, closeCircle, openCircle, restoreCircle } from "./circle.js";
import { type RunConfig, resolveConfig } from "./config.js";
import type { DoneEvent } from "./events.js";
import { lockRun } from "./lock.js";
import { type Listeners, Run } from "./run.js";
import { createRun, type RunFolder, readConfig } from "./run-folder.js";

export interface TrainOptions extends Listeners {
  config: RunConfig;
  preset?: string | null;
  engine?: EngineName | "auto";
  /** Folder of all runs. */
  runs?: string;
}

/**
 * Trains an agent from the start, in a run folder of its own.
 *
 * @example
 * const result = await train({ config: resolveConfig({ env: "CartPole-v1", steps: 2000, seed: 1 }) });
 * console.log(result.evalReturnMean);
 */
export async function train(options: TrainOptions): Promise<DoneEvent> {
  const engine = await useEngine(options.engine ?? "auto");
  const { config } = options;
  return withCircle(config, (circle) => {
    const run = createRun(
      options.runs ?? "runs",
      {
        env: config.env,
        agent: config.agent,
        preset: options.preset ?? null,
        engine: engine.name,
        seed: config.seed,
      },
      config,
    );
    return withLock(run, () => new Run(run, config, circle, options).toEnd());
  });
}

/** Goes on from the newest checkpoint of a run, bit for bit as if it had never stopped. */
export async function resume(
  run: RunFolder,
  options: Listeners & { steps?: number } = {},
): Promise<DoneEvent> {
  await useEngine(run.manifest.engine as EngineName);
  const saved = resolveConfig(readConfig(run));
  const config = options.steps === undefined ? saved : resolveConfig(saved, { steps: options.steps });
  return withLock(run, () =>
    withCircle(config, (circle) => {
      restoreCircle(circle, run.path, findCheckpoint(run.path, "last"));
      return new Run(run, config, circle, options).toEnd();
    }),
  );
}

async function withCircle<T>(config: RunConfig, work: (circle: Circle) => Promise<T>): Promise<T> {
  const circle = openCircle(config);
  try {
    return await work(circle);
  } finally {
    closeCircle(circle);
  }
}

async function withLock<T>(run: RunFolder, work: () => Promise<T>): Promise<T> {
  const unlock = lockRun(`${run.path}/lock`);
  try {
    return await work();
  } finally {
    unlock();
  }
}
