import type { RgbFrame } from "gymnasium-js";
import { Canvas } from "./canvas.js";
import { type Colour, coloured } from "./colour.js";

/** How one channel of a MinAtar observation looks: two letters in the terminal, a colour everywhere. */
export interface BoardLook {
  readonly glyph: string;
  readonly colour: Colour;
}

const side = 10;
/** Pixels per cell. */
const cellSize = 8;
const emptyCell: BoardLook = { glyph: "  ", colour: [0, 0, 0] };
/** One pixel between cells, so that neighbours of one colour can be counted. */
const gridColour: Colour = [30, 31, 36];

/** The board as ten lines of coloured cells, framed; each cell shows its highest set channel. A caption goes below. */
export function minatarText(look: readonly BoardLook[], observation: Uint8Array, caption?: string): string {
  const border = `+${"-".repeat(2 * side)}+`;
  const rows = Array.from({ length: side }, (_, row) => {
    const cells = Array.from({ length: side }, (_, column) => shown(look, observation, row * side + column));
    return `|${cells.map(({ glyph, colour }) => coloured(glyph, colour, shade(colour))).join("")}|`;
  });
  return [border, ...rows, border, ...(caption === undefined ? [] : [caption])].join("\n");
}

/** The same as a picture of 80 x 80 pixels. */
export function minatarPicture(look: readonly BoardLook[], observation: Uint8Array): RgbFrame {
  const canvas = new Canvas(side * cellSize, side * cellSize, gridColour);
  for (let cell = 0; cell < side * side; cell++) {
    const { colour } = shown(look, observation, cell);
    const [x, y] = [(cell % side) * cellSize, Math.floor(cell / side) * cellSize];
    canvas.fillRect(x, y, cellSize - 1, cellSize - 1, colour);
  }
  return canvas;
}

/** The glyph's colour on its cell: there for terminals without colour, quiet in the others. */
function shade([red, green, blue]: Colour): Colour {
  return [Math.round(red * 0.75), Math.round(green * 0.75), Math.round(blue * 0.75)];
}

function shown(look: readonly BoardLook[], observation: Uint8Array, cell: number): BoardLook {
  for (let channel = look.length - 1; channel >= 0; channel--) {
    if (observation[cell * look.length + channel] === 1) return look[channel]!;
  }
  return emptyCell;
}
