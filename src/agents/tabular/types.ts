import type { Batch, Generator, GeneratorState, VectorStep } from "gymnasium-js";
import type { Policy } from "../agent.js";
import type { TabularConfig } from "./config.js";
import type { QTable } from "./table.js";

/** One step of one environment, by numbers of states and actions from 0 on. */
export interface TabularTransition {
  state: number;
  action: number;
  reward: number;
  nextState: number;
  terminated: boolean;
  truncated: boolean;
}

/** What a tabular agent learns from in a vector step; a `RolloutStep` is one. */
export interface TabularVectorStep {
  observations: Batch;
  actions: Batch;
  /** In `same-step` mode: where an episode ended, `finalObservations` has its last observation. */
  next: Pick<VectorStep, "observations" | "rewards" | "terminations" | "truncations" | "finalObservations">;
  /** Legal actions of `next.observations`; null or left out where there are no masks. */
  nextActionMasks?: Uint8Array | null;
}

/** All that an agent's future depends on, as plain data. */
export interface TabularState {
  method: string;
  numStates: number;
  numActions: number;
  numEnvs: number;
  /** What playing needs. */
  weights: TabularWeights;
  /** How often each pair was acted in. */
  visits: Uint32Array;
  /** What the method remembers: counts, traces, steps that wait, its model. */
  learner: unknown;
  /** By environment: the state that its next step should start from; -1 at the start of an episode. */
  standing: Int32Array;
  envSteps: number;
  updates: number;
  generators: { exploration: GeneratorState; learning: GeneratorState };
}

export interface TabularWeights {
  /** `[numStates * numActions]` */
  q: Float64Array;
  /** Legal actions by state; null if no masks were seen. */
  mask: Uint8Array | null;
}

/**
 * A table of action values that learns. The members that `Agent` has too keep its promises; what differs: it learns from
 * each step as it comes, in order (`learnStep`, `learn`), not from batches of a replay buffer; its weights are float64,
 * so `save` and `restore` have a type of their own; nothing has to be disposed of.
 *
 * Of equally good actions it takes the one with the lowest number.
 */
export interface TabularAgent {
  readonly name: "tabular";
  readonly config: TabularConfig;
  /** Its values, live. Not to be written to. */
  readonly table: Readonly<QTable>;
  /** How often each pair `state * numActions + action` was acted in, live. */
  readonly visits: Uint32Array;
  readonly policy: Policy;
  greedyPolicy(epsilon?: number, rng?: Generator): Policy;
  /** The greedy action of each state, as planners' `policyEvaluation` takes it. */
  greedyActions(): Int32Array;
  /** Action values `[size, numActions]`, rounded to float32 as those of other agents. */
  qValues(observations: Batch, size: number): Float32Array;
  readonly epsilon: number;
  /** Steps learnt from. */
  readonly updates: number;
  readonly envSteps: number;
  /** The behaviour policy on one state; counts a step. */
  act(state: number): number;
  /**
   * `[numStates * numActions]`, 1 where an action is legal, as `act` and `learn` go by; to be written to. All are until
   * then.
   */
  legalActions(): Uint8Array;
  /**
   * Learns from one step. Steps of the same environment follow one another; where one does not start from where the last
   * one led, the episode counts as truncated there.
   * @param env which environment, default 0
   * @throws {AgentError} `invalid-argument` for a reward that is not finite, `diverged` if a value is not
   */
  learn(transition: TabularTransition, env?: number): void;
  /** Learns from one vector step: the same as `learn` for each row in turn. */
  learnStep(step: TabularVectorStep): void;
  save(): TabularState;
  restoreWeights(weights: TabularWeights): void;
  /** @throws {AgentError} `invalid-state` for a state of another method or size, before anything is changed */
  restore(state: TabularState): void;
  dispose(): void;
}
