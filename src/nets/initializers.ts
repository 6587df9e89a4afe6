import type { Generator } from "gymnasium-js";

/** How weights may start. */
export const initializerNames = [
  "pytorch-uniform",
  "he-uniform",
  "he-normal",
  "glorot-uniform",
  "glorot-normal",
  "orthogonal",
] as const;

export type InitializerName = (typeof initializerNames)[number];

/** What an initialiser has to know of the layer: `inputs` and `outputs` count the filter's window too. */
export interface Fan {
  inputs: number;
  outputs: number;
  /** Gain of the activation that follows; only `orthogonal` asks for it. */
  gain: number;
}

/**
 * Starting weights of one layer, `[inputs, outputs]` in C order (a filter `[h, w, in, out]` is that with
 * inputs = h w in). Draws come one per weight, in C order, in float64, then rounded to float32: the same seed gives
 * the same weights on every engine.
 *
 * - pytorch-uniform: U(-1/sqrt(inputs), 1/sqrt(inputs)), what torch.nn.Linear and Conv2d do
 * - he: variance 2/inputs (He et al. 2015, https://arxiv.org/abs/1502.01852)
 * - glorot: variance 2/(inputs + outputs) (Glorot & Bengio 2010)
 * - orthogonal: orthonormal rows or columns times the gain (Saxe et al. 2014, https://arxiv.org/abs/1312.6120)
 */
export function initialWeights(name: InitializerName, fan: Fan, rng: Generator): Float32Array {
  const { inputs, outputs } = fan;
  const size = inputs * outputs;
  switch (name) {
    case "pytorch-uniform":
      return uniform(size, 1 / Math.sqrt(inputs), rng);
    case "he-uniform":
      return uniform(size, Math.sqrt(6 / inputs), rng);
    case "he-normal":
      return normal(size, Math.sqrt(2 / inputs), rng);
    case "glorot-uniform":
      return uniform(size, Math.sqrt(6 / (inputs + outputs)), rng);
    case "glorot-normal":
      return normal(size, Math.sqrt(2 / (inputs + outputs)), rng);
    case "orthogonal":
      return orthogonal(fan, rng);
    default:
      throw new Error(`There is no initializer "${name satisfies never}".`);
  }
}

/** Starting biases: as the weights for pytorch-uniform, else zeros without a draw. */
export function initialBias(name: InitializerName, fan: Fan, rng: Generator): Float32Array {
  if (name === "pytorch-uniform") return uniform(fan.outputs, 1 / Math.sqrt(fan.inputs), rng);
  return new Float32Array(fan.outputs);
}

/** Uniform on +-limit. */
export function uniform(size: number, limit: number, rng: Generator): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = rng.uniform(-limit, limit);
  return values;
}

export function normal(size: number, deviation: number, rng: Generator): Float32Array {
  const values = new Float32Array(size);
  for (let i = 0; i < size; i++) values[i] = deviation * rng.standardNormal();
  return values;
}

/**
 * Normal draws, made orthonormal by modified Gram-Schmidt in float64 along the shorter side: with more outputs than
 * inputs the rows are orthonormal, else the columns.
 */
function orthogonal({ inputs, outputs, gain }: Fan, rng: Generator): Float32Array {
  const drawn = new Float64Array(inputs * outputs);
  for (let i = 0; i < drawn.length; i++) drawn[i] = rng.standardNormal();
  const byRows = outputs > inputs;
  const [count, length] = byRows ? [inputs, outputs] : [outputs, inputs];
  const at = (vector: number, i: number) => (byRows ? vector * outputs + i : i * outputs + vector);
  for (let v = 0; v < count; v++) {
    for (let u = 0; u < v; u++) {
      let dot = 0;
      for (let i = 0; i < length; i++) dot += drawn[at(u, i)]! * drawn[at(v, i)]!;
      for (let i = 0; i < length; i++) drawn[at(v, i)]! -= dot * drawn[at(u, i)]!;
    }
    let norm = 0;
    for (let i = 0; i < length; i++) norm += drawn[at(v, i)]! ** 2;
    for (let i = 0; i < length; i++) drawn[at(v, i)]! /= Math.sqrt(norm);
  }
  return Float32Array.from(drawn, (value) => gain * value);
}
