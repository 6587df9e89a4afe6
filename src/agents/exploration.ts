import type { Generator } from "gymnasium-js";
import { z } from "zod";

const delay = (name: string) =>
  z.int().min(0).default(0).describe(`env steps at \`start\` before ${name} begins to fall; default 0`);

/** A number with a default, described. */
type Field = (initial: number, what: string) => z.ZodDefault<z.ZodNumber>;

/** The two ways in which a number falls over environment steps; see `fallingAt`. */
export function fallingSchedules(name: string, field: Field, { start, end }: { start: number; end: number }) {
  return [
    z.strictObject({
      type: z.literal("linear"),
      start: field(start, `${name} at first`),
      end: field(end, `${name} at last`),
      steps: z.int().min(1).default(100_000).describe("env steps from start to end; default 100000"),
      delay: delay(name),
    }),
    z.strictObject({
      type: z.literal("exponential"),
      start: field(start, `${name} at first`),
      end: field(end, `${name} that is approached`),
      timeConstant: z
        .number()
        .positive()
        .default(50_000)
        .describe("env steps in which the distance to end falls to 1/e; default 50000"),
      delay: delay(name),
    }),
  ] as const;
}

type FallingSchedule = z.output<ReturnType<typeof fallingSchedules>[number]>;

/**
 * After t environment steps, with t' = max(0, t - delay):
 *
 *   linear       start + (end - start) min(1, t' / steps)
 *   exponential  end + (start - end) exp(-t' / timeConstant)
 */
export function fallingAt(schedule: FallingSchedule, envSteps: number): number {
  const { start, end } = schedule;
  const counted = Math.max(0, envSteps - schedule.delay);
  switch (schedule.type) {
    case "linear": {
      const passed = counted / schedule.steps;
      return passed >= 1 ? end : start + (end - start) * passed;
    }
    case "exponential":
      return end + (start - end) * Math.exp(-counted / schedule.timeConstant);
    default:
      throw new Error(`There is no schedule ${JSON.stringify(schedule satisfies never)}.`);
  }
}

const share: Field = (initial, what) =>
  z.number().min(0).max(1).default(initial).describe(`${what}; share of random actions, default ${initial}`);

/** Epsilon as a function of environment steps. */
export const epsilonScheduleSchema = z.discriminatedUnion("type", [
  ...fallingSchedules("epsilon", share, { start: 1, end: 0.1 }),
  z.strictObject({ type: z.literal("constant"), epsilon: share(0.1, "epsilon") }),
]);

export type EpsilonSchedule = z.output<typeof epsilonScheduleSchema>;

/** Epsilon after so many environment steps. */
export function epsilonAt(schedule: EpsilonSchedule, envSteps: number): number {
  return schedule.type === "constant" ? schedule.epsilon : fallingAt(schedule, envSteps);
}

/** Action values and legal actions of rows: row i is at `[i * numActions, (i + 1) * numActions)`. */
export interface ActionValues {
  q: ArrayLike<number>;
  numActions: number;
  /** 1 where an action is legal; null where all are. */
  mask: Uint8Array | null;
}

/** The legal action of highest value in a row, the lowest of equals; -1 if none is legal. */
export function greedyAction({ q, numActions, mask }: ActionValues, row: number): number {
  const offset = row * numActions;
  let best = -1;
  for (let action = 0; action < numActions; action++) {
    if (mask !== null && mask[offset + action] === 0) continue;
    if (best < 0 || q[offset + action]! > q[offset + best]!) best = action;
  }
  return best;
}

/** One of the legal actions of a row, all equally likely, by one draw; -1 without a draw if none is legal. */
export function randomAction(
  rng: Generator,
  { numActions, mask }: Pick<ActionValues, "numActions" | "mask">,
  row: number,
): number {
  if (mask === null) return rng.integers(0, numActions);
  const offset = row * numActions;
  let legal = 0;
  for (let action = 0; action < numActions; action++) legal += mask[offset + action] === 0 ? 0 : 1;
  if (legal === 0) return -1;
  let skip = rng.integers(0, legal);
  for (let action = 0; action < numActions; action++) {
    if (mask[offset + action] !== 0 && skip-- === 0) return action;
  }
  return -1;
}

export interface EpsilonGreedyCall {
  rows: number;
  numActions: number;
  mask: Uint8Array | null;
  epsilon: number;
  rng: Generator | null;
  /** Values of all rows; asked for only if some row does not explore. */
  values: () => ArrayLike<number>;
  /** Filled with one action index per row. */
  actions: Int32Array;
}

/** Marks rows that want the best action, until the values are known. */
const undecided = -2;

/**
 * Epsilon-greedy actions. Draws, row by row, and none if epsilon is 0: `random()`, which explores if below epsilon,
 * and then the random action's. A row without a legal action (an episode that is over) gets action 0.
 */
export function epsilonGreedy(call: EpsilonGreedyCall): void {
  const { rows, numActions, mask, epsilon, rng, actions } = call;
  let exploring = 0;
  for (let row = 0; row < rows; row++) {
    const explores = rng !== null && epsilon > 0 && rng.random() < epsilon;
    actions[row] = explores ? randomAction(rng, { numActions, mask }, row) : undecided;
    if (explores) exploring++;
  }
  const values = exploring === rows ? null : { q: call.values(), numActions, mask };
  for (let row = 0; row < rows; row++) {
    if (values !== null && actions[row] === undecided) actions[row] = greedyAction(values, row);
    if (actions[row] === -1) actions[row] = 0;
  }
}
