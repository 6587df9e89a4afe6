import type { Batch, Generator, TypedArray } from "gymnasium-js";
import type { Policy } from "./agent.js";
import { boltzmannActions } from "./boltzmann.js";
import { AgentError } from "./errors.js";
import { type EpsilonGreedyCall, epsilonGreedy } from "./exploration.js";
import type { ActionCodes } from "./spaces.js";

/** How a policy comes from action values. */
export interface ValueActorOptions {
  actions: ActionCodes;
  /** Values in one row of observations. */
  rowSize: number;
  /** Q `[rows, n]`; read before the next call. */
  valuesOf: (observations: Batch, rows: number) => ArrayLike<number>;
  /** Draws whether and how to explore; needed where epsilon or a temperature is above 0. */
  rng: Generator | null;
}

/** Acts on any number of rows by a number that says how, into memory of its own. */
export type ValueActor = (observations: Batch, mask: Uint8Array | null, setting: number) => Int32Array;

/** Acts epsilon-greedily by the epsilon of each call. */
export function valueActor(options: ValueActorOptions): ValueActor {
  const { rng } = options;
  return actorBy(options, (choice, epsilon) => epsilonGreedy({ ...choice, epsilon, rng }));
}

/** Acts by a softmax of the values over the temperature of each call. */
export function boltzmannActor(options: ValueActorOptions & { rng: Generator }): ValueActor {
  const { rng } = options;
  const weights = new Float64Array(options.actions.n);
  return actorBy(options, (choice, temperature) =>
    boltzmannActions({ ...choice, temperature, rng, weights }),
  );
}

type Choice = Omit<EpsilonGreedyCall, "epsilon" | "rng">;

function actorBy(
  { actions: { n: numActions, start }, rowSize, valuesOf }: ValueActorOptions,
  choose: (choice: Choice, setting: number) => void,
): ValueActor {
  let actions = new Int32Array(0);
  let current: Batch = actions;
  const values = () => valuesOf(current, actions.length);
  return (observations, mask, setting) => {
    const rows = observations.length / rowSize;
    if (actions.length !== rows) actions = new Int32Array(rows);
    current = observations;
    choose({ rows, numActions, mask, values, actions }, setting);
    if (start !== 0) for (let row = 0; row < rows; row++) actions[row]! += start;
    return actions;
  };
}

/** A policy that explores a given share of the time, for evaluation. @throws {AgentError} `invalid-argument` */
export function greedyPolicyOf(options: ValueActorOptions, epsilon: number): Policy {
  requireEpsilon(epsilon, options.rng);
  const act = valueActor(options);
  return (observations, masks) => act(observations, masks, epsilon);
}

/** @throws {AgentError} `invalid-argument` where a greedy policy cannot explore that much */
export function requireEpsilon(epsilon: number, rng: Generator | null): void {
  if (!(epsilon >= 0 && epsilon <= 1) || (epsilon > 0 && rng === null)) {
    throw new AgentError(
      "invalid-argument",
      `A greedy policy takes an epsilon from 0 to 1, and a generator if it is above 0; this one has epsilon ${epsilon}${rng ? "" : " and no generator"}.`,
    );
  }
}

/** Observations as one flat array. @throws {AgentError} `invalid-argument` */
export function flatObservations(observations: Batch): TypedArray {
  if (ArrayBuffer.isView(observations)) return observations;
  throw new AgentError(
    "invalid-argument",
    "Observations came as a list of elements; a flat typed array with one row per environment is needed.",
  );
}

/** @throws {AgentError} `invalid-argument` where a behaviour policy is not given one row per environment */
export function requireRows(observations: Batch, numEnvs: number, rowSize: number): void {
  const length = numEnvs * rowSize;
  if (observations.length === length) return;
  throw new AgentError(
    "invalid-argument",
    `The behaviour policy acts in ${numEnvs} environments, on ${length} values, but got ${observations.length}.`,
  );
}
