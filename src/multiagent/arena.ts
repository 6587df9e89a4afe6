import type { Generator, Info, RenderMode, ResetOptions, RgbFrame, Space } from "gymnasium-js";

/** Something for each agent, by its name. */
export type ByAgent<Value> = Record<string, Value>;

/** What parallel and turn-based arenas have in common. */
export interface ArenaBase {
  readonly id: string;
  /** Every agent that may ever take part, in a fixed order. */
  readonly possibleAgents: readonly string[];
  /** Those that take part now, in the same order. An agent that is out does not come back within an episode. */
  readonly agents: readonly string[];
  readonly renderMode: RenderMode | null;
  /** @throws GymnasiumError `invalid-options` for an agent that there is not; the same object every time */
  observationSpace(agent: string): Space<unknown>;
  actionSpace(agent: string): Space<unknown>;
  /** Of `state()`; null where arenas have none. */
  readonly stateSpace: Space<unknown> | null;
  /** All there is to know, for centralised training. @throws GymnasiumError `unsupported` where there is none */
  state(): unknown;
  /** The arena's generator; created from seed 0 if `reset` was never given a seed. */
  readonly rng: Generator;
  render(): string | RgbFrame | null;
  close(): void;
  /** Everything that the future depends on, as plain data. */
  snapshot(): unknown;
  /** @throws GymnasiumError `invalid-snapshot` if it was taken from another arena */
  restore(snapshot: unknown): void;
}

export interface ArenaReset {
  /** With `seed`, the generator is made anew from it; without, it goes on. */
  seed?: number;
  options?: ResetOptions;
}

/** What one step of a parallel arena gives to each agent that took part in it. */
export interface ParallelStep {
  observations: ByAgent<unknown>;
  rewards: ByAgent<number>;
  /** The task has ended for this agent. */
  terminations: ByAgent<boolean>;
  /** A limit outside the task has cut it. */
  truncations: ByAgent<boolean>;
  infos: ByAgent<Info>;
}

/**
 * An arena in which all agents act at once. Source: PettingZoo's `ParallelEnv`.
 *
 * Ownership: observations are the caller's to keep; the objects that hold them, too.
 */
export interface ParallelArena extends ArenaBase {
  readonly kind: "parallel";
  reset(options?: ArenaReset): { observations: ByAgent<unknown>; infos: ByAgent<Info> };
  /**
   * @param actions one for each of `agents`
   * @throws GymnasiumError `reset-needed` before a reset or when nobody is left; `invalid-action` for an action that is
   * missing, outside its space, or of an agent that does not take part
   */
  step(actions: ByAgent<unknown>): ParallelStep;
}

/** What is known of the agent whose turn it is. */
export interface LastTurn {
  observation: unknown;
  /** What it has earned since its own last action. */
  reward: number;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/**
 * An arena in which agents take turns (agent environment cycle). An agent that is out has one more turn, in which it does
 * nothing, and then leaves `agents`. Source: PettingZoo's `AECEnv`; Terry et al. 2021, https://arxiv.org/abs/2009.14471
 *
 * Ownership: observations are the caller's to keep.
 */
export interface AecArena extends ArenaBase {
  readonly kind: "aec";
  /** Whose turn it is; null when nobody is left. */
  readonly agentSelection: string | null;
  /** What the last action earned each agent. */
  readonly rewards: ByAgent<number>;
  readonly terminations: ByAgent<boolean>;
  readonly truncations: ByAgent<boolean>;
  readonly infos: ByAgent<Info>;
  reset(options?: ArenaReset): void;
  /** What an agent sees now, whoever's turn it is. */
  observe(agent: string): unknown;
  /** @throws GymnasiumError `reset-needed` where it is nobody's turn */
  last(): LastTurn;
  /**
   * The action of `agentSelection`; null, and only null, for an agent that is out.
   * @throws GymnasiumError `reset-needed`, `invalid-action`; then nothing has happened
   */
  step(action: unknown): void;
  /** Agents in the order of their turns, until nobody is left. */
  agentIter(): Iterable<string>;
}

/** An arena of either interface; `kind` says which. */
export type Arena = AecArena | ParallelArena;
