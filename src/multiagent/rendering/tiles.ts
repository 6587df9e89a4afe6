import type { RgbFrame } from "gymnasium-js";

/** Red, green, blue, 0 to 255. */
export type Colour = readonly [red: number, green: number, blue: number];

/** Whether a point belongs to a shape; x to the right, y down. */
type Shape = (x: number, y: number) => boolean;

/** Each pixel is the mean of so many points each way. */
const samples = 4;

/** A small picture to draw on, with smooth edges; x to the right, y down, in pixels. */
export class Picture implements RgbFrame {
  readonly data: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background: Colour,
  ) {
    this.data = new Uint8Array(width * height * 3);
    for (let i = 0; i < this.data.length; i++) this.data[i] = background[i % 3]!;
  }

  /** @param opacity 1 covers what is below, less lets it show through */
  rectangle(x: number, y: number, width: number, height: number, colour: Colour, opacity = 1): void {
    const isIn: Shape = (px, py) => px >= x && px < x + width && py >= y && py < y + height;
    this.paint(isIn, { x, y, width, height }, colour, opacity);
  }

  disc(x: number, y: number, radius: number, colour: Colour): void {
    const isIn: Shape = (px, py) => (px - x) ** 2 + (py - y) ** 2 < radius ** 2;
    const [left, top, size] = [x - radius, y - radius, 2 * radius];
    this.paint(isIn, { x: left, y: top, width: size, height: size }, colour, 1);
  }

  /** A line with round ends, or a dot. */
  stroke(
    [x0, y0]: readonly [number, number],
    [x1, y1]: readonly [number, number],
    thickness: number,
    colour: Colour,
  ): void {
    const [dx, dy, half] = [x1 - x0, y1 - y0, thickness / 2];
    const lengthSquared = dx * dx + dy * dy;
    const isIn: Shape = (px, py) => {
      const share = lengthSquared === 0 ? 0 : ((px - x0) * dx + (py - y0) * dy) / lengthSquared;
      const along = Math.min(Math.max(share, 0), 1);
      return Math.hypot(px - x0 - along * dx, py - y0 - along * dy) < half;
    };
    const [x, y] = [Math.min(x0, x1) - half, Math.min(y0, y1) - half];
    const bounds = { x, y, width: Math.abs(dx) + thickness, height: Math.abs(dy) + thickness };
    this.paint(isIn, bounds, colour, 1);
  }

  private paint(isIn: Shape, bounds: Bounds, colour: Colour, opacity: number): void {
    const right = Math.min(Math.ceil(bounds.x + bounds.width), this.width);
    const bottom = Math.min(Math.ceil(bounds.y + bounds.height), this.height);
    for (let row = Math.max(Math.floor(bounds.y), 0); row < bottom; row++) {
      for (let column = Math.max(Math.floor(bounds.x), 0); column < right; column++) {
        const share = opacity * coverage(isIn, column, row);
        if (share === 0) continue;
        const at = (row * this.width + column) * 3;
        for (let c = 0; c < 3; c++) {
          this.data[at + c] = Math.round(this.data[at + c]! * (1 - share) + colour[c]! * share);
        }
      }
    }
  }
}

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The share of a pixel that a shape covers. */
function coverage(isIn: Shape, column: number, row: number): number {
  let inside = 0;
  for (let k = 0; k < samples * samples; k++) {
    const x = column + ((k % samples) + 0.5) / samples;
    const y = row + (Math.floor(k / samples) + 0.5) / samples;
    if (isIn(x, y)) inside++;
  }
  return inside / (samples * samples);
}
