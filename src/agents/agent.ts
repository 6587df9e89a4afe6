import type { Batch, Generator, Space } from "gymnasium-js";
import type { ReplayBatch } from "../replay/types.js";
import type { NamedArrays, OptimizerState } from "../tensors/index.js";
import type { Insight } from "./insight.js";

/** Chooses actions. One that remembers what it has seen is told where episodes end; others do without. */
export interface Policy {
  /**
   * One action per row of observations. The returned batch is reused by the next call.
   * @param actionMasks `rows * n` values, 1 where an action is legal; null where there are no masks
   */
  (observations: Batch, actionMasks: Uint8Array | null): Batch;
  /** Says after a step in which rows an episode has ended, so that the next observation there starts another. */
  endEpisodes?(ends: { terminations: Uint8Array; truncations: Uint8Array }): void;
  /** The next observations start episodes in all rows. */
  restart?(): void;
  /**
   * Action values `[rows, actions]` that the last call chose by, where a memory makes them others than `qValues` of its
   * observations; until the next call.
   */
  readonly values?: Float32Array;
  /**
   * What its net makes of the first row of the last call's observations, by what it remembered when it was called: for those of
   * which `Agent.insight` cannot say it. Changes nothing.
   */
  insight?(observations: Batch): Insight;
}

/** What an update says of itself. */
export interface LearnMetrics {
  /** Mean of the rows' weighted losses. */
  loss: number;
  /** Mean of Q(s, a) over the rows, before the update. */
  meanQ: number;
  /** Global L2 norm of the gradients, before clipping. */
  gradientNorm: number;
  /**
   * Target minus Q(s, a) of each row, before the update; where distributions are learnt, a distance between them that is 0
   * or more. What `Replay.updatePriorities` takes. Reused by the next update.
   */
  tdErrors: Float32Array;
  /** What else a method is watched by, such as the entropy of a policy; the same names in every update. */
  figures?: Readonly<Record<string, number>>;
}

/** All that an agent's future depends on. Arrays go into safetensors files, counters into JSON. */
export interface AgentState {
  weights: NamedArrays;
  /** Of the target net; empty where an agent has none. */
  target: NamedArrays;
  optimizer: OptimizerState;
  /** Plain JSON: environment steps, updates, states of the generators. */
  counters: unknown;
}

/**
 * A policy that learns. Whoever makes it disposes of it.
 * @typeParam Experience what one update learns from; a batch of transitions from a replay unless an agent says otherwise
 */
export interface Agent<Experience = ReplayBatch> {
  readonly name: string;
  /** Acts to learn: explores, and counts environment steps for its schedules. */
  readonly policy: Policy;
  /**
   * Acts to earn, with memory of its own; changes nothing of the agent. Any number of rows.
   * @param epsilon share of random actions, default 0
   * @param rng draws them; needed if epsilon is above 0
   */
  greedyPolicy(epsilon?: number, rng?: Generator): Policy;
  /** Action values `[size, actions]` of the first `size` rows; the caller's to keep. Only of agents that learn them. */
  qValues?(observations: Batch, size: number): Float32Array;
  /** Probabilities `[size, actions]` of the policy that is learnt, where there is one; the caller's to keep. */
  actionProbabilities?(observations: Batch, size: number): Float32Array;
  /** What its net makes of one observation, for people to look at; of agents with a net that has no memory. */
  insight?(observation: Batch): Insight;
  /**
   * One update.
   * @throws {AgentError} `diverged` if the loss or the gradient is not finite, before the weights change;
   * `invalid-argument` for actions outside the space
   */
  learn(batch: Experience): LearnMetrics;
  /** Share of random actions at the next step of `policy`. */
  readonly epsilon: number;
  /** Updates made. */
  readonly updates: number;
  /** Environment steps that `policy` has acted in. */
  readonly envSteps: number;
  save(): AgentState;
  /** Takes over the weights alone, to play with; learning goes on from a whole state only. */
  restoreWeights(weights: NamedArrays): void;
  /** Takes over a state of an agent of the same config; continues bit for bit. */
  restore(state: AgentState): void;
  dispose(): void;
}

/** An agent that learns action values. */
export interface ValueAgent<Experience = ReplayBatch> extends Agent<Experience> {
  qValues(observations: Batch, size: number): Float32Array;
}

/** What an agent is made for. */
export interface AgentOptions<Config> {
  /** Of one environment, before frames are stacked. */
  observationSpace: Space<unknown>;
  actionSpace: Space<unknown>;
  /** Environments that `policy` acts in together. */
  numEnvs: number;
  /** Frames per observation, default 1; policies and batches then see `[stack, ...shape]`, oldest first. */
  stack?: number;
  /** What is left out has its default; unknown keys are errors. */
  config?: Config;
  /** Of weights and exploration, which have streams of their own. */
  seed: number;
  /** Computes operation by operation instead of in captured steps, with the same bits; default false. */
  eager?: boolean;
}
