/** Numbers and their shape, in C order: a `HostArray`, or any list of numbers. */
export interface NumericArray {
  data: ArrayLike<number>;
  shape: readonly number[];
}

/** A number that tells how good predictions are; it takes them batch by batch. */
export interface Metric {
  readonly name: string;
  readonly higherIsBetter: boolean;
  /**
   * @param outputs of the net, `[batch, ...]`
   * @param targets what they should be
   * @param weights 0 or more, one per row `[batch]` or per row and step; null for ones. What has the weight 0 is not
   * looked at.
   * @throws {MetricError}
   */
  add(outputs: NumericArray, targets: NumericArray, weights: NumericArray | null): void;
  /** Of all that was added since the start or the last reset; NaN where it is not defined, as of nothing. */
  value(): number;
  reset(): void;
}

/** What a net gives out: logits, or probabilities as most methods before deep learning. */
export type OutputKind = "logits" | "probabilities";

/** Outputs, targets or weights that a metric cannot be of. */
export class MetricError extends Error {
  override readonly name = "MetricError";
  constructor(
    readonly code: "shape-mismatch" | "invalid-target" | "no-reference",
    message: string,
  ) {
    super(message);
  }
}
