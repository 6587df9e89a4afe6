import { type Colour, coloured } from "./colour.js";

const width = 160;
const height = 210;
/** A letter shows two cells, one above the other, each of 2 x 4 pixels. */
const cellWidth = 2;
const cellHeight = 4;
const columns = width / cellWidth;
const lines = Math.ceil(height / (2 * cellHeight));
const background: Colour = [0, 0, 0];

/** What of a game of Breakout is said in words. */
export interface BreakoutFigures {
  score: number;
  lives: number;
  info: { episodeFrameNumber: number };
}

/** The picture as 27 lines of 80 half blocks, then the figures. Shapes can be told apart without colours, too. */
export function pixelBreakoutText(figures: BreakoutFigures, picture: Uint8Array, modeName: string): string {
  const { score, lives, info } = figures;
  const rows = Array.from({ length: lines }, (_, line) => textLine(picture, line));
  return [...rows, `${modeName}: score ${score}, lives ${lives}, frame ${info.episodeFrameNumber}`].join(
    "\n",
  );
}

/** Neighbours of the same look share their escape codes. */
function textLine(picture: Uint8Array, line: number): string {
  let text = "";
  let run = "";
  let look = "";
  let colours: readonly [Colour, Colour] = [background, background];
  for (let column = 0; column < columns; column++) {
    const upper = cellColour(picture, column, 2 * line);
    const lower = cellColour(picture, column, 2 * line + 1);
    const key = `${upper} ${lower}`;
    if (key !== look && run !== "") {
      text += painted(run, colours);
      run = "";
    }
    look = key;
    colours = [upper, lower];
    run += letter(upper, lower);
  }
  return text + painted(run, colours);
}

function letter(upper: Colour, lower: Colour): string {
  if (isBlack(upper)) return isBlack(lower) ? " " : "▄";
  return String(upper) === String(lower) ? "█" : "▀";
}

function painted(run: string, [upper, lower]: readonly [Colour, Colour]): string {
  return isBlack(upper) ? coloured(run, upper, lower) : coloured(run, lower, upper);
}

function isBlack(colour: Colour): boolean {
  return colour[0] + colour[1] + colour[2] === 0;
}

/** The colour of most pixels of a cell, black only where less than a quarter is lit, so that the ball never hides. */
function cellColour(picture: Uint8Array, column: number, row: number): Colour {
  const counts = new Map<number, number>();
  for (let y = row * cellHeight; y < Math.min((row + 1) * cellHeight, height); y++) {
    for (let x = column * cellWidth; x < (column + 1) * cellWidth; x++) {
      const at = (y * width + x) * 3;
      const colour = (picture[at]! << 16) | (picture[at + 1]! << 8) | picture[at + 2]!;
      if (colour !== 0) counts.set(colour, (counts.get(colour) ?? 0) + 1);
    }
  }
  let [most, count] = [0, (cellWidth * cellHeight) / 4 - 1];
  for (const [colour, pixels] of counts) if (pixels > count) [most, count] = [colour, pixels];
  return [most >> 16, (most >> 8) & 255, most & 255];
}
