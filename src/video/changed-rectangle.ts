import type { RgbFrame } from "gymnasium-js";

/** In pixels, from the upper left corner. */
export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The least rectangle outside of which two pictures of one size are the same; null if they are the same. */
export function changedRectangle(before: RgbFrame, after: RgbFrame): Rectangle | null {
  const { width, height } = after;
  let [left, right, top, bottom] = [width, -1, height, -1];
  for (let y = 0, i = 0; y < height; y++) {
    for (let x = 0; x < width; x++, i += 3) {
      if (isSamePixel(before.data, after.data, i)) continue;
      if (x < left) left = x;
      if (x > right) right = x;
      if (y < top) top = y;
      bottom = y;
    }
  }
  return bottom < 0 ? null : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 };
}

function isSamePixel(before: Uint8Array, after: Uint8Array, i: number): boolean {
  return before[i] === after[i] && before[i + 1] === after[i + 1] && before[i + 2] === after[i + 2];
}
