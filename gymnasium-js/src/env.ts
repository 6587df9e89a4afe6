import type { EnvSpec } from "./registry.js";
import type { Generator } from "./seeding/generator.js";
import type { Space } from "./spaces/space.js";

/** What an environment says beside its observation; keys are the environment's own. */
export type Info = Record<string, unknown>;

/** Options of one reset; which keys mean something is the environment's own. */
export type ResetOptions = Record<string, unknown>;

export interface ResetResult<Observation> {
  observation: Observation;
  info: Info;
}

/**
 * One transition. `terminated` (the task itself ended) and `truncated` (a limit outside the task cut it)
 * stay two facts: a learner bootstraps unless `terminated`.
 */
export interface StepResult<Observation> {
  observation: Observation;
  reward: number;
  terminated: boolean;
  truncated: boolean;
  info: Info;
}

/** A picture: 8-bit RGB rows from the top, `height * width * 3` values. */
export interface RgbFrame {
  width: number;
  height: number;
  data: Uint8Array;
}

export type RenderMode = "ansi" | "rgb_array";

/** What `snapshot` returns: plain data (numbers, strings, booleans, typed arrays, nested arrays and objects). */
export type EnvSnapshot = unknown;

/**
 * Gymnasium's environment, in TypeScript.
 *
 * Ownership of arrays: an environment may reuse the memory of its observations. An observation is valid until
 * the *second* following call of `step` or `reset`, so that the pair (observation, next observation) can be
 * read together; who keeps it longer copies it. The result object itself is valid until the next call.
 */
export interface Env<Observation = unknown, Action = unknown> {
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;
  /** How `make` built this environment; null if it was not made by `make`. */
  readonly spec: EnvSpec | null;
  readonly renderMode: RenderMode | null;
  /** The innermost environment, below all wrappers. */
  readonly unwrapped: Env;
  /** The environment's generator; created from seed 0 if `reset` was never given a seed. */
  readonly rng: Generator;
  /** Starts an episode. With `seed`, the generator is made anew from it; without, it goes on. */
  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation>;
  step(action: Action): StepResult<Observation>;
  /** ANSI text or a picture, as `renderMode` says; null where there is none. */
  render(): string | RgbFrame | null;
  close(): void;
  /** Everything that the future depends on: state, counters, generator. Throws `UnsupportedError` where an env cannot. */
  snapshot(): EnvSnapshot;
  restore(snapshot: EnvSnapshot): void;
}
