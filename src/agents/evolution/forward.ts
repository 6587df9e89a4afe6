import type { TypedArray } from "gymnasium-js";
import type { ActivationName } from "../../nets/index.js";

/** How an observation becomes the input of a net. */
export interface ForwardInput {
  /** Values of one observation. */
  rowSize: number;
  /** Set where an observation is whole numbers `start ... start + n - 1`, which become one-hot vectors. */
  oneHot: { n: number; start: number } | null;
  /** Factor of each value; one for all. */
  scale: number | Float64Array;
  /** Channels, where they come first and have to come last; else 1. */
  channelsFirst: number;
}

/** One layer, with the places of its parameters in the vector. Images are `[height, width, channels]` in C order. */
export type ForwardLayer =
  | {
      type: "dense";
      inputs: number;
      outputs: number;
      weights: number;
      bias: number;
      activation: ActivationName;
    }
  | ForwardConvolution
  | { type: "layerNorm"; size: number; scale: number; offset: number; epsilon: number }
  | { type: "activation"; size: number; activation: ActivationName };

export interface ForwardConvolution {
  type: "conv2d";
  /** Height, width, channels. */
  input: readonly [number, number, number];
  output: readonly [number, number, number];
  size: readonly [number, number];
  stride: readonly [number, number];
  /** Rows and columns of zeros before the first of the input. */
  before: readonly [number, number];
  weights: number;
  bias: number;
  activation: ActivationName;
}

/** A net as plain data, which a thread can be sent. */
export interface ForwardPlan {
  input: ForwardInput;
  layers: readonly ForwardLayer[];
  /** Length of a parameter vector. */
  parameters: number;
  /** Values that come out. */
  outputs: number;
}

/**
 * Forward passes through small nets with plain loops, one observation at a time: sums in float64, layers in float32, so
 * that it differs from the tensor net by rounding, and is the same in every thread. Nothing is allocated per pass.
 */
export class Forward {
  private readonly encoded: Float32Array;
  private readonly values: Float32Array[];
  /** What a filter sees at one place. */
  private readonly patch: Float32Array;

  constructor(private readonly plan: ForwardPlan) {
    const { input, layers } = plan;
    this.encoded = new Float32Array(input.rowSize * (input.oneHot?.n ?? 1));
    this.values = layers.map((layer) => new Float32Array(outputSize(layer)));
    this.patch = new Float32Array(Math.max(0, ...layers.map(patchSize)));
  }

  /**
   * @param parameters `plan.parameters` values
   * @param observations rows of `input.rowSize` values
   * @returns `plan.outputs` values, valid until the next call
   */
  run(parameters: Float32Array, observations: TypedArray, row: number): Float32Array {
    const { plan, values, patch } = this;
    let x = this.encoded;
    encode(plan.input, observations, { row, out: x });
    for (let i = 0; i < values.length; i++) {
      const layer = plan.layers[i]!;
      const y = values[i]!;
      switch (layer.type) {
        case "dense":
          affine(layer, parameters, { x, y, at: 0 });
          activate(layer.activation, y, y);
          break;
        case "conv2d":
          convolve(layer, parameters, { x, y, patch });
          activate(layer.activation, y, y);
          break;
        case "layerNorm":
          normalise(layer, parameters, { x, y });
          break;
        case "activation":
          activate(layer.activation, x, y);
          break;
        default:
          throw new Error(`There is no layer ${JSON.stringify(layer satisfies never)}.`);
      }
      x = y;
    }
    return x;
  }
}

function outputSize(layer: ForwardLayer): number {
  if (layer.type === "dense") return layer.outputs;
  if (layer.type === "conv2d") return layer.output[0] * layer.output[1] * layer.output[2];
  return layer.size;
}

function patchSize(layer: ForwardLayer): number {
  return layer.type === "conv2d" ? layer.size[0] * layer.size[1] * layer.input[2] : 0;
}

function encode(
  { rowSize, oneHot, scale, channelsFirst }: ForwardInput,
  observations: TypedArray,
  { row, out }: { row: number; out: Float32Array },
): void {
  const from = row * rowSize;
  if (oneHot !== null) {
    out.fill(0);
    for (let i = 0; i < rowSize; i++)
      out[i * oneHot.n + (observations[from + i] as number) - oneHot.start] = 1;
    return;
  }
  const pixels = rowSize / channelsFirst;
  for (let channel = 0, i = 0; channel < channelsFirst; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++, i++) {
      const factor = typeof scale === "number" ? scale : scale[i]!;
      out[pixel * channelsFirst + channel] = factor * (observations[from + i] as number);
    }
  }
}

/**
 * y = x W + b, W `[inputs, outputs]`, written from place `at` on. Four sums at a time stay in registers, twice as fast as
 * a pass over all outputs for each input. Zeros are skipped: planes of zeros and ones, and what relu cuts off, are full of
 * them.
 */
