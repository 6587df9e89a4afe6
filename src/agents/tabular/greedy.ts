import type { Batch, Generator } from "gymnasium-js";
import type { Policy } from "../agent.js";
import { AgentError } from "../errors.js";
import { epsilonGreedy } from "../exploration.js";
import type { ActionCodes } from "../spaces.js";
import type { StateNumbers } from "./states.js";
import type { QTable } from "./table.js";

/** A table, and how observations and actions are numbered in it. */
export interface Reading {
  table: QTable;
  states: StateNumbers;
  actions: ActionCodes;
}

/**
 * Acts by the table as it is at each call. Legal actions are those given, or else those that the table knows of.
 * @throws {AgentError} `invalid-argument` for an epsilon outside 0 to 1, or above 0 without a generator
 */
export function greedyPolicy(reading: Reading, epsilon: number, rng: Generator | null): Policy {
  if (!(epsilon >= 0 && epsilon <= 1) || (epsilon > 0 && rng === null)) {
    throw new AgentError(
      "invalid-argument",
      `A greedy policy takes an epsilon from 0 to 1, and a generator if it is above 0; this one has epsilon ${epsilon}${rng ? "" : " and no generator"}.`,
    );
  }
  const { table, states } = reading;
  const { start, n: numActions } = reading.actions;
  let actions = new Int32Array(0);
  return (observations, given) => {
    const rows = states.rows(observations);
    if (actions.length !== rows) actions = new Int32Array(rows);
    const known = table.mask === null ? null : rowsOf(table.mask, reading, { observations, rows });
    const values = () => rowsOf(table.q, reading, { observations, rows });
    epsilonGreedy({ rows, numActions, mask: given ?? known, epsilon, rng, values, actions });
    if (start !== 0) for (let row = 0; row < rows; row++) actions[row]! += start;
    return actions;
  };
}

/** The entries `[rows, numActions]` that an array by pair has for observations; a copy. */
export function rowsOf<A extends Float64Array | Uint8Array>(
  byPair: A,
  { table: { numActions }, states }: Pick<Reading, "table" | "states">,
  { observations, rows }: { observations: Batch; rows: number },
): A {
  const Type = byPair.constructor as new (length: number) => A;
  const copy = new Type(rows * numActions);
  for (let row = 0; row < rows; row++) {
    const first = states.ofRow(observations, row) * numActions;
    copy.set(byPair.subarray(first, first + numActions), row * numActions);
  }
  return copy;
}
