import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import { type Colour, coloured } from "./colour.js";

const colours: Record<string, Colour> = {
  S: [255, 224, 130],
  F: [214, 234, 248],
  H: [26, 62, 114],
  G: [102, 187, 106],
};
const playerColour: Colour = [211, 47, 47];
const gridColour: Colour = [160, 190, 210];
/** Pixels per cell, with a line of 1 around it. */
const cellSize = 16;

/** The map in colour, the player's cell in red; first the last action, as in Gymnasium. */
export function frozenLakeText(
  desc: readonly string[],
  position: number,
  lastAction: string | undefined,
): string {
  const columns = desc[0]!.length;
  const rows = desc.map((letters, row) =>
    [...letters]
      .map((letter, column) =>
        coloured(letter, row * columns + column === position ? playerColour : colours[letter]!),
      )
      .join(""),
  );
  return [lastAction === undefined ? "" : `  (${lastAction})`, ...rows].join("\n");
}

/** Cells of 16 x 16 pixels, the player as a disc. */
export function frozenLakePicture(desc: readonly string[], position: number): RgbFrame {
  const columns = desc[0]!.length;
  const canvas = new Canvas(columns * cellSize, desc.length * cellSize, gridColour);
  [...desc.join("")].forEach((letter, cell) => {
    const [x, y] = [(cell % columns) * cellSize, Math.floor(cell / columns) * cellSize];
    canvas.fillRect(x + 1, y + 1, cellSize - 1, cellSize - 1, colours[letter]!);
  });
  const centre = [
    ((position % columns) + 0.5) * cellSize + 0.5,
    (Math.floor(position / columns) + 0.5) * cellSize + 0.5,
  ] as const;
  canvas.strokeLine(centre, centre, cellSize * 0.6, playerColour);
  return canvas;
}
