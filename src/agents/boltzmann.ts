import type { Generator } from "gymnasium-js";
import { z } from "zod";
import { type ActionValues, fallingAt, fallingSchedules, greedyAction } from "./exploration.js";

const temperature = (initial: number, what: string) =>
  z.number().min(0).default(initial).describe(`${what}, in scaled reward; default ${initial}`);

/** The temperature as a function of environment steps. */
export const temperatureScheduleSchema = z.discriminatedUnion("type", [
  ...fallingSchedules("temperature", temperature, { start: 1, end: 0.01 }),
  z.strictObject({ type: z.literal("constant"), temperature: temperature(0.1, "temperature") }),
]);

export type TemperatureSchedule = z.output<typeof temperatureScheduleSchema>;

/** The temperature after so many environment steps, in scaled reward. */
export function temperatureAt(schedule: TemperatureSchedule, envSteps: number): number {
  return schedule.type === "constant" ? schedule.temperature : fallingAt(schedule, envSteps);
}

/**
 * The probabilities of a row's actions but for their common factor, relative to the best, so that no exponential overflows:
 *
 *   pi(a | s) = w_a / sum_b w_b,   w_a = exp((Q(s, a) - max_b Q(s, b)) / T),   a and b legal
 *
 * Sutton and Barto 2018, equation 13.2 with action values as preferences; C. J. C. H. Watkins 1989.
 *
 * @param temperature T, above 0, in the unit of the values
 * @param weights `[numActions]`, filled with w; 0 where an action is illegal
 * @returns their sum; 0 if no action is legal
 */
export function boltzmannWeights(
  values: ActionValues,
  row: number,
  temperature: number,
  weights: Float64Array,
): number {
  const { q, numActions, mask } = values;
  const offset = row * numActions;
  const best = greedyAction(values, row);
  weights.fill(0);
  if (best < 0) return 0;
  const highest = q[offset + best]!;
  let sum = 0;
  for (let action = 0; action < numActions; action++) {
    if (mask !== null && mask[offset + action] === 0) continue;
    weights[action] = Math.exp((q[offset + action]! - highest) / temperature);
    sum += weights[action]!;
  }
  return sum;
}

export interface BoltzmannCall {
  rows: number;
  numActions: number;
  mask: Uint8Array | null;
  /** In the unit of the values; at 0 the best action is certain. */
  temperature: number;
  rng: Generator;
  /** `[numActions]`, to work in. */
  weights: Float64Array;
  /** Values of all rows. */
  values: () => ArrayLike<number>;
  /** Filled with one action index per row. */
  actions: Int32Array;
}

/**
 * Actions in proportion to `boltzmannWeights`. Draws one `random()` a row, whatever is legal there, and none at a
 * temperature of 0, where equals go to the lowest. A row without a legal action (an episode that is over) gets action 0.
 */
export function boltzmannActions(call: BoltzmannCall): void {
  const { rows, numActions, mask, temperature, rng, weights, actions } = call;
  const values = { q: call.values(), numActions, mask };
  for (let row = 0; row < rows; row++) {
    if (temperature === 0) {
      actions[row] = Math.max(0, greedyAction(values, row));
      continue;
    }
    const sum = boltzmannWeights(values, row, temperature, weights);
    actions[row] = pick(weights, rng.random() * sum);
  }
}

/** The action at which the weights, summed up from the first, pass `point`, by rounding perhaps the last that has any. */
function pick(weights: Float64Array, point: number): number {
  let rest = point;
  let last = 0;
  for (let action = 0; action < weights.length; action++) {
    const weight = weights[action]!;
    if (weight === 0) continue;
    last = action;
    rest -= weight;
    if (rest < 0) break;
  }
  return last;
}
