import type { RenderMode } from "./env.js";
import { GymnasiumError } from "./errors.js";
import { describeValue } from "./explain.js";
import type { EnvRules } from "./rules.js";

/** @returns the limit in steps, null for none; -1 means none too, as in Gymnasium's `make` */
export function requireTimeLimit(limit: number | null | undefined, id: string): number | null {
  if (limit === undefined || limit === null || limit === -1) return null;
  if (Number.isSafeInteger(limit) && limit > 0) return limit;
  throw new GymnasiumError(
    "invalid-options",
    `${id}: maxEpisodeSteps is ${describeValue(limit)}, expected a positive integer number of steps, or null for no limit.`,
  );
}

export function requireSeed(seed: number): number {
  if (Number.isSafeInteger(seed) && seed >= 0) return seed;
  throw new GymnasiumError(
    "invalid-seed",
    `The seed is ${describeValue(seed)}, expected an integer from 0 to ${Number.MAX_SAFE_INTEGER}.`,
  );
}

export function requireRenderer<State, Observation, Action>(
  rules: EnvRules<State, Observation, Action>,
  mode: RenderMode | null,
): void {
  const modes: string[] = [];
  if (rules.renderAnsi !== undefined) modes.push("ansi");
  if (rules.renderRgb !== undefined) modes.push("rgb_array");
  if (mode === null || modes.includes(mode)) return;
  const offer = modes.length === 0 ? "it cannot be rendered" : `it has ${modes.join(" and ")}`;
  throw new GymnasiumError(
    "unsupported",
    `${rules.id}: there is no render mode ${JSON.stringify(mode)}: ${offer}.`,
  );
}

export function invalidReward(where: string, reward: unknown): GymnasiumError {
  return new GymnasiumError(
    "invalid-reward",
    `${where}: step gave the reward ${describeValue(reward)}, expected a finite number.`,
  );
}
