import type { Generator } from "gymnasium-js";
import { dense, tf } from "../tensors/index.js";
import type { Fan } from "./initializers.js";
import type { ParameterMaker } from "./layers.js";

/** How dense layers are made noisy. */
export interface NoiseSpec {
  /** Noise begins with a deviation of sigma0 / sqrt(inputs); 0.5 in Fortunato et al. 2018. */
  sigma0: number;
}

/** Noisy layers of a net take their noise from one vector, each at places of its own. */
export class NoiseLayout {
  /** Values of noise that the net takes. */
  size = 0;

  constructor(readonly spec: NoiseSpec) {}

  /** @returns where the next `length` values begin */
  reserve(length: number): number {
    const start = this.size;
    this.size += length;
    return start;
  }
}

/**
 * Fills `noise` with f(e), e standard normal, f(x) = sgn(x) sqrt(|x|): the noise of inputs and outputs from which a
 * factorised layer makes that of its weights. Two draws of `random()` seed a small generator of its own, because an
 * update needs thousands of normal numbers; they come in pairs by Box and Muller's transform.
 *
 * Source: Fortunato et al. 2018, equations 10 and 11, https://arxiv.org/abs/1706.10295
 */
export function drawNoise(rng: Generator, noise: Float32Array): void {
  const next = fastUniform(rng.random(), rng.random());
  for (let i = 0; i < noise.length; i += 2) {
    // 1 - u is above 0, whose logarithm there is not.
    const radius = Math.sqrt(-2 * Math.log(1 - next()));
    const angle = 2 * Math.PI * next();
    noise[i] = signedRoot(radius * Math.cos(angle));
    // Beyond an odd end, it is not kept.
    noise[i + 1] = signedRoot(radius * Math.sin(angle));
  }
}

function signedRoot(x: number): number {
  return x < 0 ? -Math.sqrt(-x) : Math.sqrt(x);
}

/**
 * Uniform numbers in [0, 1) of 32 bits: sfc32 (Chris Doty-Humphrey, PractRand), seeded by two numbers in [0, 1).
 */
function fastUniform(one: number, other: number): () => number {
  const bits = 2 ** 32;
  // 53 bits each: the high 32, and what is left of the first.
  let a = (one * bits) | 0;
  let b = (other * bits) | 0;
  let c = (((one * bits) % 1) * bits) | 0;
  let counter = 1;
  const step = () => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / bits;
  };
  // As its author recommends, so that similar seeds part.
  for (let i = 0; i < 15; i++) step();
  return step;
}

interface NoiseContext {
  layout: NoiseLayout;
  fan: Fan;
  /** Prefix of the parameters' names. */
  name: string;
  make: ParameterMaker;
}

/**
 * What noise adds to a dense layer's sums x W + b, with one draw for all rows:
 *
 * y_j = sum over i of x_i sigmaW_ij f_i f_j + sigmab_j f_j = f_j ((x * f_in) sigmaW + sigmab)_j
 *
 * which is Fortunato et al. 2018, equations 9 to 11, without the matrix of all noises f_i f_j. Deviations begin at
 * sigma0 / sqrt(inputs) (section 3.2).
 *
 * @returns of x `[batch, inputs]` and the net's noise `[size]`: `[batch, outputs]`
 */
export function noiseTerm({
  layout,
  fan,
  name,
  make,
}: NoiseContext): (x: tf.Tensor, noise: tf.Tensor) => tf.Tensor {
  const { inputs, outputs } = fan;
  const sigma = layout.spec.sigma0 / Math.sqrt(inputs);
  const weights = make.constant(`${name}.noise.weights`, [inputs, outputs], sigma);
  const bias = make.constant(`${name}.noise.bias`, [outputs], sigma);
  const start = layout.reserve(inputs + outputs);
  return (x, noise) => {
    const ofInputs = tf.slice(noise, [start], [inputs]);
    const ofOutputs = tf.slice(noise, [start + inputs], [outputs]);
    return tf.mul(dense(tf.mul(x, ofInputs), weights, bias), ofOutputs);
  };
}
