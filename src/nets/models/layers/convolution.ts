import { z } from "zod";
import { conv2d, type Padding, tf } from "../../../tensors/index.js";
import { type ActivationName, activated, activation, gainOf, isFused } from "../../activations.js";
import type { Fan } from "../../initializers.js";
import { defineLayer, known, knownSize, oneOutput, soleShape } from "../layer.js";
import { bias, initializer, padding, pair, pairOf, spectralNorm, windowsIn } from "./settings.js";
import { spectrallyNormal } from "./spectral-norm.js";

const filters = z.int().min(1).describe("number of output channels");

/** Cross-correlation of images `[height, width, channels]`. Parameters: `weights` `[h, w, channels, filters]`, `bias` `[filters]`. */
export const conv2dLayer = defineLayer(
  z.strictObject({
    type: z.literal("conv2d"),
    filters,
    size: pair.describe("height and width of the filter, in pixels; one number for both"),
    stride: pair.default(1).describe("pixels from one window to the next; default 1"),
    padding,
    dilation: pair.default(1).describe("pixels from one tap of the filter to the next; default 1"),
    activation: activation("linear"),
    bias,
    initializer,
    spectralNorm,
  }),
  (context) => {
    const { spec, name, make } = context;
    const shape = soleShape(context, 3, "[height, width, channels]");
    const channels = known(shape[2], name, "its number of channels");
    const size = pairOf(spec.size);
    const stride = pairOf(spec.stride);
    const dilation = pairOf(spec.dilation);
    const windows = { name, size, stride, dilation, padding: spec.padding };
    const counts = windowsIn(shape.slice(0, -1), windows);
    const fan = fanOf(size, channels, spec);
    const raw = make.weights(`${name}.weights`, [...size, channels, spec.filters], fan, spec.initializer);
    const weights = spec.spectralNorm ? spectrallyNormal(raw, name, make) : () => raw;
    const b = spec.bias ? make.bias(`${name}.bias`, fan) : null;
    const fused = isFused(spec.activation) ? spec.activation : "linear";
    const options = { stride, padding: spec.padding, dilation, bias: b, activation: fused };
    return oneOutput(
      [...counts, spec.filters],
      knownSize(counts) * fan.inputs * fan.outputs,
      ([x], { training }) => {
        windowsIn(x!.shape.slice(1, -1), windows, "invalid-input");
        const y = conv2d(x!, weights(training), options);
        return fused === spec.activation ? y : activated(y, spec.activation);
      },
    );
  },
);

/**
 * Cross-correlation of sequences `[time, channels]`; causal ones see nothing of what comes later. Parameters: `weights`
 * `[size, channels, filters]`, `bias` `[filters]`.
 *
 * Source of dilated causal ones: van den Oord et al. 2016, https://arxiv.org/abs/1609.03499
 */
export const conv1dLayer = defineLayer(
  z.strictObject({
    type: z.literal("conv1d"),
    filters,
    size: z.int().min(1).describe("steps that the filter covers"),
    stride: z.int().min(1).default(1).describe("steps from one window to the next; default 1"),
    dilation: z.int().min(1).default(1).describe("steps from one tap of the filter to the next; default 1"),
    padding: z
      .enum(["valid", "same", "causal"])
      .default("valid")
      .describe(
        "valid: only whole windows; same: both ends filled with zeros up to ceil(steps / stride) windows; causal: zeros before the beginning only; default valid",
      ),
    activation: activation("linear"),
    bias,
    initializer,
  }),
  (context) => {
    const { spec, name, make } = context;
    const shape = soleShape(context, 2, "[time, channels]");
    const channels = known(shape[1], name, "its number of channels");
    const { size, stride, dilation } = spec;
    // Causal padding makes as many windows as "same".
    const counted = spec.padding === "valid" ? "valid" : "same";
    const windows = { name, size: [size], stride: [stride], dilation: [dilation], padding: counted } as const;
    const counts = windowsIn(shape.slice(0, -1), windows);
    const fan = fanOf([size], channels, spec);
    const filter = make.weights(`${name}.weights`, [size, channels, spec.filters], fan, spec.initializer);
    const b = spec.bias ? make.bias(`${name}.bias`, fan) : null;
    const fused = isFused(spec.activation) ? spec.activation : "linear";
    const causal: Padding = [
      [0, 0],
      [dilation * (size - 1), 0],
    ];
    const options = {
      stride: [1, stride] as [number, number],
      dilation: [1, dilation] as [number, number],
      padding: spec.padding === "causal" ? causal : spec.padding,
      bias: b,
      activation: fused,
    };
    return oneOutput([...counts, spec.filters], knownSize(counts) * fan.inputs * fan.outputs, ([x]) => {
      const [rows, time] = x!.shape as [number, number];
      windowsIn([time], windows, "invalid-input");
      const image = tf.reshape(x!, [rows, 1, time, channels]);
      const y = conv2d(image, tf.reshape(filter, [1, size, channels, spec.filters]), options);
      const sequence = tf.reshape(y, [rows, y.shape[2]!, spec.filters]);
      return fused === spec.activation ? sequence : activated(sequence, spec.activation);
    });
  },
);

function fanOf(
  size: readonly number[],
  channels: number,
  { filters, activation }: { filters: number; activation: ActivationName },
): Fan {
  const window = size.reduce((product, extent) => product * extent, 1);
  return { inputs: window * channels, outputs: filters, gain: gainOf(activation) };
}
