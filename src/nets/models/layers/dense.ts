import { z } from "zod";
import { dense, hostStep, tf } from "../../../tensors/index.js";
import { activated, activation, gainOf, isFused } from "../../activations.js";
import type { Fan } from "../../initializers.js";
import { drawNoise, NoiseLayout, noiseTerm } from "../../noise.js";
import { defineLayer, knownSize, type LayerContext, lastOf, oneOutput, vectorShape } from "../layer.js";
import { bias, initializer, spectralNorm } from "./settings.js";
import { spectrallyNormal } from "./spectral-norm.js";

const units = z.int().min(1).max(1_000_000).describe("number of outputs");

/** y = activation(x W + b) over the last dimension. Parameters: `weights` `[inputs, units]`, `bias` `[units]`. */
export const denseLayer = defineLayer(
  z.strictObject({
    type: z.literal("dense"),
    units,
    activation: activation("linear"),
    bias,
    initializer,
    spectralNorm,
  }),
  (context) => {
    const { spec, name, make } = context;
    const { leading, fan } = denseFan(context);
    const raw = make.weights(`${name}.weights`, [fan.inputs, fan.outputs], fan, spec.initializer);
    const weights = spec.spectralNorm ? spectrallyNormal(raw, name, make) : () => raw;
    const b = spec.bias ? make.bias(`${name}.bias`, fan) : null;
    const fused = isFused(spec.activation) ? spec.activation : "linear";
    return oneOutput(
      [...leading, spec.units],
      knownSize(leading) * fan.inputs * fan.outputs,
      ([x], { training }) => {
        const y = ofRows(x!, (rows) => dense(rows, weights(training), b, fused));
        return fused === spec.activation ? y : activated(y, spec.activation);
      },
    );
  },
);

/**
 * A dense layer whose weights and biases are noisy while training: factorised noise, a draw for all rows of a pass.
 * Parameters: those of a dense layer, `noise.weights` and `noise.bias`, the deviations.
 *
 * Source: Fortunato et al. 2018, equations 9 to 11, https://arxiv.org/abs/1706.10295
 */
export const noisyDenseLayer = defineLayer(
  z.strictObject({
    type: z.literal("noisyDense"),
    units,
    activation: activation("linear"),
    initializer,
    sigma0: z
      .number()
      .positive()
      .default(0.5)
      .describe(
        "noise begins with a deviation of sigma0 / sqrt(inputs); default 0.5 (Fortunato et al. 2018)",
      ),
  }),
  (context) => {
    const { spec, name, make } = context;
    const { leading, fan } = denseFan(context);
    const weights = make.weights(`${name}.weights`, [fan.inputs, fan.outputs], fan, spec.initializer);
    const b = make.bias(`${name}.bias`, fan);
    const layout = new NoiseLayout({ sigma0: spec.sigma0 });
    const term = noiseTerm({ layout, fan, name, make });
    return oneOutput(
      [...leading, spec.units],
      knownSize(leading) * fan.inputs * fan.outputs,
      ([x], { training, random }) => {
        const y = ofRows(x!, (rows) => {
          const mean = dense(rows, weights, b);
          if (!training) return mean;
          const [noise] = hostStep([], [[layout.size]], (_, [out]) => drawNoise(random, out!));
          return tf.add(mean, term(rows, noise!));
        });
        return activated(y, spec.activation);
      },
    );
  },
);

function denseFan(context: LayerContext<{ units: number; activation: Parameters<typeof gainOf>[0] }>) {
  const { spec, name } = context;
  const [leading, inputs] = lastOf(vectorShape(context, "[..., features]"), name, "its number of features");
  const fan: Fan = { inputs, outputs: spec.units, gain: gainOf(spec.activation) };
  return { leading, fan };
}

/** Sees all dimensions but the last as rows. */
function ofRows(x: tf.Tensor, compute: (rows: tf.Tensor2D) => tf.Tensor): tf.Tensor {
  if (x.rank === 2) return compute(x as tf.Tensor2D);
  const rows = tf.reshape(x, [-1, x.shape.at(-1)!]) as tf.Tensor2D;
  const y = compute(rows);
  return tf.reshape(y, [...x.shape.slice(0, -1), y.shape.at(-1)!]);
}
