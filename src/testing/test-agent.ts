import { box, discrete } from "gymnasium-js";
import {
  checkActions,
  checkDeterminism,
  checkGreedy,
  checkMasks,
  checkRandomness,
  checkValues,
} from "./agent-acting.js";
import {
  checkBadBatches,
  checkCounters,
  checkLeaks,
  checkLearns,
  checkRestore,
  checkTarget,
  checkUpdate,
  checkWeights,
} from "./agent-learning.js";
import {
  type AgentPlays,
  type AgentSetting,
  type MakeAgent,
  type MakeBatch,
  randomTransitions,
} from "./agent-plays.js";
import { type ContractOptions, type ContractPart, registerParts } from "./parts.js";

/** What `testAgent` tests, part by part. */
export type AgentPart =
  | "actions"
  | "masks"
  | "greedy"
  | "values"
  | "determinism"
  | "randomness"
  | "update"
  | "target"
  | "counters"
  | "restore"
  | "weights"
  | "learns"
  | "leaks"
  | "batches";

export interface TestAgentOptions extends ContractOptions<AgentPart> {
  /** What differs from two environments with boxes of three numbers in [-1, 1], actions 0 to 3, and no stacks. */
  readonly setting?: Partial<Omit<AgentSetting, "seed">>;
  /** What the agent learns from: random transitions, as a replay gives them, by default. */
  readonly makeBatch?: MakeBatch;
  /** Number of tensors that are alive now, for instance `() => tf.memory().numTensors`. */
  readonly countTensors?: () => number;
  /** Rounds of acting and learning in each play; 10 by default. */
  readonly steps?: number;
  /** Seeds of agents and plays; 0 and 1 by default. */
  readonly seeds?: readonly number[];
}

const defaultSetting = {
  observationSpace: box({ low: -1, high: 1, shape: [3] }),
  actionSpace: discrete(4),
  numEnvs: 2,
  stack: 1,
};

/**
 * Registers the contract tests of an agent. It acts on random observations and learns from random batches.
 *
 * - `actions`: all policies give actions of the action space, for any number of rows
 * - `masks`: they take legal actions only
 * - `greedy`: greedy policies change nothing of the agent, and have memory of their own
 * - `values`: action values or probabilities are finite, one per row and action, and the caller's to keep
 * - `determinism`: the same seed gives the same bits
 * - `randomness`: another seed gives other weights
 * - `update`: one update changes the weights, and says what it did
 * - `target`: one update leaves the target net as it was; skip it where there is none
 * - `counters`: environment steps and updates are counted
 * - `restore`: a restored agent acts and learns on as the saved one, bit for bit, and saved states stay as they are
 * - `weights`: with the weights of another agent alone it plays greedily like that one
 * - `learns`: it learns which action earns something where one alone does: `rewards`, `returns` or `advantages` of its
 *   batches say so, and `discounts` of 0 that nothing follows
 * - `leaks`: acting, learning, saving and restoring keep no tensors, nor does a disposed agent; needs `countTensors`
 * - `batches`: batches with NaN, infinite rewards or actions outside the space are refused, and nothing changes
 *
 * @example
 * import { test } from "vitest";
 * testAgent((setting) => createAgent("dqn", { ...setting, config: { double: true } }), {
 *   test,
 *   countTensors: () => tf.memory().numTensors,
 * });
 */
export function testAgent(makeAgent: MakeAgent, options: TestAgentOptions): void {
  const plays: AgentPlays = {
    makeAgent,
    setting: { ...defaultSetting, ...options.setting },
    steps: options.steps ?? 10,
    seeds: options.seeds ?? [0, 1],
    makeBatch: options.makeBatch ?? randomTransitions,
    countTensors: options.countTensors,
  };
  const part = (promise: string, check: (plays: AgentPlays) => void): ContractPart => ({
    promise,
    check: () => check(plays),
  });
  const parts: Record<AgentPart, ContractPart> = {
    actions: part("acts within its action space", checkActions),
    masks: part("takes legal actions only", checkMasks),
    greedy: part("plays greedily without changing itself", checkGreedy),
    values: part("gives action values to keep", checkValues),
    determinism: part("acts and learns the same for the same seed", checkDeterminism),
    randomness: part("begins otherwise for another seed", checkRandomness),
    update: part("changes its weights by an update", checkUpdate),
    target: part("leaves its target net alone in an update", checkTarget),
    counters: part("counts environment steps and updates", checkCounters),
    restore: part("goes on identically from a saved state", checkRestore),
    weights: part("plays with the weights of another", checkWeights),
    learns: part("learns which action is worth something", checkLearns),
    leaks: part("keeps no tensors", checkLeaks),
    batches: part("refuses batches that nothing can be learnt from", checkBadBatches),
  };
  registerParts(parts, options);
}
