import type { Demonstration } from "../replay/index.js";
import { type EngineName, useEngine } from "../tensors/index.js";
import { seatRuns } from "./arenas/run-player.js";
import { findCheckpoint, sweepCheckpoints } from "./checkpoint.js";
import { CircleCourse } from "./circle-course.js";
import type { RunConfig } from "./config.js";
import type { Course } from "./course.js";
import { requireDemonstrations } from "./demonstrations.js";
import { envMaker, type WorkerSetting } from "./env-maker.js";
import { type EnvModuleRecord, moduleOfRun } from "./env-module.js";
import { LudusError } from "./errors.js";
import type { DoneEvent } from "./events.js";
import { lockRun } from "./lock.js";
import { type Listeners, Run } from "./run.js";
import { createRun, type RunFolder, readConfig, runsFolderOf, writeConfig } from "./run-folder.js";
import { SearchCourse } from "./search-course.js";
import { newEvaluationRecord, stopReason } from "./stopping.js";

/** How to load a module of environments, for the threads of `workers`. */
interface ModuleLoading {
  /** URL of a module whose `loadEnvModule(path)` does it; by default it is imported as it is. */
  moduleLoader?: string;
}

export interface TrainOptions extends Listeners, ModuleLoading {
  config: RunConfig;
  preset?: string | null;
  engine?: EngineName | "auto";
  /** Folder of all runs. */
  runs?: string;
  /** The module that the environment came from, kept with the run for whoever resumes or plays it. */
  envModule?: EnvModuleRecord;
  /** What `config.demonstrations` names; checkpoints hold what came of it, so that resuming needs none. */
  demonstrations?: readonly Demonstration[];
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
  const { envModule, runs = "runs" } = options;
  const setting = { ...options, modules: envModule === undefined ? [] : [envModule.path] };
  return withSeated(options.config, { runs, engine: engine.name }, (config) =>
    withCourse(config, setting, (course) => {
      const { env, agent, seed } = config;
      course.demonstrate?.(requireDemonstrations(config, options.demonstrations ?? []));
      const run = createRun({
        runs,
        about: {
          ...{ env, agent, preset: options.preset ?? null, engine: engine.name, seed },
          ...(envModule === undefined ? {} : { envModule }),
        },
        config,
        start: course.save(),
      });
      return withLock(run, () => new Run(run, config, course, options).toEnd());
    }),
  );
}

/**
 * Goes on from the newest checkpoint of a run, bit for bit as if it had never stopped.
 * @param options `steps` trains for longer than the run was meant to; `envModule` is where its module lies now
 */
export async function resume(
  run: RunFolder,
  options: Listeners & ModuleLoading & { steps?: number; envModule?: string } = {},
): Promise<DoneEvent> {
  await useEngine(run.manifest.engine as EngineName);
  const saved = readConfig(run);
  const config = { ...saved, steps: options.steps ?? saved.steps };
  const module = config.workers.count === 0 ? null : moduleOfRun(run, options.envModule);
  const setting = { ...options, modules: module === null ? [] : [module] };
  const seated = { runs: runsFolderOf(run), engine: run.manifest.engine as EngineName };
  return withLock(run, () =>
    withSeated(config, seated, () =>
      withCourse(config, setting, async (course) => {
        sweepCheckpoints(run.path);
        course.restore(run.path, findCheckpoint(run.path, "last"));
        const { standing } = course;
        // A run that has ended may have made a few more than it was meant to.
        if (options.steps !== undefined) requireSteps(options.steps, standing.steps);
        if (config.steps !== saved.steps) {
          // Whoever asks for more steps wants them, whatever the run had stopped for.
          if (stopReason(standing.evaluations, config.stop) !== null)
            standing.evaluations = newEvaluationRecord();
          writeConfig(run, config);
        }
        return new Run(run, config, course, options).toEnd();
      }),
    ),
  );
}

function requireSteps(steps: number, made: number): void {
  if (Number.isSafeInteger(steps) && steps >= made) return;
  throw new LudusError(
    "invalid-value",
    `A run that has made ${made} steps cannot be resumed to ${steps} of them; give at least as many.`,
  );
}

function openCourse(config: RunConfig, setting: WorkerSetting): Course {
  if (config.agent === "evolution" && config.arena !== undefined) {
    throw new LudusError(
      "unsupported",
      `The agent evolution searches in environments of one agent, and ${config.env} is an arena; take dqn, pqn or ppo.`,
    );
  }
  return config.agent === "evolution"
    ? new SearchCourse(config, setting)
    : new CircleCourse(config, envMaker(config, setting));
}

async function withCourse<T>(
  config: RunConfig,
  setting: WorkerSetting,
  work: (course: Course) => Promise<T>,
): Promise<T> {
  const course = openCourse(config, setting);
  try {
    return await work(course);
  } finally {
    await course.close();
  }
}

/** With the runs at hand that sit on seats of its arena. */
async function withSeated<T>(
  config: RunConfig,
  { runs, engine }: { runs: string; engine: EngineName },
  work: (config: RunConfig) => Promise<T>,
): Promise<T> {
  const seated = await seatRuns(config, runs, engine);
  try {
    return await work(seated.config);
  } finally {
    seated.dispose();
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
