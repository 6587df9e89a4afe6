import { z } from "zod";
import { initializerNames } from "../../initializers.js";

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

/** How many windows fit; null for an extent that is left open. */
export function windowsIn(
  extent: number | null,
  {
    size,
    stride,
    padding,
    dilation = 1,
  }: { size: number; stride: number; padding: Padding; dilation?: number },
): number | null {
  if (extent === null) return null;
  if (padding === "same") return Math.ceil(extent / stride);
  const around = padding === "valid" ? 0 : 2 * padding;
  return Math.floor((extent + around - dilation * (size - 1) - 1) / stride) + 1;
}
