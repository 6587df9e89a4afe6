import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import type { NumberArray } from "../spaces/dtype.js";
import { DoubleBuffer } from "./double-buffer.js";
import { allocateRows, elementCopier } from "./elements.js";
import { copyOutcome, emptyStepResult, Wrapper } from "./wrapper.js";

/**
 * Does each action `skip` times and gives the sum of the rewards with the elementwise maximum of the last two
 * observations, against flicker (Mnih et al. 2015, https://doi.org/10.1038/nature14236).
 *
 * As in Gymnasium, an episode that ends early leaves the last two *full* observations of before in the maximum.
 *
 * @throws GymnasiumError `invalid-options` if `skip` is not an integer >= 2, or observations are not arrays
 */
export class MaxAndSkipObservation<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly result = emptyStepResult<Observation>();
  private readonly maximum: DoubleBuffer<NumberArray>;
  private readonly lastButOne: NumberArray;
  private readonly last: NumberArray;
  private readonly keep: (observation: Observation) => Observation;

  constructor(
    env: Env<Observation, Action>,
    readonly skip = 4,
  ) {
    super(env);
    const memory = env.observationSpace.type === "Discrete" ? null : allocateRows(env.observationSpace, 1);
    if (!Number.isSafeInteger(skip) || skip < 2 || memory === null) {
      throw new GymnasiumError(
        "invalid-options",
        `MaxAndSkipObservation: skip is ${skip} and the observation space ${describeSpace(env.observationSpace)}, expected an integer >= 2 and a space of arrays.`,
      );
    }
    this.maximum = new DoubleBuffer(() => memory.slice());
    this.lastButOne = memory;
    this.last = memory.slice();
    this.keep = elementCopier(env.observationSpace, 1);
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const { observation, info } = this.env.reset(options);
    return { observation: this.keep(observation), info };
  }

  step(action: Action): StepResult<Observation> {
    const result = this.result;
    let totalReward = 0;
    for (let i = 0; i < this.skip; i++) {
      const inner = this.env.step(action);
      totalReward += inner.reward;
      if (i >= this.skip - 2) {
        const frame = i === this.skip - 1 ? this.last : this.lastButOne;
        (frame as Float64Array).set(inner.observation as Float64Array);
      }
      copyOutcome(inner, result);
      if (inner.terminated || inner.truncated) break;
    }
    result.reward = totalReward;
    result.observation = this.writeMaximum() as Observation;
    return result;
  }

  private writeMaximum(): NumberArray {
    const maximum = this.maximum.next();
    const { last, lastButOne } = this;
    for (let i = 0; i < maximum.length; i++) {
      const isLastGreater = last[i]! > lastButOne[i]!;
      maximum[i] = isLastGreater ? last[i]! : lastButOne[i]!;
    }
    return maximum;
  }

  protected override ownState(): NumberArray[] {
    return [this.lastButOne.slice(), this.last.slice()];
  }

  protected override restoreOwnState(state: unknown): void {
    const [lastButOne, last] = state as [Float64Array, Float64Array];
    (this.lastButOne as Float64Array).set(lastButOne);
    (this.last as Float64Array).set(last);
  }
}
