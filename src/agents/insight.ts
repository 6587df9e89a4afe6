import type { TypedArray } from "gymnasium-js";
import type { Net } from "../nets/index.js";
import { tf } from "../tensors/index.js";

/** What a net makes of one observation, for people to look at. Arrays are the caller's to keep. */
export interface Insight {
  /** How the returns of each action are distributed; null where the net knows means alone. */
  distribution: ReturnDistribution | null;
  /**
   * |d score(a) / d x| of the action a with the highest score, by the numbers x of the observation as the net takes them in,
   * summed over channels and stacked frames: `[height, width]` of pictures, else `[values]`; null for numbered states.
   * Source: Simonyan et al. 2014, section 3, https://arxiv.org/abs/1312.6034
   */
  saliency: { shape: number[]; data: Float32Array } | null;
  /** Of the convolutions, in their order. */
  activations: FeatureMaps[];
  /** Of the first convolution; null where there is none. */
  filters: Filters | null;
}

/** Of n actions with m numbers each, `[n, m]`. */
export interface ReturnDistribution {
  /** Probabilities of m returns from `low` to `high`, evenly apart; or m returns, of which each is as likely. */
  kind: "atoms" | "quantiles";
  low: number;
  high: number;
  data: Float32Array;
}

/** `[height, width, channels]`, each value as a share of `max` in 255ths; values below 0 count as 0. */
export interface FeatureMaps {
  name: string;
  height: number;
  width: number;
  channels: number;
  max: number;
  data: Uint8Array;
}

/** `[height, width, inputs, outputs]` */
export interface Filters {
  height: number;
  width: number;
  inputs: number;
  outputs: number;
  data: Float32Array;
}

/** How scores of actions come from what a net puts out for one observation. */
export interface Scoring {
  /** `[1, outputs]` to `[actions]`; differentiable. */
  scores(outputs: tf.Tensor2D): tf.Tensor1D;
  /** Of the same outputs. */
  distribution(outputs: Float32Array): ReturnDistribution | null;
}

/** Of nets that put out one score for each action. */
export const outputScores: Scoring = {
  scores: (outputs) => tf.reshape(outputs, [-1]),
  distribution: () => null,
};

/** A net as it is looked into; one with a memory by what it remembers. */
type SeeingNet = Pick<Net, "input" | "parameters" | "apply" | "trace">;

/** Looks into a net that is given one observation. */
export function insightOf(net: SeeingNet, observation: TypedArray, scoring: Scoring): Insight {
  const x = net.input.encode(observation, 1);
  try {
    const { outputs, layers } = net.trace(x);
    try {
      return {
        distribution: scoring.distribution(outputs.dataSync() as Float32Array),
        saliency: saliencyOf(net, x, scoring),
        activations: layers.filter(({ name }) => name.startsWith("conv2d")).map(featureMaps),
        filters: filtersOf(net),
      };
    } finally {
      tf.dispose([outputs, ...layers.map(({ output }) => output)]);
    }
  } finally {
    x.dispose();
  }
}

function saliencyOf(net: SeeingNet, x: tf.Tensor, scoring: Scoring): Insight["saliency"] {
  const best = (input: tf.Tensor): tf.Scalar => tf.max(scoring.scores(net.apply(input)));
  const gradient = tf.tidy(() => tf.abs(tf.grad(best)(x)).dataSync() as Float32Array);
  return net.input.sumByPlace(gradient);
}

function featureMaps({ name, output }: { name: string; output: tf.Tensor }): FeatureMaps {
  const [, height, width, channels] = output.shape as [number, number, number, number];
  const values = output.dataSync() as Float32Array;
  const max = values.reduce((most, value) => Math.max(most, value), 0);
  const data = Uint8Array.from(values, (value) => (max === 0 ? 0 : (Math.max(0, value) / max) * 255));
  return { name, height, width, channels, max, data };
}

function filtersOf({ parameters }: SeeingNet): Filters | null {
  const weights = parameters.get("conv2d1.weights");
  if (weights === undefined) return null;
  const [height, width, inputs, outputs] = weights.shape as [number, number, number, number];
  return { height, width, inputs, outputs, data: (weights.dataSync() as Float32Array).slice() };
}
