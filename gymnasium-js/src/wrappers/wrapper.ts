import type {
  Env,
  EnvSnapshot,
  RenderMode,
  ResetOptions,
  ResetResult,
  RgbFrame,
  StepResult,
} from "../env.js";
import type { EnvSpec } from "../env-spec.js";
import { GymnasiumError } from "../errors.js";
import type { Generator } from "../seeding/generator.js";
import type { Space } from "../spaces/space.js";

/** What `Wrapper.snapshot` returns: the snapshot of the environment inside, and the wrapper's own state. */
export interface WrapperSnapshot {
  /** Class name of the wrapper. */
  wrapper: string;
  /** What the wrapper itself remembers: plain data, null if nothing. */
  own: unknown;
  inner: EnvSnapshot;
}

/** Spaces that a wrapper shows instead of those of the environment inside. */
export interface WrapperSpaces<Observation, Action> {
  observationSpace?: Space<Observation>;
  actionSpace?: Space<Action>;
}

/**
 * An environment around another. This base class forwards everything; a subclass overrides what it changes.
 * Whatever a subclass remembers between calls belongs into `ownState` and `restoreOwnState`, so that `snapshot`
 * stays exact.
 *
 * Arrays and results follow `Env`'s rule: results last until the next call, observations until the second one.
 */
export abstract class Wrapper<
  Observation = unknown,
  Action = unknown,
  InnerObservation = Observation,
  InnerAction = Action,
> implements Env<Observation, Action>
{
  readonly observationSpace: Space<Observation>;
  readonly actionSpace: Space<Action>;

  constructor(
    /** The environment inside. */
    readonly env: Env<InnerObservation, InnerAction>,
    spaces: WrapperSpaces<Observation, Action> = {},
  ) {
    // Without other spaces, a subclass keeps the element types of the environment inside.
    this.observationSpace =
      spaces.observationSpace ?? (env.observationSpace as unknown as Space<Observation>);
    this.actionSpace = spaces.actionSpace ?? (env.actionSpace as unknown as Space<Action>);
  }

  get spec(): EnvSpec | null {
    return this.env.spec;
  }

  get renderMode(): RenderMode | null {
    return this.env.renderMode;
  }

  get unwrapped(): Env {
    return this.env.unwrapped;
  }

  get rng(): Generator {
    return this.env.rng;
  }

  abstract reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation>;

  abstract step(action: Action): StepResult<Observation>;

  render(): string | RgbFrame | null {
    return this.env.render();
  }

  close(): void {
    this.env.close();
  }

  snapshot(): WrapperSnapshot {
    return { wrapper: this.constructor.name, own: this.ownState(), inner: this.env.snapshot() };
  }

  /** @throws GymnasiumError `invalid-snapshot` if the snapshot was not taken from the same kind of wrapper */
  restore(snapshot: EnvSnapshot): void {
    const { inner, own } = requireWrapperSnapshot(snapshot, this.constructor.name);
    this.env.restore(inner);
    this.restoreOwnState(own);
  }

  /** What this wrapper remembers, as plain data that shares no memory with it. */
  protected ownState(): unknown {
    return null;
  }

  /** Takes back what `ownState` gave; must not keep its arrays. */
  protected restoreOwnState(_state: unknown): void {}
}

/** @throws GymnasiumError `invalid-snapshot` if `snapshot` was not taken from a wrapper of this class name */
export function requireWrapperSnapshot(snapshot: EnvSnapshot, wrapperName: string): WrapperSnapshot {
  const { wrapper } = (snapshot ?? {}) as Partial<WrapperSnapshot>;
  if (wrapper === wrapperName) return snapshot as WrapperSnapshot;
  const found = wrapper === undefined ? "none of a wrapper" : `one of ${wrapper}`;
  throw new GymnasiumError(
    "invalid-snapshot",
    `This snapshot is ${found}, but ${wrapperName} was to be restored: build the same wrappers, in the same order, as when it was taken.`,
  );
}

/** A result object to reuse, its fields of the types they keep. */
export function emptyStepResult<Observation>(): StepResult<Observation> {
  // 0.5 makes engines store `reward` as a double from the start.
  return { observation: null as Observation, reward: 0.5, terminated: false, truncated: false, info: {} };
}

/** Everything but the observation. */
export function copyOutcome(from: StepResult<unknown>, to: StepResult<unknown>): void {
  to.reward = from.reward;
  to.terminated = from.terminated;
  to.truncated = from.truncated;
  to.info = from.info;
}
