import { GymnasiumError } from "../../errors.js";
import { describeSpace } from "../../explain.js";
import { layoutOf } from "../../layout.js";
import { box } from "../../spaces/box.js";
import type { TypedArray } from "../../spaces/space.js";
import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { Batch, VectorEnv, VectorReset, VectorStep } from "../../vector/vector-env.js";
import { DoubleBuffer } from "../double-buffer.js";
import { type ArrayStatisticsState, RunningArrayStatistics, statisticsDtype } from "../running-statistics.js";
import { VectorWrapper } from "./vector-wrapper.js";
import { WrappedStep } from "./wrapped-step.js";

interface StatisticsState extends ArrayStatisticsState {
  updateStatistics: boolean;
}

/**
 * Shows (observation - mean) / sqrt(variance + epsilon) in float32, with running statistics of the observations of
 * all sub-environments, those of resets included. Set `updateStatistics` to false to freeze them, for instance during
 * evaluation.
 *
 * Gymnasium has this for `next-step` mode only. Here `same-step` counts the last observations of episodes too, before
 * those that follow them, and shows both by the statistics that result; a reset by mask counts what it has reset.
 *
 * @throws GymnasiumError `invalid-options` if observations are not flat arrays of numbers, or epsilon is not positive
 */
export class VectorNormalizeObservation extends VectorWrapper {
  updateStatistics = true;
  readonly statistics: RunningArrayStatistics;
  private readonly epsilon: number;
  private readonly normalized: DoubleBuffer<Float32Array>;
  private readonly normalizedFinals: DoubleBuffer<Float32Array> | null;
  private readonly steps = new DoubleBuffer(() => new WrappedStep());
  /** Rows that a masked reset reset, or whose episodes ended; 1 or 0. */
  private readonly rows: Uint8Array;
  /** Whether the latest normalized batch is that of the observations inside. */
  private isCurrent = false;

  constructor(env: VectorEnv, options: { epsilon?: number } = {}) {
    const { epsilon = 1e-8 } = options;
    const { singleObservationSpace: space, numEnvs } = env;
    const { kind, size } = layoutOf(space);
    if ((kind !== "row" && kind !== "scalar") || !(epsilon > 0)) {
      throw new GymnasiumError(
        "invalid-options",
        `VectorNormalizeObservation: epsilon is ${epsilon} and the observation space ${describeSpace(space)}, expected a positive number and a space whose batches are typed arrays.`,
      );
    }
    const [low, high] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
    super(env, { singleObservationSpace: box({ low, high, shape: space.shape ?? [], dtype: "float32" }) });
    const dtype = statisticsDtype(space);
    this.epsilon = dtype === "float32" ? Math.fround(epsilon) : epsilon;
    this.statistics = new RunningArrayStatistics(size, dtype);
    const allocate = () => new Float32Array(numEnvs * size);
    this.normalized = new DoubleBuffer(allocate);
    this.normalizedFinals = env.autoresetMode === "same-step" ? new DoubleBuffer(allocate) : null;
    this.rows = new Uint8Array(numEnvs);
  }

  override get observations(): Batch {
    // The environment inside refuses before the first reset and once closed.
    const observations = this.env.observations as TypedArray;
    return this.isCurrent ? this.normalized.latest : this.show(observations);
  }

  override reset(options: VectorResetOptions = {}): VectorReset {
    const { observations, infos } = this.env.reset(options);
    const { mask } = options;
    if (mask !== undefined) for (let i = 0; i < this.numEnvs; i++) this.rows[i] = mask[i] ? 1 : 0;
    this.count(observations as TypedArray, mask === undefined ? null : this.rows);
    return { observations: this.show(observations as TypedArray), infos };
  }

  override step(actions: Batch): VectorStep {
    const inner = this.env.step(actions);
    const step = this.steps.next();
    step.follow(inner);
    const finals = this.normalizedFinals === null ? null : this.normalizedFinals.next();
    const ended = finals === null ? null : this.endedRows(inner);
    if (ended !== null) this.count(inner.finalObservations as TypedArray, ended);
    this.count(inner.observations as TypedArray, null);
    step.observations = this.show(inner.observations as TypedArray);
    step.finalObservations = finals;
    if (finals !== null && ended !== null) {
      this.normalize(inner.finalObservations as TypedArray, finals, ended);
    }
    return step;
  }

  protected override ownState(): StatisticsState {
    return { ...this.statistics.save(), updateStatistics: this.updateStatistics };
  }

  protected override restoreOwnState(state: unknown): void {
    const { updateStatistics, ...statistics } = state as StatisticsState;
    this.statistics.restore(statistics);
    this.updateStatistics = updateStatistics;
    this.isCurrent = false;
  }

  /** Which episodes ended in this step; null for none. */
  private endedRows({ terminations, truncations }: VectorStep): Uint8Array | null {
    const { rows } = this;
    let any = false;
    for (let i = 0; i < rows.length; i++) {
      const ended = terminations[i] !== 0 || truncations[i] !== 0;
      rows[i] = ended ? 1 : 0;
      any ||= ended;
    }
    return any ? rows : null;
  }

  private count(batch: TypedArray, rows: Uint8Array | null): void {
    if (this.updateStatistics) this.statistics.updateRows(batch, rows);
  }

  /** The batch normalized, in the other buffer. */
  private show(batch: TypedArray): Float32Array {
    this.isCurrent = true;
    const normalized = this.normalized.next();
    this.normalize(batch, normalized, null);
    return normalized;
  }

  private normalize(batch: TypedArray, normalized: Float32Array, rows: Uint8Array | null): void {
    const { mean, variance } = this.statistics;
    const { epsilon, numEnvs } = this;
    const size = mean.length;
    const { fround, sqrt } = Math;
    if (mean instanceof Float64Array) {
      for (let j = 0; j < size; j++) {
        const deviation = sqrt(variance[j]! + epsilon);
        for (let at = j; at < normalized.length; at += size) {
          if (rows === null || rows[(at - j) / size] === 1)
            normalized[at] = (batch[at]! - mean[j]!) / deviation;
        }
      }
      return;
    }
    for (let j = 0; j < size; j++) {
      const center = mean[j]!;
      const deviation = fround(sqrt(fround(variance[j]! + epsilon)));
      for (let i = 0; i < numEnvs; i++) {
        if (rows !== null && rows[i] === 0) continue;
        const at = i * size + j;
        normalized[at] = fround(fround(batch[at]!) - center) / deviation;
      }
    }
  }
}
