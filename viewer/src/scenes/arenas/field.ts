import { BufferImageSource, Container } from "pixi.js";
import { cellsOf } from "../cells.js";
import type { Size } from "../scene.js";

/** A field of rounded cells, each of one colour; one unit per cell. */
export class Field extends Container {
  /** Red, green, blue, alpha from the lowest byte up. */
  private readonly pixels: Uint32Array;
  private readonly source: BufferImageSource;

  constructor({ width, height }: Size) {
    super();
    this.pixels = new Uint32Array(width * height);
    this.source = new BufferImageSource({
      resource: new Uint8Array(this.pixels.buffer),
      ...{ width, height, scaleMode: "nearest", alphaMode: "no-premultiply-alpha" },
    });
    this.addChild(cellsOf(this.source));
  }

  /** @param colourOf a cell, which are numbered row by row */
  paint(colourOf: (cell: number) => number): void {
    for (let cell = 0; cell < this.pixels.length; cell++) {
      const colour = colourOf(cell);
      this.pixels[cell] = 0xff000000 | ((colour & 255) << 16) | (colour & 0xff00) | (colour >> 16);
    }
    this.source.update();
  }
}
