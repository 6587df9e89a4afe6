import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { Batch, VectorReset, VectorStep } from "../../vector/vector-env.js";
import { DoubleBuffer } from "../double-buffer.js";
import { VectorWrapper } from "./vector-wrapper.js";
import { WrappedStep } from "./wrapped-step.js";

/** A vector wrapper that shows other observations; a subclass says which. What it gives lasts as `VectorEnv` promises. */
export abstract class VectorObservationWrapper extends VectorWrapper {
  private readonly steps = new DoubleBuffer(() => new WrappedStep());
  /** Of the observations inside; null if they were restored. */
  private shown: Batch | null = null;

  override get observations(): Batch {
    // The environment inside refuses before the first reset and once closed.
    const { observations } = this.env;
    return this.shown ?? this.show(observations);
  }

  override reset(options?: VectorResetOptions): VectorReset {
    const { observations, infos } = this.env.reset(options);
    return { observations: this.show(observations), infos };
  }

  override step(actions: Batch): VectorStep {
    const inner = this.env.step(actions);
    const step = this.steps.next();
    step.follow(inner);
    step.observations = this.show(inner.observations);
    if (inner.finalObservations !== null) {
      step.finalObservations = this.transformFinals(inner.finalObservations, inner);
    }
    return step;
  }

  protected abstract transform(observations: Batch): Batch;

  /** Last observations (`same-step` mode): rows count where `step` ended an episode. */
  protected abstract transformFinals(finalObservations: Batch, step: VectorStep): Batch;

  private show(observations: Batch): Batch {
    const shown = this.transform(observations);
    this.shown = shown;
    return shown;
  }

  protected override restoreOwnState(_state: unknown): void {
    this.shown = null;
  }
}
