import type * as tf from "@tensorflow/tfjs-core";

/**
 * What lies around an image `[batch, height, width, channels]` under the windows of a convolution or a pool: `valid` keeps
 * windows inside; `same` pads to ceil(size / stride) windows; a number pads all four sides (PyTorch's `padding=n`);
 * `[[top, bottom], [left, right]]` pads each side by its own.
 */
export type Padding = "valid" | "same" | number | [[number, number], [number, number]];

/** One number for rows and columns, or one for each. */
export type Pair = number | [number, number];

export function pairOf(pair: Pair): [number, number] {
  return typeof pair === "number" ? [pair, pair] : pair;
}

/**
 * The padding as tfjs's kernels take it. A number goes there as four sides: tfjs computes the output's width by the
 * filter's height where it is given a number.
 */
export function padAttribute(padding: Padding): "valid" | "same" | tf.backend_util.ExplicitPadding {
  if (padding === "valid" || padding === "same") return padding;
  const sides = typeof padding === "number" ? [pairOf(padding), pairOf(padding)] : padding;
  if (sides.flat().some((side) => !Number.isInteger(side) || side < 0)) {
    throw new Error(
      `Padding is "valid", "same" or whole numbers of at least 0, not ${JSON.stringify(padding)}; give [[top, bottom], [left, right]].`,
    );
  }
  return [[0, 0], ...sides, [0, 0]] as tf.backend_util.ExplicitPadding;
}
