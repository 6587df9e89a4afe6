import type { RgbFrame } from "gymnasium-js";
import type { Colour } from "./colour.js";

/** A small picture to draw on; x to the right, y down, in pixels. */
export class Canvas implements RgbFrame {
  readonly data: Uint8Array;

  constructor(
    readonly width: number,
    readonly height: number,
    background: Colour,
  ) {
    this.data = new Uint8Array(width * height * 3);
    this.fillRect(0, 0, width, height, background);
  }

  fillRect(x: number, y: number, width: number, height: number, colour: Colour): void {
    const right = Math.min(Math.round(x + width), this.width);
    const bottom = Math.min(Math.round(y + height), this.height);
    for (let row = Math.max(Math.round(y), 0); row < bottom; row++) {
      for (let column = Math.max(Math.round(x), 0); column < right; column++) {
        this.data.set(colour, (row * this.width + column) * 3);
      }
    }
  }

  /** All pixels nearer than `thickness / 2` to the segment between two points: a line with round ends, or a dot. */
  strokeLine(
    from: readonly [number, number],
    to: readonly [number, number],
    thickness: number,
    colour: Colour,
  ): void {
    const [x0, y0] = from;
    const [dx, dy] = [to[0] - x0, to[1] - y0];
    const lengthSquared = dx * dx + dy * dy;
    for (let row = 0; row < this.height; row++) {
      for (let column = 0; column < this.width; column++) {
        const [px, py] = [column + 0.5 - x0, row + 0.5 - y0];
        const along = lengthSquared === 0 ? 0 : Math.min(Math.max((px * dx + py * dy) / lengthSquared, 0), 1);
        if (Math.hypot(px - along * dx, py - along * dy) < thickness / 2) {
          this.data.set(colour, (row * this.width + column) * 3);
        }
      }
    }
  }
}
