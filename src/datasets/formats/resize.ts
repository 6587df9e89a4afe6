import type { RgbImage } from "./image.js";

export interface Size {
  readonly height: number;
  readonly width: number;
}

/**
 * Bilinear resizing. Where it shrinks, the filter widens with the factor, so that every source pixel counts (as in
 * Pillow); values are rounded once, at the end.
 */
export function resizeImage(image: RgbImage, { height, width }: Size): RgbImage {
  if (height === image.height && width === image.width) return image;
  const across = resizeAxis(image.data, { outer: image.height, side: image.width, inner: 3 }, width);
  const both = resizeAxis(across, { outer: 1, side: image.height, inner: 3 * width }, height);
  // A clamped array rounds to the nearest level and keeps it within 0 to 255.
  return { height, width, data: new Uint8Array(Uint8ClampedArray.from(both).buffer) };
}

/** The smallest size with that shorter side and the image's proportions. */
export function shorterSideSize({ height, width }: Size, side: number): Size {
  const scale = side / Math.min(height, width);
  return {
    height: Math.max(side, Math.round(height * scale)),
    width: Math.max(side, Math.round(width * scale)),
  };
}

/** Pixels `[side, side]` of a larger image from that row and column on. */
export function cropImage(
  image: RgbImage,
  { top, left, side }: { top: number; left: number; side: number },
): RgbImage {
  const data = new Uint8Array(side * side * 3);
  for (let y = 0; y < side; y++) {
    const from = ((top + y) * image.width + left) * 3;
    data.set(image.data.subarray(from, from + side * 3), y * side * 3);
  }
  return { height: side, width: side, data };
}

/** Resizes the middle axis of `[outer, side, inner]` by a triangle filter. */
function resizeAxis(
  values: ArrayLike<number>,
  { outer, side, inner }: { outer: number; side: number; inner: number },
  to: number,
): Float32Array {
  const resized = new Float32Array(outer * to * inner);
  for (let at = 0; at < to; at++) {
    const { start, weights } = tapsOf(at, side / to, side);
    for (let o = 0; o < outer; o++) {
      for (let i = 0; i < inner; i++) {
        let sum = 0;
        for (let tap = 0; tap < weights.length; tap++) {
          sum += weights[tap]! * values[(o * side + start + tap) * inner + i]!;
        }
        resized[(o * to + at) * inner + i] = sum;
      }
    }
  }
  return resized;
}

/** Source pixels that make up one output pixel, and their shares, which sum to 1. */
function tapsOf(at: number, factor: number, side: number): { start: number; weights: number[] } {
  const reach = Math.max(1, factor);
  const centre = (at + 0.5) * factor;
  const start = Math.max(0, Math.floor(centre - reach));
  const end = Math.min(side, Math.ceil(centre + reach));
  const heights = Array.from({ length: end - start }, (_, tap) =>
    Math.max(0, 1 - Math.abs(start + tap + 0.5 - centre) / reach),
  );
  const sum = heights.reduce((total, height) => total + height, 0);
  return { start, weights: heights.map((height) => height / sum) };
}
