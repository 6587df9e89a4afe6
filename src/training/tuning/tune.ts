import { join } from "node:path";
import { type EngineName, useEngine } from "../../tensors/index.js";
import { closeCircle, openCircle } from "../circle.js";
import type { PartialConfig, RunConfig } from "../config.js";
import { replaceFile } from "../durable.js";
import type { EnvModuleRecord } from "../env-module.js";
import { LudusError } from "../errors.js";
import { lockRun } from "../lock.js";
import { defaultSpace } from "./default-space.js";
import { planRungs, type Rung, standings, successiveHalving, type TrialScore } from "./halving.js";
import { trialConfig, trialValues, type Values } from "./sampling.js";
import { checkSpace, parseSpace, type Space } from "./space.js";
import { createStudy, Results, type Study } from "./study.js";
import { type RunTraining, studyOverrides, trainerOf } from "./train-trials.js";

export interface TuneOptions {
  /** What the space varies; its `steps` are those of a whole run, its `seed` decides the values of the trials. */
  config: RunConfig;
  preset?: string | null;
  engine?: EngineName | "auto";
  envModule?: EnvModuleRecord;
  /** `key=spec` for each key; by default what is usual for the agent. */
  space?: readonly string[];
  trials: number;
  method?: "random" | "halving";
  /** Of halving: one trial of so many goes on to the next rung; 3 by default. */
  eta?: number;
  /** Of halving; see `planRungs`. */
  rungs?: number;
  /** Trainings of each trial, with the seeds from the config's own on; 1 by default. */
  seeds?: number;
  /** Keys of the config that someone has set, and that are not to vary. */
  set?: readonly string[];
  /** Folder of the study. */
  out?: string;
}

/** What a trial came to in a rung. */
export interface TrialEvent extends TrialScore {
  event: "trial";
  /** Environment steps of its runs so far. */
  steps: number;
  values: Values;
}

export type RankedTrial = Omit<TrialEvent, "event">;

export interface TuneResult {
  study: string;
  /** Those with a score first, by how far they came and how good they were there; so far, where interrupted. */
  ranking: RankedTrial[];
  /** True where the study has not come to its end, and goes on by `runStudy`. */
  interrupted: boolean;
}

export interface TuneListeners extends RunTraining {
  onTrial?: (event: TrialEvent) => void;
}

/**
 * Checks what is asked, every config that would be trained included, and makes the study's folder; `runStudy` does the rest.
 * @throws {LudusError} in one sentence, before anything is trained
 */
export async function beginStudy(options: TuneOptions): Promise<Study> {
  const { config, trials, method = "halving", eta = 3, preset = null, envModule } = options;
  const engine = await useEngine(options.engine ?? "auto");
  const { seed, steps } = config;
  const rungs = planRungs({ trials, steps, eta, rungs: method === "random" ? 1 : options.rungs });
  const space = spaceFor(options);
  const asked = {
    ...{ env: config.env, agent: config.agent, preset, engine: engine.name },
    ...(envModule === undefined ? {} : { envModule }),
    ...{ method, rungs, seed },
    seeds: Array.from({ length: options.seeds ?? 1 }, (_, i) => seed + i),
    space: Object.fromEntries(space.map(({ key, spec }) => [key, spec])),
    base: config,
  };
  let resumable = true;
  for (let trial = 0; trial < trials; trial++) {
    const values = trialValues(space, seed, trial);
    resumable = tryOut(trialConfig(config, values, studyOverrides(asked, asked.seeds.at(-1)!)), rungs);
  }
  return createStudy({ ...asked, resumable }, options.out);
}

