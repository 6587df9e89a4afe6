import type { Generator } from "gymnasium-js";
import { dense, tf } from "../tensors/index.js";
import { fillNormal } from "./fast-random.js";
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
 * factorised layer makes that of its weights.
 *
 * Source: Fortunato et al. 2018, equations 10 and 11, https://arxiv.org/abs/1706.10295
 */
export function drawNoise(rng: Generator, noise: Float32Array): void {
  fillNormal(rng, noise, signedRoot);
}

function signedRoot(x: number): number {
  return x < 0 ? -Math.sqrt(-x) : Math.sqrt(x);
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
