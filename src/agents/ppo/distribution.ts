import type { Generator, Space } from "gymnasium-js";
import { AgentError } from "../errors.js";
import { discreteActions } from "../spaces.js";
import { Categorical } from "./categorical.js";
import { Gaussian } from "./gaussian.js";

/** Actions as a policy draws them: codes of Discrete actions, or numbers that may lie outside of a Box. */
export type DrawnActions = Int32Array | Float32Array;

/** How a loss changes with what distributions say of the actions done. */
export interface DistributionSlopes {
  /** `[rows]` dL/d log pi(a|s) */
  logProbs: ArrayLike<number>;
  /** dL/dH of each row's entropy H. */
  entropy: number;
}

/**
 * Distributions over actions, one per row, made of what the policy net gives. All questions are about the rows that
 * were given last. Sums are of float64.
 */
export interface ActionDistribution {
  /** Numbers that describe one row's distribution. */
  readonly outputs: number;
  /** Of these, how many are free parameters instead of the net's; they come last. */
  readonly freeOutputs: number;
  /** Numbers in one action. */
  readonly actionSize: number;
  /** @returns zeros for so many actions */
  allocate(rows: number): DrawnActions;
  /**
   * @param outputs `[rows, outputs]`
   * @param masks `[rows, outputs]`, 1 where a Discrete action is legal, all being so in a row without any; null for no masks
   */
  give(outputs: ArrayLike<number>, masks: Uint8Array | null, rows: number): void;
  /** Fills in one action per row, as likely as it is. */
  sample(rng: Generator, actions: DrawnActions): void;
  /**
   * Fills in each row's most likely action.
   * @param epsilon share of rows with an action that no net chose: uniform, or the policy's own where a Box has no bounds
   * @param rng draws them; nothing is drawn if epsilon is 0
   */
  greedy(actions: DrawnActions, epsilon: number, rng: Generator | null): void;
  /** log pi(a|s), of a density where actions are numbers. */
  logProb(actions: DrawnActions, row: number): number;
  /** In nats. */
  entropy(row: number): number;
  /**
   * By the chain rule, how the loss changes with the outputs.
   * @param gradient `[rows, outputs]`, filled
   */
  writeGradient(actions: DrawnActions, slopes: DistributionSlopes, gradient: Float32Array): void;
  /** The actions as the environment takes them; reused by the next call. */
  toSpace(actions: DrawnActions): Int32Array | Float32Array | Float64Array;
  /** Probabilities `[rows, actions]` of Discrete actions, which are the caller's; null for others. */
  probabilities(): Float32Array | null;
  /** Why a policy cannot have done this action; null if it can have. */
  fault(actions: DrawnActions, masks: Uint8Array | null, row: number): string | null;
}

/** @throws {AgentError} `unsupported-space` unless the space is Discrete or a Box of floats */
export function distributionOver(space: Space<unknown>, agent: string): ActionDistribution {
  if (space.type === "Discrete") return new Categorical(discreteActions(space, agent));
  const { type, dtype, shape } = space;
  if (type === "Box" && (dtype === "float32" || dtype === "float64")) {
    const { low, high } = space as unknown as Record<"low" | "high", Float32Array | Float64Array>;
    return new Gaussian({ low, high });
  }
  const found =
    shape === null ? type : `${type} of shape [${shape}]${dtype === null ? "" : ` and dtype ${dtype}`}`;
  throw new AgentError(
    "unsupported-space",
    `The agent ${agent} chooses among Discrete actions or acts in a Box of floats, not in ${found}; wrap the environment so that its actions are of one of these.`,
  );
}
