import type { TypedArray } from "gymnasium-js";
import { encodeFrames, type HostArray, hasFrameKernel, sizeOf, tf } from "../tensors/index.js";
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
  /** Encoded rows, by place: two batches can be encoded side by side. */
  private readonly memories: Float32Array<ArrayBuffer>[] = [];

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
    const { data, shape } = this.encodedRows(observations, size, 0);
    return tf.tensor(data, [...shape], "float32");
  }

  /**
   * The first `size` rows as a step takes them in: bytes and whole numbers as they are, where the engine encodes them
   * itself, else encoded. `decode` makes the net's input of it.
   *
   * @param place 0 or 1; what is encoded stays valid until the next call with the same place
   */
  source(observations: TypedArray, size: number, place: 0 | 1 = 0): HostArray {
    const whole = observations instanceof Uint8Array || observations instanceof Int32Array;
    if (!whole || this.spec.oneHot || !hasFrameKernel()) return this.encodedRows(observations, size, place);
    this.checkLength(observations, size);
    const values = size * this.rowSize;
    const data = observations.length === values ? observations : observations.subarray(0, values);
    return { data, shape: [size, this.outer, this.pixels, this.inner] };
  }

  /** The net's input, of a tensor that was made of what `source` gave. */
  decode(x: tf.Tensor): tf.Tensor {
    if (x.dtype === "float32") return x;
    const { outer, pixels, inner } = this;
    const shape = [x.shape[0]!, ...this.shape];
    return encodeFrames(x, { outer, pixels, inner, scale: this.spec.scale, shape });
  }

  /**
   * Sums numbers that belong to the values of one encoded row, such as a gradient, over channels and stacked frames.
   * @returns `[height, width]` of pictures, else `[values]`; null for whole numbers
   */
  sumByPlace(row: ArrayLike<number>): { shape: number[]; data: Float32Array } | null {
    const { shape, oneHot, layout, channels } = this.spec;
    if (oneHot) return null;
    const { height, width, depth } = shape.length > 1 ? imageOf(shape, channels) : flatOf(shape);
    const places = height * width;
    const data = new Float32Array(places);
    for (let i = 0; i < row.length; i++) {
      const inFrame = i % (places * depth);
      if (layout === "image") data[Math.floor((i * places) / row.length)]! += row[i]!;
      else data[channels === "first" ? inFrame % places : Math.floor(inFrame / depth)]! += row[i]!;
    }
    return { shape: shape.length > 1 ? [height, width] : [places], data };
  }

  private encodedRows(
    observations: TypedArray,
    size: number,
    place: 0 | 1,
  ): { data: Float32Array; shape: readonly number[] } {
    const { oneHot, scale } = this.spec;
    this.checkLength(observations, size);
    const shape = [size, ...this.shape];
    const ready = !oneHot && scale === 1 && this.outer === 1;
    if (ready && observations instanceof Float32Array) {
      return { data: observations.subarray(0, size * this.rowSize), shape };
    }
    const values = sizeOf(shape);
    let memory = this.memories[place];
    if (memory === undefined || memory.length < values) {
      memory = new Float32Array(values);
      this.memories[place] = memory;
    }
    if (oneHot) this.writeOneHot(observations, { memory, size, ...oneHot });
    else if (this.outer === 1) this.writeScaled(observations, memory, values);
    else this.writeTransposed(observations, memory, size);
    return { data: memory.subarray(0, values), shape };
  }

  private checkLength(observations: TypedArray, size: number): void {
    if (observations.length >= size * this.rowSize) return;
    throw new NetError(
      "invalid-net",
      `${size} observations of ${this.rowSize} values need ${size * this.rowSize} values, not ${observations.length}.`,
    );
  }

  private writeScaled(observations: TypedArray, memory: Float32Array, values: number): void {
    const { scale } = this.spec;
    // `set` converts many values at once, ten times as fast as the loop.
    if (scale === 1) memory.set(observations.subarray(0, values));
    else for (let i = 0; i < values; i++) memory[i] = scale * observations[i]!;
  }

  private writeTransposed(observations: TypedArray, memory: Float32Array, size: number): void {
    const { outer, pixels, inner } = this;
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
    { memory, size, n, start }: { memory: Float32Array; size: number; n: number; start: number },
  ): void {
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

function flatOf(shape: readonly number[]): ReturnType<typeof imageOf> {
  return { height: 1, width: sizeOf(shape), depth: 1 };
}

function noImage(what: string): string {
  return `A net with convolutions needs observations of shape [height, width] or [height, width, channels], not ${what}; use a net of type mlp.`;
}
