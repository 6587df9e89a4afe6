import { GymnasiumError } from "gymnasium-js";

/** @throws GymnasiumError `invalid-options` unless all are whole numbers from `least` on */
export function requireCounts(id: string, counts: Readonly<Record<string, number>>, least: number): void {
  for (const [name, count] of Object.entries(counts)) {
    if (Number.isInteger(count) && count >= least) continue;
    throw new GymnasiumError(
      "invalid-options",
      `${id}: ${name} is ${count}, expected a whole number from ${least} on.`,
    );
  }
}

/** @throws GymnasiumError `invalid-options` unless all are finite and greater than 0 */
export function requireLengths(id: string, lengths: Readonly<Record<string, number>>): void {
  for (const [name, length] of Object.entries(lengths)) {
    if (length > 0 && length < Number.POSITIVE_INFINITY) continue;
    throw new GymnasiumError("invalid-options", `${id}: ${name} is ${length}, expected a length above 0.`);
  }
}
