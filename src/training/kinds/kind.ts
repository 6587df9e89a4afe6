import type { VectorEnv } from "gymnasium-js";
import type { Agent, LearnMetrics } from "../../agents/index.js";
import type { Demonstration } from "../../replay/index.js";
import type { RolloutStep } from "../../streams/index.js";
import type { CheckpointFile } from "../checkpoint.js";
import type { AgentName, RunConfigOf } from "../config.js";

/** An agent of any kind: what it learns from is known to its learner only. */
export type AnyAgent = Agent<never>;

/** What a learner keeps of what was experienced. */
export interface Memory {
  /** Takes in the vector step that the agent's policy has just made. */
  add(step: RolloutStep): void;
  save(): Uint8Array;
  /** Checks all of it before it changes anything. */
  load(bytes: Uint8Array): void;
}

/** An agent with what it remembers, and when it learns from it. */
export interface Learner {
  readonly agent: AnyAgent;
  readonly memory: Memory;
  /** Draws what is learnt from: a `Generator`, or several as one. */
  readonly rng: { readonly state: unknown; setState(state: unknown): void };
  /**
   * Makes the updates that are due, after each vector step that the memory has taken in.
   * @param steps environment steps made in the run
   */
  learn(steps: number, onUpdate: (metrics: LearnMetrics) => void): void;
  /** Takes in episodes that somebody else has played, before the first step; where a method can learn from those. */
  demonstrate?(episodes: readonly Demonstration[]): void;
}

/** What a kind of agent brings to a run: how its config reads, how it is made and how it learns. */
export interface AgentKind<Name extends AgentName = AgentName> {
  /** One line: what learns, and how. */
  readonly description: string;
  /** Files of a checkpoint beside weights and state; null where there is no memory to keep. */
  readonly files: { readonly memory: CheckpointFile | null; readonly target: boolean };
  /** Frames that the policy sees stacked into one observation. */
  stackOf(config: RunConfigOf<Name>): number;
  /** An untrained agent for these environments. */
  createAgent(envs: VectorEnv, config: RunConfigOf<Name>, seed: number): AnyAgent;
  /** The same agent with an empty memory. */
  createLearner(envs: VectorEnv, config: RunConfigOf<Name>, seeds: LearnerSeeds): Learner;
}

export interface LearnerSeeds {
  /** Of the weights and of exploration. */
  agent: number;
  /** Of the draws of what is learnt from. */
  sampling: number;
}
