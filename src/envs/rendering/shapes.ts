import type { Colour } from "./colour.js";

/** Whether a point of the unit square, x to the right and y down, belongs to a shape. */
export type Shape = (x: number, y: number) => boolean;

/** A shape in one colour. */
export type Layer = readonly [shape: Shape, colour: Colour];

export const everywhere: Shape = () => true;

export function disc(cx: number, cy: number, radius: number): Shape {
  return (x, y) => (x - cx) ** 2 + (y - cy) ** 2 < radius ** 2;
}

export function ring(cx: number, cy: number, inner: number, outer: number): Shape {
  return (x, y) => disc(cx, cy, outer)(x, y) && !disc(cx, cy, inner)(x, y);
}

export function rectangle(left: number, top: number, right: number, bottom: number): Shape {
  return (x, y) => x >= left && x < right && y >= top && y < bottom;
}

/** A line with round ends. */
export function stroke(x0: number, y0: number, x1: number, y1: number, thickness: number): Shape {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const lengthSquared = dx * dx + dy * dy;
  return (x, y) => {
    const along = Math.min(Math.max(((x - x0) * dx + (y - y0) * dy) / lengthSquared, 0), 1);
    return Math.hypot(x - x0 - along * dx, y - y0 - along * dy) < thickness / 2;
  };
}

/** A convex polygon, its corners clockwise. */
export function polygon(...corners: readonly (readonly [x: number, y: number])[]): Shape {
  return (x, y) =>
    corners.every(([x0, y0], i) => {
      const [x1, y1] = corners[(i + 1) % corners.length]!;
      return (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0) >= 0;
    });
}

export function union(...shapes: readonly Shape[]): Shape {
  return (x, y) => shapes.some((shape) => shape(x, y));
}

/** A shape that points up, turned clockwise round the middle of the square. */
export function turned(shape: Shape, quarters: number): Shape {
  if (quarters === 0) return shape;
  return turned((x, y) => shape(y, 1 - x), quarters - 1);
}

/** Each pixel is the mean of so many points each way. */
const samples = 4;

/** Layers drawn one over the other on `size` x `size` pixels, 3 bytes each, with smooth edges. */
export function paintLayers(layers: readonly Layer[], size: number): Uint8Array {
  const pixels = new Uint8Array(size * size * 3);
  const step = 1 / (size * samples);
  for (let i = 0; i < size * size; i++) {
    const sum = [0, 0, 0];
    for (let k = 0; k < samples * samples; k++) {
      const x = ((i % size) * samples + (k % samples) + 0.5) * step;
      const y = (Math.floor(i / size) * samples + Math.floor(k / samples) + 0.5) * step;
      const [, colour] = layers.findLast(([shape]) => shape(x, y)) ?? [null, [0, 0, 0]];
      for (let c = 0; c < 3; c++) sum[c]! += colour[c]!;
    }
    for (let c = 0; c < 3; c++) pixels[i * 3 + c] = Math.round(sum[c]! / (samples * samples));
  }
  return pixels;
}
