import type { EnvSnapshot } from "./env.js";

/**
 * Everything that the future of `env` depends on, as plain data: state, counters, generators.
 *
 * @throws GymnasiumError `unsupported` where an environment cannot be saved
 */
export function snapshot(env: { snapshot(): EnvSnapshot }): EnvSnapshot {
  return env.snapshot();
}

/**
 * Takes `env` back to where `snapshot` was taken, bit for bit.
 *
 * @throws GymnasiumError `invalid-snapshot` if it was taken from another environment
 */
export function restore(env: { restore(snapshot: EnvSnapshot): void }, taken: EnvSnapshot): void {
  env.restore(taken);
}
