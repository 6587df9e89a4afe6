import type { Info, RandomSource, ResetOptions, RgbFrame, Space, TypedArray } from "gymnasium-js";

/** Where rules write what a step came to: of agent i at `offset + i`. */
export interface ArenaOutcome {
  /** 0 before. */
  readonly rewards: Float64Array;
  /** To be set to 1 where the task has ended for an agent; 1 before for those that were out already. */
  readonly terminations: Uint8Array;
  offset: number;
}

/**
 * An arena as pure rules: all that happens follows from state, actions and `rng`. Agents go by their index in `agents`.
 * Written once; the arenas by name, in either interface, and the batched ones come from them. Cutting an episode short is not
 * the rules' business (`maxCycles`).
 *
 * `State` is plain data, as in `EnvRules`.
 */
interface ArenaRulesBase<State> {
  readonly id: string;
  readonly agents: readonly string[];
  /** Box or Discrete. */
  observationSpace(agent: number): Space<unknown>;
  /** Discrete. */
  actionSpace(agent: number): Space<number>;
  /** Steps after which everybody is truncated, or turns where agents take turns; none by default. */
  readonly maxCycles?: number;
  /** What the actions of an agent are called, in order; for people. */
  actionNames?(agent: number): readonly string[];
  /** First state of an episode. */
  init(rng: RandomSource, options: ResetOptions | undefined): State;
  /** Writes what an agent sees at `out[offset...]`. */
  observe(state: State, agent: number, out: TypedArray, offset: number): void;
  /** Which actions of an agent are legal now: 1 or 0 written at `out[offset + action]`, the first action being 0. */
  actionMask?(state: State, agent: number, out: Uint8Array, offset: number): void;
  /** Of what `writeState` writes, for centralised training. */
  readonly stateSpace?: Space<unknown>;
  writeState?(state: State, out: TypedArray, offset: number): void;
  info?(state: State, agent: number): Info;
  renderAnsi?(state: State): string;
  renderRgb?(state: State): RgbFrame;
}

/** All act at once. */
export interface SimultaneousRules<State> extends ArenaRulesBase<State> {
  readonly kind: "simultaneous";
  /**
   * Mutates `state`.
   * @param actions of agent i at `offset + i`, as its space counts them; of those that are out, anything
   */
  step(
    state: State,
    actions: ArrayLike<number>,
    offset: number,
    rng: RandomSource,
    outcome: ArenaOutcome,
  ): void;
}

/** Agents take turns. */
export interface TurnRules<State> extends ArenaRulesBase<State> {
  readonly kind: "turns";
  /** Index of the agent whose turn it is: of one that is not out, or of who would come next, where all are. */
  turn(state: State): number;
  /** What that agent does. Mutates `state`. */
  step(state: State, action: number, rng: RandomSource, outcome: ArenaOutcome): void;
}

export type ArenaRules<State = unknown> = SimultaneousRules<State> | TurnRules<State>;
