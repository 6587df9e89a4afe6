import type { Batch, Generator, TypedArray } from "gymnasium-js";
import type { Policy } from "./agent.js";
import { AgentError } from "./errors.js";
import { epsilonGreedy } from "./exploration.js";
import type { ActionCodes } from "./spaces.js";

/** How a policy comes from action values. */
export interface ValueActorOptions {
  actions: ActionCodes;
  /** Values in one row of observations. */
  rowSize: number;
  /** Q `[rows, n]`; read before the next call. */
  valuesOf: (observations: Batch, rows: number) => ArrayLike<number>;
  /** Draws whether and how to explore; needed where epsilon is above 0. */
  rng: Generator | null;
}

/** Acts epsilon-greedily on any number of rows, into memory of its own. */
export function valueActor({
  actions: { n: numActions, start },
  rowSize,
  valuesOf,
  rng,
}: ValueActorOptions): (observations: Batch, mask: Uint8Array | null, epsilon: number) => Int32Array {
  let actions = new Int32Array(0);
  let current: Batch = actions;
  const values = () => valuesOf(current, actions.length);
  return (observations, mask, epsilon) => {
    const rows = observations.length / rowSize;
    if (actions.length !== rows) actions = new Int32Array(rows);
    current = observations;
    epsilonGreedy({ rows, numActions, mask, epsilon, rng, values, actions });
    if (start !== 0) for (let row = 0; row < rows; row++) actions[row]! += start;
    return actions;
  };
}

/** A policy that explores a given share of the time, for evaluation. @throws {AgentError} `invalid-argument` */
export function greedyPolicyOf(options: ValueActorOptions, epsilon: number): Policy {
  const { rng } = options;
  if (!(epsilon >= 0 && epsilon <= 1) || (epsilon > 0 && rng === null)) {
    throw new AgentError(
      "invalid-argument",
      `A greedy policy takes an epsilon from 0 to 1, and a generator if it is above 0; this one has epsilon ${epsilon}${rng ? "" : " and no generator"}.`,
    );
  }
  const act = valueActor(options);
  return (observations, masks) => act(observations, masks, epsilon);
}

/** Observations as one flat array. @throws {AgentError} `invalid-argument` */
export function flatObservations(observations: Batch): TypedArray {
  if (ArrayBuffer.isView(observations)) return observations;
  throw new AgentError(
    "invalid-argument",
    "Observations came as a list of elements; a flat typed array with one row per environment is needed.",
  );
}