function spaceFor({ config, space: specs, set = [] }: TuneOptions): Space {
  const isSet = (key: string): boolean => set.some((one) => one === key || one.startsWith(`${key}.`));
  const space =
    specs === undefined ? defaultSpace(config).filter(({ key }) => !isSet(key)) : parseSpace(specs);
  const both = space.find(({ key }) => isSet(key));
  if (both !== undefined) {
    throw new LudusError(
      "invalid-value",
      `The config key '${both.key}' is set, and the search space has it too; give one of --set and --space.`,
    );
  }
  if (space.length === 0) {
    throw new LudusError(
      "invalid-value",
      "There is nothing to search; name config keys with --space, as in --space 'dqn.gamma=uniform(0.9,0.999)'.",
    );
  }
  checkSpace(space, config);
  return space;
}

/**
 * Makes the parts of a run and throws them away: what does not fit together is refused now, and not after hours.
 * @returns whether its runs can be resumed
 */
function tryOut(config: RunConfig, rungs: readonly Rung[]): boolean {
  const circle = openCircle(config);
  closeCircle(circle);
  if (!circle.resumable && rungs.length > 1) {
    throw new LudusError(
      "unsupported",
      `${config.env} has no snapshot(), so that its runs cannot go on from rung to rung; search it with --method random.`,
    );
  }
  if (rungs.length > 1) refuseShortRung(config, rungs[0]!.steps);
  return circle.resumable;
}

/** In a rung that ends before anything is learnt, chance alone would decide which trials go on. */
function refuseShortRung(config: RunConfig, first: number): void {
  const needed = firstUpdateAt(config) + 2 * config.numEnvs;
  if (first < needed) {
    throw new LudusError(
      "invalid-value",
      `The first rung ends at step ${first}, and nothing is learnt before step ${needed}; give more --steps, fewer --rungs, or a config that learns earlier.`,
    );
  }
}

/** Environment steps before the first update. */
function firstUpdateAt(config: RunConfig): number {
  if ("learn" in config) return config.learn.startAt;
  return "rollout" in config ? config.rollout.length * config.numEnvs : 0;
}

/**
 * Trains what the study still lacks, in processes of their own. Killed at any moment it goes on where it was; its result is then that
 * of a study that was never interrupted, and does not depend on the number of processes.
 */
export async function runStudy(study: Study, listeners: TuneListeners = {}): Promise<TuneResult> {
  const unlock = lockRun(join(study.path, "lock"), "study");
  try {
    const results = new Results(study);
    try {
      return await search(study, results, listeners);
    } finally {
      results.close();
    }
  } finally {
    unlock();
  }
}

async function search(study: Study, results: Results, listeners: TuneListeners): Promise<TuneResult> {
  const { rungs, seeds, seed } = study.record;
  const described = (score: TrialScore): RankedTrial => ({
    ...score,
    steps: rungs[score.rung]!.steps,
    values: trialValues(study.space, seed, score.trial),
  });
  const train = trainerOf(study, results, listeners);
  const halving = successiveHalving({ rungs, seeds, known: results.known, train });
  for (;;) {
    const next = await halving.next();
    if (!next.done) {
      listeners.onTrial?.({ event: "trial", ...described(next.value) });
      continue;
    }
    const { ranked, interrupted } = next.value;
    const ranking = standings(ranked).map(described);
    if (!interrupted) keepBest(study, ranking);
    return { study: study.path, ranking, interrupted };
  }
}

/** Writes `best.json`. @throws {LudusError} `diverged` where no trial has a score */
function keepBest(study: Study, ranking: readonly RankedTrial[]): void {
  const [best] = ranking;
  if (best === undefined || best.score === null) {
    throw new LudusError(
      "diverged",
      `All ${ranking.length} trials failed; trial ${best?.trial}: ${best?.failure}`,
    );
  }
  replaceFile(join(study.path, "best.json"), `${JSON.stringify(bestLayer(study.record, best), null, 2)}\n`);
}

/** The config of a trial as a layer over any other: whole, but for the environment and the seed. */
export function bestLayer(record: Study["record"], { values }: Pick<RankedTrial, "values">): PartialConfig {
  const { env: _, seed: __, ...layer } = trialConfig(record.base, values);
  return layer;
}
