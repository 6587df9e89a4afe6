import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import { box } from "../spaces/box.js";
import { sizeOf } from "../spaces/nested.js";
import type { Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";
import { type ArrayStatisticsState, RunningArrayStatistics, statisticsDtype } from "./running-statistics.js";

/** Running statistics of a wrapper, as plain data. */
interface StatisticsState extends ArrayStatisticsState {
  updateStatistics: boolean;
}

/**
 * Shows (observation - mean) / sqrt(variance + epsilon) in float32, with running statistics of all observations seen,
 * also those of resets; these are in float32 for float32 observations, in float64 for others, as in Gymnasium. Set
 * `updateStatistics` to false to freeze them, for instance during evaluation.
 *
 * @throws GymnasiumError `invalid-options` if observations have no shape, or epsilon is not positive
 */
export class NormalizeObservation<Action> extends ObservationWrapper<Float32Array, Action, unknown> {
  updateStatistics = true;
  readonly statistics: RunningArrayStatistics;
  private readonly epsilon: number;
  private readonly normalized: DoubleBuffer<Float32Array>;
  private readonly scalar: Float64Array | null;

  constructor(env: Env<unknown, Action>, options: { epsilon?: number } = {}) {
    const { epsilon = 1e-8 } = options;
    const { shape } = env.observationSpace;
    if (shape === null || !(epsilon > 0)) {
      throw new GymnasiumError(
        "invalid-options",
        `NormalizeObservation: epsilon is ${epsilon} and the observation space ${describeSpace(env.observationSpace)}, expected a positive number and a space with a shape.`,
      );
    }
    const size = sizeOf(shape);
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    super(env, {
      observationSpace: box({ low, high, shape, dtype: "float32" }) as unknown as Space<Float32Array>,
    });
    const dtype = statisticsDtype(env.observationSpace);
    this.epsilon = dtype === "float32" ? Math.fround(epsilon) : epsilon;
    this.statistics = new RunningArrayStatistics(size, dtype);
    this.normalized = new DoubleBuffer(() => new Float32Array(size));
    this.scalar = env.observationSpace.type === "Discrete" ? new Float64Array(1) : null;
  }

  protected transform(observation: unknown): Float32Array {
    if (this.scalar !== null) this.scalar[0] = observation as number;
    const values = this.scalar ?? (observation as ArrayLike<number>);
    if (this.updateStatistics) this.statistics.update(values);
    const { mean, variance } = this.statistics;
    const normalized = this.normalized.next();
    const { fround, sqrt } = Math;
    if (mean instanceof Float64Array) {
      for (let i = 0; i < normalized.length; i++) {
        normalized[i] = (values[i]! - mean[i]!) / sqrt(variance[i]! + this.epsilon);
      }
      return normalized;
    }
    for (let i = 0; i < normalized.length; i++) {
      const deviation = fround(sqrt(fround(variance[i]! + this.epsilon)));
      normalized[i] = fround(values[i]! - mean[i]!) / deviation;
    }
    return normalized;
  }

  protected override ownState(): StatisticsState {
    return { ...this.statistics.save(), updateStatistics: this.updateStatistics };
  }

  protected override restoreOwnState(state: unknown): void {
    const { updateStatistics, ...statistics } = state as StatisticsState;
    this.statistics.restore(statistics);
    this.updateStatistics = updateStatistics;
  }
}
