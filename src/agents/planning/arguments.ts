import { PlanningError } from "./errors.js";

export function requireGamma(gamma: number): number {
  if (gamma >= 0 && gamma <= 1) return gamma;
  throw new PlanningError("invalid-argument", `gamma is ${gamma}, expected a discount from 0 to 1.`);
}

export function requireTolerance(tolerance: number): number {
  if (tolerance > 0 && tolerance < Number.POSITIVE_INFINITY) return tolerance;
  throw new PlanningError("invalid-argument", `tolerance is ${tolerance}, expected a positive number.`);
}

export function requireCount(name: string, count: number): number {
  if (Number.isSafeInteger(count) && count >= 1) return count;
  throw new PlanningError("invalid-argument", `${name} is ${count}, expected a whole number from 1.`);
}

/** One value per state. */
export function requireLength(name: string, found: number, numStates: number): void {
  if (found === numStates) return;
  throw new PlanningError(
    "invalid-argument",
    `${name} has ${found} entries, expected one for each of the ${numStates} states.`,
  );
}
