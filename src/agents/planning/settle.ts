import { PlanningError } from "./errors.js";

export interface Sweeping {
  /** The new value of a state, from the present values. */
  update(state: number): number;
  tolerance: number;
  maxSweeps: number;
  gamma: number;
  /** Done after each sweep that was not the last. */
  between?(): void;
}

/**
 * Updates V in place until it stays.
 * @returns how many sweeps it took
 * @throws PlanningError `no-convergence`
 */
export function settle(V: Float64Array, { update, tolerance, maxSweeps, gamma, between }: Sweeping): number {
  const numStates = V.length;
  let change = 0;
  for (let sweep = 1; sweep <= maxSweeps; sweep++) {
    change = 0;
    let scale = 1;
    for (let i = 0; i < numStates; i++) {
      const state = sweep % 2 === 1 ? i : numStates - 1 - i;
      const value = update(state);
      change = Math.max(change, Math.abs(value - V[state]!));
      scale = Math.max(scale, Math.abs(value));
      V[state] = value;
    }
    if (change <= tolerance * scale) return sweep;
    between?.();
  }
  const advice =
    gamma === 1
      ? "with gamma 1 there may be states that cost something for ever: take a gamma below 1, or finiteHorizonValues"
      : "raise maxSweeps or tolerance";
  throw new PlanningError(
    "no-convergence",
    `Values still changed by ${change} after ${maxSweeps} sweeps with gamma ${gamma}; ${advice}.`,
  );
}
