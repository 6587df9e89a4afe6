import type { Env, ResetOptions, ResetResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { clonePlain } from "../plain.js";
import { elementCopier } from "./elements.js";
import { ObservationWrapper } from "./observation-wrapper.js";
import { zeroElement } from "./zero-element.js";

/**
 * Shows each observation `delay` steps late; until then, the element of the space that is nearest to zero.
 *
 * @throws GymnasiumError `invalid-options` if `delay` is not an integer >= 0
 */
export class DelayObservation<Observation, Action> extends ObservationWrapper<Observation, Action> {
  /** Oldest first. */
  private waiting: Observation[] = [];
  private readonly zero: Observation;
  private readonly keep: (observation: Observation) => Observation;

  constructor(
    env: Env<Observation, Action>,
    readonly delay: number,
  ) {
    super(env);
    if (!Number.isSafeInteger(delay) || delay < 0) {
      throw new GymnasiumError(
        "invalid-options",
        `DelayObservation: delay is ${delay}, expected a whole number of steps >= 0.`,
      );
    }
    this.zero = zeroElement(env.observationSpace) as Observation;
    // One that is shown stays whole for two more calls.
    this.keep = elementCopier(env.observationSpace, delay + 2);
  }

  override reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    this.waiting.length = 0;
    return super.reset(options);
  }

  protected transform(observation: Observation): Observation {
    this.waiting.push(this.keep(observation));
    return this.waiting.length > this.delay ? (this.waiting.shift() as Observation) : this.zero;
  }

  protected override ownState(): Observation[] {
    return clonePlain(this.waiting, "waiting observations");
  }

  protected override restoreOwnState(state: unknown): void {
    this.waiting = (state as Observation[]).map((observation) => this.keep(observation));
  }
}
