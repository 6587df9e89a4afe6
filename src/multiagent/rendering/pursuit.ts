import type { RgbFrame } from "gymnasium-js";
import type { PursuitState } from "../arenas/pursuit.js";
import { type Colour, Picture } from "./tiles.js";

/** Side of a cell, px. */
const tile = 16;
/** Of every other cell. */
const floors: readonly [Colour, Colour] = [
  [236, 232, 220],
  [228, 224, 211],
];
const edge: Colour = [44, 50, 62];
const predatorColour: Colour = [196, 58, 58];
const preyColour: Colour = [72, 150, 92];

/** Predators are large, prey small; several in a cell overlap. */
export function pursuitPicture({ height, width, predators, prey }: PursuitState): RgbFrame {
  const picture = new Picture(width * tile, height * tile, floors[0]);
  for (let cell = 0; cell < height * width; cell++) {
    const [row, column] = [Math.floor(cell / width), cell % width];
    if ((row + column) % 2 === 1) picture.rectangle(column * tile, row * tile, tile, tile, floors[1]);
  }
  const draw = (cells: Int32Array, radius: number, colour: Colour) => {
    const inCell = new Map<number, number>();
    for (const cell of cells) {
      if (cell < 0) continue;
      const before = inCell.get(cell) ?? 0;
      inCell.set(cell, before + 1);
      // The second of a cell stands a little to the right of the first, and so on.
      const shift = Math.min(before, 3) * 0.1 * tile;
      const [x, y] = [((cell % width) + 0.5) * tile + shift, (Math.floor(cell / width) + 0.5) * tile - shift];
      picture.disc(x, y, radius * tile, edge);
      picture.disc(x, y, radius * tile - 1, colour);
    }
  };
  draw(predators, 0.42, predatorColour);
  draw(prey, 0.25, preyColour);
  return picture;
}
