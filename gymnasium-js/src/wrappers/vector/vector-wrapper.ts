import type { EnvSnapshot } from "../../env.js";
import type { EnvSpec } from "../../env-spec.js";
import { batchSpace } from "../../spaces/batch.js";
import type { Space } from "../../spaces/space.js";
import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { AutoresetMode, Batch, VectorEnv, VectorReset, VectorStep } from "../../vector/vector-env.js";
import { requireWrapperSnapshot, type WrapperSnapshot } from "../wrapper.js";

/**
 * A vector environment around another. This base class forwards everything; a subclass overrides what it changes.
 * Whatever a subclass remembers between calls belongs into `ownState` and `restoreOwnState`, so that `snapshot`
 * stays exact.
 *
 * Arrays and steps follow `VectorEnv`'s rule: they last until the second following call.
 */
export abstract class VectorWrapper implements VectorEnv {
  readonly numEnvs: number;
  readonly singleObservationSpace: Space<unknown>;
  readonly singleActionSpace: Space<unknown>;
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;

  constructor(
    /** The vector environment inside. */
    readonly env: VectorEnv,
    spaces: { singleObservationSpace?: Space<unknown>; singleActionSpace?: Space<unknown> } = {},
  ) {
    const { singleObservationSpace, singleActionSpace } = spaces;
    this.numEnvs = env.numEnvs;
    this.singleObservationSpace = singleObservationSpace ?? env.singleObservationSpace;
    this.singleActionSpace = singleActionSpace ?? env.singleActionSpace;
    this.observationSpace =
      singleObservationSpace === undefined
        ? env.observationSpace
        : batchSpace(singleObservationSpace, env.numEnvs);
    this.actionSpace =
      singleActionSpace === undefined ? env.actionSpace : batchSpace(singleActionSpace, env.numEnvs);
  }

  get autoresetMode(): AutoresetMode {
    return this.env.autoresetMode;
  }

  get spec(): EnvSpec | null {
    return this.env.spec;
  }

  get observations(): Batch {
    return this.env.observations;
  }

  get actionMasks(): Uint8Array | null {
    return this.env.actionMasks;
  }

  reset(options?: VectorResetOptions): VectorReset {
    return this.env.reset(options);
  }

  step(actions: Batch): VectorStep {
    return this.env.step(actions);
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

  /** Takes back what `ownState` gave, after the environment inside was restored; must not keep its arrays. */
  protected restoreOwnState(_state: unknown): void {}
}
