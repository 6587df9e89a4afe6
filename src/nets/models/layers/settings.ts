import { z } from "zod";
import type { tf } from "../../../tensors/index.js";
import { NetError } from "../../errors.js";
import { initializerNames } from "../../initializers.js";
import type { Shape } from "../layer.js";

/** Settings that several layers share. */

export const bias = z.boolean().default(true).describe("adds a bias; default true");

export const initializer = z
  .enum(initializerNames)
  .optional()
  .describe("how the weights start; default as the model's");

export const spectralNorm = z
  .boolean()
  .default(false)
  .describe("divides the weights by their largest singular value (Miyato et al. 2018); default false");

export const masked = z
  .boolean()
  .default(false)
  .describe(
    "the last input is a mask [time], 1 where a step is there and 0 where it is padding; default false",
  );

/**
 * @param time of a sequence; null where it is left open
 * @param steps of its mask
 * @throws {NetError} `invalid-net` if both are known and differ
 */
export function checkMask(name: string, time: number | null, steps: number | null): void {
  if (time === null || steps === null || steps === time) return;
  throw new NetError("invalid-net", maskSentence(name, time, steps));
}

/**
 * @returns the mask `[batch, time]` of a sequence `[batch, time, features]`
 * @throws {NetError} `invalid-input` if it has another time
 */
export function maskFor(name: string, sequence: tf.Tensor, mask: tf.Tensor): tf.Tensor {
  const [, time] = sequence.shape as [number, number];
  const [, steps] = mask.shape as [number, number];
  if (steps === time) return mask;
  throw new NetError("invalid-input", maskSentence(name, time, steps));
}

function maskSentence(name: string, time: number, steps: number): string {
  return `"${name}" has a mask [${steps}] for a sequence of ${time} steps; make it [${time}].`;
}

const extent = z.int().min(1);

export const pair = z.union([extent, z.tuple([extent, extent])]);

export type Pair = z.output<typeof pair>;

export function pairOf(value: Pair): [number, number] {
  return typeof value === "number" ? [value, value] : value;
}

/** Of images. */
export const padding = z
  .union([z.enum(["valid", "same"]), z.int().min(0)])
  .default("valid")
  .describe(
    "valid: only whole windows; same: edges filled up to ceil(size / stride) windows; a number: so many pixels on each side; default valid",
  );

export type Padding = z.output<typeof padding>;

/** Windows along the axes of an image or a sequence. */
export interface Windows {
  /** Of the layer, for the sentence. */
  name: string;
  /** Taps of a window. */
  size: readonly number[];
  stride: readonly number[];
  /** Default 1. */
  dilation?: readonly number[];
  padding: Padding;
}

/**
 * How many windows fit along each axis; null for an extent that is left open.
 *
 * @param extents without batch and channels
 * @throws {NetError} of the code if there is none along an axis
 */
export function windowsIn(
  extents: Shape,
  { name, size, stride, dilation, padding }: Windows,
  code: NetError["code"] = "invalid-net",
): Shape {
  const reaches = size.map((taps, axis) => (dilation?.[axis] ?? 1) * (taps - 1) + 1);
  const counts = extents.map((extent, axis) => {
    if (extent === null) return null;
    if (padding === "same") return Math.ceil(extent / stride[axis]!);
    const around = padding === "valid" ? 0 : 2 * padding;
    return Math.floor((extent + around - reaches[axis]!) / stride[axis]!) + 1;
  });
  if (counts.every((count) => count === null || count >= 1)) return counts;
  const input = extents.map((extent) => extent ?? "?").join("x");
  throw new NetError(
    code,
    `"${name}" has a window of ${reaches.join("x")}, but its input is only ${input}; use smaller windows or padding "same".`,
  );
}
