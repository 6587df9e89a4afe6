import type { TypedArray } from "gymnasium-js";
import { sizeOf, tf } from "../tensors/index.js";
import { NetError } from "./errors.js";

/** What a net is given: rows of observations as environments and replay buffers hold them. */
export interface InputSpec {
  /** Shape of one frame. */
  shape: readonly number[];
  /** Frames per observation, oldest first: a row is `[stack, ...shape]`. 1 for single frames. */
  stack: number;
  /** Set where a frame is one whole number `start ... start + n - 1`; it becomes a one-hot vector of `n`. */
  oneHot: { n: number; start: number } | null;
  /** `image` for nets that begin with a convolution: height, width, channels; else one flat vector. */
  layout: "flat" | "image";
  channels: "last" | "first";
  /** Factor of every value; one-hot vectors are not scaled. */
  scale: number;
}

/**
 * The input stage of a net: rows of any dtype to one float32 tensor, scaled, stacks and channels transposed to
 * `[batch, height, width, channels]`. One pass over the rows into memory that is kept between calls.
 */
export class InputStage {
  /** Values in one row of observations. */
  readonly rowSize: number;
  /** Shape of one encoded row. */
  readonly shape: readonly number[];
  /** A row is `[outer, pixels, inner]`; encoded it is `[pixels, outer, inner]`. */
  private readonly outer: number;
  private readonly pixels: number;
  private readonly inner: number;
  private memory = new Float32Array(0);

  constructor(private readonly spec: InputSpec) {
    const { shape, stack, oneHot, layout, channels } = spec;
    if (oneHot) {
      if (layout === "image") throw new NetError("invalid-net", noImage("whole numbers"));
      this.rowSize = stack;
      this.shape = [stack * oneHot.n];
      [this.outer, this.pixels, this.inner] = [stack, 1, 1];
      return;
    }
    this.rowSize = stack * sizeOf(shape);
    if (layout === "flat") {
      this.shape = [this.rowSize];
      [this.outer, this.pixels, this.inner] = [1, this.rowSize, 1];
      return;
    }
    const { height, width, depth } = imageOf(shape, channels);
    this.shape = [height, width, stack * depth];
    this.pixels = height * width;
    [this.outer, this.inner] = channels === "first" ? [stack * depth, 1] : [stack, depth];
  }

  /**
   * Encodes the first `size` rows.
   *
   * @param observations `[size, ...]`, flat, C order
   * @returns float32 `[size, ...this.shape]`; the caller disposes of it, before the next call of `encode`
   */
  encode(observations: TypedArray, size: number): tf.Tensor {
    const { oneHot, scale } = this.spec;
    if (observations.length < size * this.rowSize) {
      throw new NetError(
        "invalid-net",
        `${size} observations of ${this.rowSize} values need ${size * this.rowSize} values, not ${observations.length}.`,
      );
    }
    const shape = [size, ...this.shape];
    const ready = !oneHot && scale === 1 && this.outer === 1;
    if (ready && observations instanceof Float32Array) {
      return tf.tensor(observations.subarray(0, size * this.rowSize), shape, "float32");
    }
    const values = sizeOf(shape);
    if (this.memory.length < values) this.memory = new Float32Array(values);
    if (oneHot) this.writeOneHot(observations, size, oneHot);
    else if (this.outer === 1) this.writeScaled(observations, values);
    else this.writeTransposed(observations, size);
    return tf.tensor(this.memory.subarray(0, values), shape, "float32");
  }

  private writeScaled(observations: TypedArray, values: number): void {
    const { memory } = this;
    const { scale } = this.spec;
    // `set` converts many values at once, ten times as fast as the loop.
    if (scale === 1) memory.set(observations.subarray(0, values));
    else for (let i = 0; i < values; i++) memory[i] = scale * observations[i]!;
  }

  private writeTransposed(observations: TypedArray, size: number): void {
    const { memory, outer, pixels, inner } = this;
    const { scale } = this.spec;
    const depth = outer * inner;
    let from = 0;
    for (let row = 0; row < size; row++) {
      for (let o = 0; o < outer; o++) {
        let to = row * this.rowSize + o * inner;
        if (inner === 1) {
          // Most stacks are of single channels; without the innermost loop they take half the time.
          for (let p = 0; p < pixels; p++, to += depth) memory[to] = scale * observations[from++]!;
          continue;
        }
        for (let p = 0; p < pixels; p++, to += depth) {
          for (let i = 0; i < inner; i++) memory[to + i] = scale * observations[from++]!;
        }
      }
    }
  }

  private writeOneHot(
    observations: TypedArray,
    size: number,
    { n, start }: { n: number; start: number },
  ): void {
    const { memory } = this;
    memory.fill(0, 0, size * this.rowSize * n);
    for (let i = 0; i < size * this.rowSize; i++) {
      const state = observations[i]! - start;
      if (state >>> 0 !== state || state >= n) {
        throw new NetError(
          "invalid-net",
          `The observation ${observations[i]} is not one of the ${n} whole numbers from ${start} on.`,
        );
      }
      memory[i * n + state] = 1;
    }
  }
}

function imageOf(
  shape: readonly number[],
  channels: "last" | "first",
): { height: number; width: number; depth: number } {
  const [a, b, c] = shape;
  if (shape.length === 2) return { height: a!, width: b!, depth: 1 };
  if (shape.length !== 3) throw new NetError("invalid-net", noImage(`shape [${shape}]`));
  return channels === "last" ? { height: a!, width: b!, depth: c! } : { depth: a!, height: b!, width: c! };
}

function noImage(what: string): string {
  return `A net with convolutions needs observations of shape [height, width] or [height, width, channels], not ${what}; use a net of type mlp.`;
}
