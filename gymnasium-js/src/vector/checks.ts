import { GymnasiumError } from "../errors.js";
import { describeValue } from "../explain.js";
import { requireSeed } from "../rules-checks.js";
import type { AutoresetMode } from "./vector-env.js";

const modes: readonly AutoresetMode[] = ["next-step", "same-step", "disabled"];

export function requireMode(mode: AutoresetMode): AutoresetMode {
  if (modes.includes(mode)) return mode;
  throw new GymnasiumError(
    "invalid-options",
    `autoresetMode is ${describeValue(mode)}, expected ${modes.map((one) => JSON.stringify(one)).join(", ")}.`,
  );
}

export function requireNumEnvs(numEnvs: number, id: string): number {
  if (Number.isSafeInteger(numEnvs) && numEnvs > 0) return numEnvs;
  throw new GymnasiumError(
    "invalid-options",
    `${id}: numEnvs is ${describeValue(numEnvs)}, expected a positive integer.`,
  );
}

/** One seed per sub-environment, null where its generator goes on. */
export function seedsOf(
  seed: number | readonly (number | null)[] | undefined,
  numEnvs: number,
): readonly (number | null)[] {
  if (seed === undefined) return new Array<null>(numEnvs).fill(null);
  if (typeof seed === "number") return Array.from({ length: numEnvs }, (_, i) => requireSeed(seed) + i);
  if (seed.length !== numEnvs) {
    throw new GymnasiumError(
      "invalid-seed",
      `There are ${seed.length} seeds for ${numEnvs} sub-environments, expected one (or null) for each.`,
    );
  }
  return seed.map((one) => (one === null ? null : requireSeed(one)));
}

/** Which sub-environments to reset; all without a mask. */
export function maskOf(
  mask: Uint8Array | readonly boolean[] | undefined,
  numEnvs: number,
): readonly boolean[] {
  if (mask === undefined) return new Array<boolean>(numEnvs).fill(true);
  const chosen = Array.from(mask, Boolean);
  if (chosen.length === numEnvs && chosen.includes(true)) return chosen;
  const fault = chosen.length === numEnvs ? "chooses none" : `has ${chosen.length} values`;
  throw new GymnasiumError(
    "invalid-options",
    `The reset mask ${fault}, expected ${numEnvs} values with at least one true.`,
  );
}

export function resetNeeded(id: string, why: string): GymnasiumError {
  return new GymnasiumError("reset-needed", `${id}: ${why}: call envs.reset() first.`);
}

/** For who steps a sub-environment that ended, where nothing resets it. */
export function maskedResetNeeded(id: string, index: number): GymnasiumError {
  return new GymnasiumError(
    "reset-needed",
    `${id}: sub-environment ${index} has ended its episode: call envs.reset({ mask }) for those that ended, or choose another autoresetMode.`,
  );
}

export function noActions(id: string, actions: unknown, numEnvs: number): GymnasiumError {
  return new GymnasiumError(
    "invalid-action",
    `${id}: the actions are ${describeValue(actions)}, expected one for each of ${numEnvs} sub-environments, in an array.`,
  );
}

export function wrongActionCount(id: string, found: number, expected: number): GymnasiumError {
  return new GymnasiumError(
    "invalid-action",
    `${id}: the batch of actions has ${found} values, expected ${expected}.`,
  );
}
