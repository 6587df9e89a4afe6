import type { Env, EnvSnapshot, RenderMode, ResetOptions, ResetResult, RgbFrame, StepResult } from "./env.js";
import type { EnvSpec } from "./env-spec.js";
import { GymnasiumError } from "./errors.js";
import { requireSeed } from "./rules-checks.js";
import { Generator } from "./seeding/generator.js";
import type { Space } from "./spaces/space.js";

/**
 * A start for environments written as classes: it has everything of `Env` but the spaces, `reset` and `step`.
 * Call `this.reseed(options?.seed)` first in `reset`, and draw from `this.rng` only. Override `snapshot` and
 * `restore` to make the environment savable.
 */
export abstract class BaseEnv<Observation = unknown, Action = unknown> implements Env<Observation, Action> {
  abstract readonly observationSpace: Space<Observation>;
  abstract readonly actionSpace: Space<Action>;
  readonly spec: EnvSpec | null = null;
  readonly renderMode: RenderMode | null = null;
  private generator: Generator | null = null;

  get unwrapped(): Env {
    return this as unknown as Env;
  }

  get rng(): Generator {
    this.generator ??= new Generator(0);
    return this.generator;
  }

  abstract reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation>;

  abstract step(action: Action): StepResult<Observation>;

  render(): string | RgbFrame | null {
    return null;
  }

  close(): void {}

  /** @throws GymnasiumError `unsupported`, unless overridden */
  snapshot(): EnvSnapshot {
    throw this.notSavable();
  }

  restore(_snapshot: EnvSnapshot): void {
    throw this.notSavable();
  }

  /** Makes the generator anew if there is a seed; without one it goes on. */
  protected reseed(seed: number | undefined): void {
    if (seed !== undefined) this.generator = new Generator(requireSeed(seed));
  }

  private notSavable(): GymnasiumError {
    return new GymnasiumError(
      "unsupported",
      `${this.constructor.name} cannot be saved: give it snapshot() and restore(), or write it as rules with defineEnv.`,
    );
  }
}
