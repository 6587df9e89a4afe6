import type { Generator } from "gymnasium-js";
import { type Dataset, dataset } from "../dataset.js";
import { DataError } from "../errors.js";

/** Colours of objects, RGB from 0 to 255. */
const colours = {
  red: [230, 40, 40],
  green: [40, 200, 70],
  blue: [50, 90, 240],
  yellow: [240, 210, 40],
  purple: [160, 60, 210],
} as const satisfies Record<string, readonly [number, number, number]>;

/** Objects as they look in a cell of 8 x 8 pixels. */
const pictures = {
  key: ["........", ".###....", ".#.#....", ".###....", "..#.....", "..###...", "..#.....", "..###..."],
  door: ["########", "#......#", "#......#", "#....#.#", "#......#", "#......#", "#......#", "########"],
  ball: ["........", "..####..", ".######.", ".######.", ".######.", ".######.", "..####..", "........"],
  box: ["........", ".######.", ".#....#.", ".######.", ".#....#.", ".#....#.", ".######.", "........"],
} as const satisfies Record<string, readonly string[]>;

type Colour = keyof typeof colours;
type Kind = keyof typeof pictures;

const colourNames = Object.keys(colours) as Colour[];
const kindNames = Object.keys(pictures) as Kind[];

interface Thing {
  colour: Colour;
  kind: Kind;
  row: number;
  column: number;
}

/** Pictures, and of each picture the sentences that describe it. */
export interface CaptionedImages {
  /** `inputs` uint8 `[height, width, 3]`. */
  data: Dataset;
  /** Three a picture, all in lower case, without punctuation. */
  captions: readonly (readonly string[])[];
}

export interface GridCaptionsOptions {
  size: number;
  rng: Generator;
  /** Cells a side, at least 2; default 5. */
  cells?: number;
}

const cellSide = 8;
const background = 24;
const gridLine = 60;

/**
 * Frames of a grid with two coloured objects, 8 pixels a cell, and sentences that say what is where, such as "a blue door
 * left of the red key"; named first is what comes first in the alphabet. Objects differ in kind or colour, and one of the
 * four directions is the larger distance.
 *
 * @throws {DataError} `invalid-options` if there is nothing to draw
 */
export function gridCaptions({ size, rng, cells = 5 }: GridCaptionsOptions): CaptionedImages {
  if (!Number.isSafeInteger(size) || size < 1 || !Number.isSafeInteger(cells) || cells < 2) {
    throw new DataError(
      "invalid-options",
      `Captioned grids need at least one picture of at least 2 cells a side, but got ${size} of ${cells}.`,
    );
  }
  const side = cells * cellSide;
  const inputs = new Uint8Array(size * side * side * 3);
  const captions: string[][] = [];
  for (let i = 0; i < size; i++) {
    const [first, second] = drawThings(cells, rng);
    const picture = inputs.subarray(i * side * side * 3, (i + 1) * side * side * 3);
    paintGrid(picture, side);
    paintThing(picture, side, first);
    paintThing(picture, side, second);
    captions.push(captionsOf(first, second));
  }
  return { data: dataset({ inputs: { data: inputs, shape: [side, side, 3] } }), captions };
}

function drawThings(cells: number, rng: Generator): [Thing, Thing] {
  const drawn = (): Thing => ({
    colour: rng.choice(colourNames),
    kind: rng.choice(kindNames),
    row: rng.integers(0, cells),
    column: rng.integers(0, cells),
  });
  const first = drawn();
  for (;;) {
    const second = drawn();
    const differ = first.colour !== second.colour || first.kind !== second.kind;
    const down = Math.abs(first.row - second.row);
    const right = Math.abs(first.column - second.column);
    if (differ && down !== right) return isBefore(first, second) ? [first, second] : [second, first];
  }
}

/** By their names, so that a picture says which thing is named first. */
function isBefore(a: Thing, b: Thing): boolean {
  return `${a.colour} ${a.kind}` < `${b.colour} ${b.kind}`;
}

function captionsOf(first: Thing, second: Thing): string[] {
  const [relation, inverse] = relationOf(first, second);
  const [a, b] = [first, second].map(({ colour, kind }) => `${colour} ${kind}`);
  return [
    `a ${a} ${relation} the ${b}`,
    `there is a ${a} ${relation} a ${b}`,
    `the ${b} is ${inverse} the ${a}`,
  ];
}

/** Where the first is, seen from the second, and the other way round. */
function relationOf(first: Thing, second: Thing): readonly [string, string] {
  const down = first.row - second.row;
  const right = first.column - second.column;
  const across = Math.abs(right) > Math.abs(down);
  const [before, after] = across ? (["left of", "right of"] as const) : (["above", "below"] as const);
  return (across ? right : down) < 0 ? [before, after] : [after, before];
}

function paintGrid(picture: Uint8Array, side: number): void {
  for (let y = 0; y < side; y++) {
    for (let x = 0; x < side; x++) {
      const line = x % cellSide === 0 || y % cellSide === 0;
      picture.fill(line ? gridLine : background, (y * side + x) * 3, (y * side + x + 1) * 3);
    }
  }
}

function paintThing(picture: Uint8Array, side: number, { colour, kind, row, column }: Thing): void {
  pictures[kind].forEach((line, y) => {
    [...line].forEach((mark, x) => {
      if (mark !== "#") return;
      picture.set(colours[colour], ((row * cellSide + y) * side + column * cellSide + x) * 3);
    });
  });
}
