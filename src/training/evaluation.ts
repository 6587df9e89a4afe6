import { makeVec, type VectorEnv } from "gymnasium-js";
import { filter, lastValueFrom, NEVER, type Observable, take, takeUntil, tap, toArray } from "rxjs";
import type { Policy } from "../agents/index.js";
import { type Episode, episodeStatistics, type RolloutStep, rollout } from "../streams/index.js";
import { createActor } from "./actor.js";
import type { EnvMaker } from "./env-maker.js";

export interface EvaluationOptions {
  env: string;
  envOptions?: Record<string, unknown>;
  policy: Policy;
  /** Frames per observation that the policy wants; 1 by default. */
  stack?: number;
  episodes: number;
  /** Episode i is played from seed `seed + i`. */
  seed: number;
  /** Time limit in steps, for environments without one: a deterministic policy can loop for ever. */
  maxSteps: number;
  /** `makeVec` by default. */
  makeEnvs?: EnvMaker;
  /** Ends the evaluation early, without a result. */
  stop?: Observable<unknown>;
  /** Hears of every vector step. @param counts whether that environment still plays the episode that counts */
  onStep?: (step: RolloutStep, counts: (env: number) => boolean) => void;
}

export interface Evaluation {
  returnMean: number;
  /** Population standard deviation. */
  returnStd: number;
  lengthMean: number;
  episodes: number;
  /** By episode. */
  returns: number[];
  lengths: number[];
}

/** Episodes played together; what memory they take does not grow beyond that. */
const together = 500;

/**
 * Plays whole episodes in environments of their own. Each sub-environment plays exactly one episode, from its own
 * seed: taking the first N to finish would favour short ones.
 * @returns null if `stop` came first
 */
export async function evaluate(options: EvaluationOptions): Promise<Evaluation | null> {
  const episodes: Episode[] = [];
  while (episodes.length < options.episodes) {
    const played = await playTogether({
      ...options,
      episodes: Math.min(together, options.episodes - episodes.length),
      seed: options.seed + episodes.length,
    });
    if (played === null) return null;
    episodes.push(...played);
  }
  return summarize(episodes);
}

/** @returns in the order of the seeds, so that a sum does not depend on which episode ended first */
async function playTogether(options: EvaluationOptions): Promise<Episode[] | null> {
  const envs = evaluationEnvs(options);
  try {
    const played = new Set<number>();
    const counts = (env: number): boolean => !played.has(env);
    const actor = createActor(options.policy, envs, options.stack ?? 1);
    actor.restart();
    const episodes = await lastValueFrom(
      rollout(envs, actor.policy, { seed: options.seed }).pipe(
        tap((step) => {
          actor.saw(step);
          options.onStep?.(step, counts);
        }),
        takeUntil(options.stop ?? NEVER),
        episodeStatistics(),
        filter((episode: Episode) => !played.has(episode.env)),
        tap((episode: Episode) => played.add(episode.env)),
        take(envs.numEnvs),
        toArray(),
      ),
    );
    if (episodes.length < envs.numEnvs) return null;
    return overAgents(
      episodes.sort((a, b) => a.env - b.env),
      envs.numEnvs / options.episodes,
    );
  } finally {
    envs.close();
  }
}

/** Where each environment has a row for each of its agents: the mean over them. */
function overAgents(episodes: Episode[], agents: number): Episode[] {
  if (agents === 1) return episodes;
  return Array.from({ length: episodes.length / agents }, (_, env) => {
    const rows = episodes.slice(env * agents, (env + 1) * agents);
    return {
      ...rows[0]!,
      env,
      return: mean(rows.map((row) => row.return)),
      length: mean(rows.map((row) => row.length)),
    };
  });
}

/** Environments for as many episodes, with a time limit in any case. */
export function evaluationEnvs(
  options: Pick<EvaluationOptions, "env" | "envOptions" | "episodes" | "maxSteps" | "makeEnvs">,
): VectorEnv {
  const { env, envOptions, episodes, maxSteps, makeEnvs = makeVec } = options;
  const make = { numEnvs: episodes, kwargs: envOptions ?? {}, autoresetMode: "same-step" as const };
  const envs = makeEnvs(env, make);
  if (envs.spec?.maxEpisodeSteps != null) return envs;
  envs.close();
  return makeEnvs(env, { ...make, maxEpisodeSteps: maxSteps });
}

/** Of episodes in the order of their seeds. */
export function summarize(episodes: readonly Pick<Episode, "return" | "length">[]): Evaluation {
  const returns = episodes.map((episode) => episode.return);
  const lengths = episodes.map((episode) => episode.length);
  const returnMean = mean(returns);
  return {
    returnMean,
    returnStd: Math.sqrt(mean(returns.map((value) => (value - returnMean) ** 2))),
    lengthMean: mean(lengths),
    episodes: episodes.length,
    returns,
    lengths,
  };
}

export function mean(values: readonly number[]): number {
  return values.length === 0 ? Number.NaN : values.reduce((sum, value) => sum + value, 0) / values.length;
}
