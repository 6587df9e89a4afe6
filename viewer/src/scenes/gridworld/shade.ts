import { BufferImageSource, Container } from "pixi.js";
import { type SightLines, sightLines } from "../../../../src/envs/gridworld/egocentric.js";
import type { GridState, GridworldOptions } from "../../../../src/envs/index.js";
import { between } from "../glide.js";
import { palette } from "../palette.js";
import type { Size } from "../scene.js";
import { texturedOblong } from "../textured.js";
import { seenCells } from "./sight.js";

/** How dark it is where no agent sees, 0 to 1. */
const darkness = 0.6;

/** The dark over what agents with partial views do not see: a texture with one pixel per cell. */
export class Shade extends Container {
  private readonly pixels: Uint8Array;
  private readonly source: BufferImageSource;
  private readonly lines: SightLines;
  /** By cell, 1 for what is seen at the start and at the end of the way. */
  private seen: [Uint8Array, Uint8Array] = [new Uint8Array(0), new Uint8Array(0)];

  constructor({ viewSize, actions, seeThroughWalls }: GridworldOptions, { width, height }: Size) {
    super();
    const turns = actions === "turns";
    this.lines = sightLines({ rows: height, columns: width, viewSize, turns, seeThroughWalls });
    this.pixels = new Uint8Array(4 * width * height);
    this.source = new BufferImageSource({
      resource: this.pixels,
      width,
      height,
      scaleMode: "nearest",
      alphaMode: "premultiplied-alpha",
    });
    this.addChild(texturedOblong(this.source, { width, height }));
  }

  aim(from: GridState, to: GridState): void {
    this.seen = [seenCells(this.lines, from), seenCells(this.lines, to)];
  }

  lift(share: number): void {
    const { pixels, seen } = this;
    for (let cell = 0; cell < seen[0].length; cell++) {
      const dark = darkness * (1 - between(seen[0][cell]!, seen[1][cell]!, share));
      pixels[4 * cell] = (palette.ground >> 16) * dark;
      pixels[4 * cell + 1] = ((palette.ground >> 8) & 255) * dark;
      pixels[4 * cell + 2] = (palette.ground & 255) * dark;
      pixels[4 * cell + 3] = 255 * dark;
    }
    this.source.update();
  }
}
