import type { Info, ResetOptions, RgbFrame } from "./env.js";
import type { Space, TypedArray } from "./spaces/space.js";
import type { TransitionTable } from "./transition-table.js";

/** What rules may ask of a generator. `Generator` is one; a test may replay logged draws through another. */
export interface RandomSource {
  /** Uniform on [0, 1). */
  random(): number;
  /** Uniform integer on [low, high). */
  integers(low: number, high: number): number;
  /** Uniform on [low, high). */
  uniform(low: number, high: number): number;
}

/** Reward and end of one step of the rules. Made only by `proceed` and `terminate`; valid until the next step. */
export interface Outcome {
  readonly reward: number;
  readonly terminated: boolean;
}

const outcome = { reward: 0.5, terminated: false };

/** The episode goes on. Reuses one object, so that a step allocates nothing. */
export function proceed(reward: number): Outcome {
  outcome.reward = reward;
  outcome.terminated = false;
  return outcome;
}

/** The task has ended. */
export function terminate(reward: number): Outcome {
  outcome.reward = reward;
  outcome.terminated = true;
  return outcome;
}

/**
 * An environment as pure rules: all that happens follows from state, action and `rng`. Written once; the single
 * and the batched environment both come from them. Truncation is not the rules' business (`maxEpisodeSteps`).
 *
 * `State` is plain data: numbers, booleans, strings, typed arrays, and nested arrays and objects of these.
 */
export interface EnvRules<State, Observation, Action> {
  readonly id: string;
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  /** The time limit that `make` applies, in steps. */
  readonly maxEpisodeSteps?: number;
  readonly rewardThreshold?: number;
  /** What the discrete actions are called, in order; for people. */
  readonly actionNames?: readonly string[];
  /** Tabular environments: all outcomes of all actions, by the observation's number, for planning. */
  readonly P?: TransitionTable;
  /** First state of an episode. `previous` is the last state of the one before, if any (null after a seeded
   * reset); it may be written to and returned, and is how anything outlives an episode. */
  init(rng: RandomSource, options: ResetOptions | undefined, previous: State | null): State;
  /**
   * First states of as many episodes as `previous` has entries (each as in `init`), all drawn from one generator in the
   * order of Gymnasium's own vector class of this environment. Only the `entry-point` mode of `makeVec` calls it.
   */
  initBatch?(
    rng: RandomSource,
    options: ResetOptions | undefined,
    previous: readonly (State | null)[],
  ): State[];
  /** Mutates `state`. Discrete actions come as numbers, others as typed arrays. Called only with actions in the space. */
  step(state: State, action: Action, rng: RandomSource): Outcome;
  /**
   * Writes the observation of `state` at `out[offset...]`; a Discrete observation is one value, one of a Tuple the
   * numbers of its members one after the other.
   */
  observe(state: State, out: TypedArray, offset: number): void;
  /** Extra facts about the state just reached; the info of both reset and step. */
  info?(state: State): Info;
  /** Which discrete actions are legal now: 1 or 0 written at `out[offset + action]`. */
  actionMask?(state: State, out: Uint8Array, offset: number): void;
  renderAnsi?(state: State): string;
  renderRgb?(state: State): RgbFrame;
}