function affine(
  { inputs, outputs, weights, bias }: { inputs: number; outputs: number; weights: number; bias: number },
  parameters: Float32Array,
  { x, y, at }: { x: Float32Array; y: Float32Array; at: number },
): void {
  let j = 0;
  for (; j + 3 < outputs; j += 4) {
    let a = parameters[bias + j]!;
    let b = parameters[bias + j + 1]!;
    let c = parameters[bias + j + 2]!;
    let d = parameters[bias + j + 3]!;
    for (let i = 0, w = weights + j; i < inputs; i++, w += outputs) {
      const value = x[i]!;
      if (value === 0) continue;
      a += value * parameters[w]!;
      b += value * parameters[w + 1]!;
      c += value * parameters[w + 2]!;
      d += value * parameters[w + 3]!;
    }
    y[at + j] = a;
    y[at + j + 1] = b;
    y[at + j + 2] = c;
    y[at + j + 3] = d;
  }
  for (; j < outputs; j++) {
    let sum = parameters[bias + j]!;
    for (let i = 0, w = weights + j; i < inputs; i++, w += outputs) sum += x[i]! * parameters[w]!;
    y[at + j] = sum;
  }
}

/** Cross-correlation with bias, NHWC, filter `[height, width, in, out]`: `affine` of the patch at each place. */
function convolve(
  layer: ForwardConvolution,
  parameters: Float32Array,
  { x, y, patch }: { x: Float32Array; y: Float32Array; patch: Float32Array },
): void {
  const { output, stride, before, weights, bias } = layer;
  const [rows, columns, outputs] = output;
  const filter = { inputs: patchSize(layer), outputs, weights, bias };
  let at = 0;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at += outputs) {
      copyPatch(layer, x, { top: row * stride[0] - before[0], left: column * stride[1] - before[1], patch });
      affine(filter, parameters, { x: patch, y, at });
    }
  }
}

/** What a filter sees whose corner lies there; zeros beyond the image. */
function copyPatch(
  { input: [height, width, channels], size }: ForwardConvolution,
  image: Float32Array,
  { top, left, patch }: { top: number; left: number; patch: Float32Array },
): void {
  let to = 0;
  for (let i = top; i < top + size[0]; i++) {
    for (let j = left; j < left + size[1]; j++) {
      const inside = i >= 0 && i < height && j >= 0 && j < width;
      const from = (i * width + j) * channels;
      for (let c = 0; c < channels; c++) patch[to++] = inside ? image[from + c]! : 0;
    }
  }
}

/** y = scale (x - mean) / sqrt(variance + epsilon) + offset over the whole layer. */
function normalise(
  { size, scale, offset, epsilon }: Extract<ForwardLayer, { type: "layerNorm" }>,
  parameters: Float32Array,
  { x, y }: { x: Float32Array; y: Float32Array },
): void {
  let mean = 0;
  for (let i = 0; i < size; i++) mean += x[i]!;
  mean /= size;
  let variance = 0;
  for (let i = 0; i < size; i++) variance += (x[i]! - mean) ** 2;
  const factor = 1 / Math.sqrt(variance / size + epsilon);
  for (let i = 0; i < size; i++) {
    y[i] = parameters[scale + i]! * (x[i]! - mean) * factor + parameters[offset + i]!;
  }
}

/** y = activation(x), where x may be y. */
function activate(activation: ActivationName, x: Float32Array, y: Float32Array): void {
  const size = y.length;
  switch (activation) {
    case "linear":
      if (x !== y) y.set(x);
      return;
    case "relu":
      for (let i = 0; i < size; i++) y[i] = Math.max(0, x[i]!);
      return;
    case "tanh":
      for (let i = 0; i < size; i++) y[i] = Math.tanh(x[i]!);
      return;
    case "sigmoid":
      for (let i = 0; i < size; i++) y[i] = 1 / (1 + Math.exp(-x[i]!));
      return;
    case "elu":
      for (let i = 0; i < size; i++) y[i] = x[i]! > 0 ? x[i]! : Math.expm1(x[i]!);
      return;
    case "leakyRelu":
      for (let i = 0; i < size; i++) y[i] = x[i]! > 0 ? x[i]! : 0.01 * x[i]!;
      return;
    case "softplus":
      for (let i = 0; i < size; i++) y[i] = Math.max(0, x[i]!) + Math.log1p(Math.exp(-Math.abs(x[i]!)));
      return;
    case "silu":
      for (let i = 0; i < size; i++) y[i] = x[i]! / (1 + Math.exp(-x[i]!));
      return;
    default:
      throw new Error(`There is no activation "${activation satisfies never}".`);
  }
}
