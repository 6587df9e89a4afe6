import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import { type Colour, coloured } from "./colour.js";

/** Start, path, cliff and goal (terminal), by Gymnasium's letters; `S` is our own. */
const map = ["oooooooooooo", "oooooooooooo", "oooooooooooo", "SCCCCCCCCCCT"] as const;
const columns = map[0].length;

const colours: Record<string, Colour> = {
  S: [255, 224, 130],
  o: [197, 214, 170],
  C: [62, 48, 46],
  T: [102, 187, 106],
};
const playerColour: Colour = [211, 47, 47];
const gridColour: Colour = [160, 176, 134];
/** The edge of the cliff and the depth below it. */
const edgeColour: Colour = [141, 110, 99];
const depthColour: Colour = [38, 28, 27];
/** Pixels per cell, with a line of 1 around it. */
const cellSize = 13;

/** The map in colour, the player as a red x; first the last action. */
export function cliffWalkingText(position: number, lastAction: string | undefined): string {
  const rows = map.map((letters, row) =>
    [...letters]
      .map((letter, column) =>
        row * columns + column === position
          ? coloured(" x ", playerColour)
          : coloured(` ${letter} `, colours[letter]!),
      )
      .join(""),
  );
  return [lastAction === undefined ? "" : `  (${lastAction})`, ...rows].join("\n");
}

/** Cells of 13 x 13 pixels, the player as a disc. */
export function cliffWalkingPicture(position: number): RgbFrame {
  const canvas = new Canvas(columns * cellSize + 1, map.length * cellSize + 1, gridColour);
  [...map.join("")].forEach((letter, cell) => {
    const [x, y] = cornerOf(cell);
    canvas.fillRect(x + 1, y + 1, cellSize - 1, cellSize - 1, colours[letter]!);
    if (letter !== "C") return;
    // Without grid lines, so that the cliff is one gap.
    canvas.fillRect(x, y, cellSize + 1, 3, edgeColour);
    canvas.fillRect(x, y + 3, cellSize + 1, cellSize - 2, colours["C"]!);
    canvas.fillRect(x, y + 9, cellSize + 1, cellSize - 8, depthColour);
  });
  const [x, y] = cornerOf(position);
  const centre = [x + 0.5 + cellSize / 2, y + 0.5 + cellSize / 2] as const;
  canvas.strokeLine(centre, centre, cellSize * 0.66, playerColour);
  return canvas;
}

function cornerOf(cell: number): [x: number, y: number] {
  return [(cell % columns) * cellSize, Math.floor(cell / columns) * cellSize];
}
