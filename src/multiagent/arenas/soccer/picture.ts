import type { RgbFrame } from "gymnasium-js";
import { type Colour, Picture } from "../../rendering/tiles.js";
import { type SoccerState, teamOf } from "./state.js";

/** Side of a cell, px. */
const tile = 20;
const stripes: readonly [Colour, Colour] = [
  [70, 150, 80],
  [78, 160, 88],
];
const surround: Colour = [44, 96, 56];
const line: Colour = [225, 240, 225];
const net: Colour = [205, 205, 205];
const dark: Colour = [30, 34, 40];
const white: Colour = [255, 255, 255];
/** Of red and of blue. */
const teamColours: readonly [Colour, Colour] = [
  [214, 62, 58],
  [52, 104, 214],
];

/** The pitch with a goal on either side; who has the ball carries it, until it lies in the goal. */
export function soccerPicture(state: SoccerState): RgbFrame {
  const { height, width, goalTop, goalHeight, cells, holder, scorer } = state;
  const picture = new Picture((width + 2) * tile, height * tile, surround);
  for (let column = 0; column < width; column++) {
    picture.rectangle((column + 1) * tile, 0, tile, height * tile, stripes[(column % 2) as 0 | 1]);
  }
  picture.rectangle(((width + 2) * tile) / 2 - 1, 0, 2, height * tile, line);
  for (const x of [0, (width + 1) * tile]) {
    picture.rectangle(x, goalTop * tile, tile, goalHeight * tile, line);
    picture.rectangle(x + 2, goalTop * tile + 2, tile - 4, goalHeight * tile - 4, net);
  }
  const middle = (cell: number) => [((cell % width) + 1.5) * tile, (Math.floor(cell / width) + 0.5) * tile];
  cells.forEach((cell, player) => {
    const [x, y] = middle(cell) as [number, number];
    picture.disc(x, y, tile * 0.4, dark);
    picture.disc(x, y, tile * 0.34, teamColours[teamOf(state, player)]);
  });
  const [x, y] = middle(cells[holder]!) as [number, number];
  const way = scorer < 0 ? tile * 0.22 : scorer === 0 ? tile : -tile;
  picture.disc(x + way, y + tile * 0.22, tile * 0.2, dark);
  picture.disc(x + way, y + tile * 0.22, tile * 0.15, white);
  return picture;
}

/** Two letters a cell, team and number; who has the ball has a capital letter. Where the sides are open is a goal. */
export function soccerText({ height, width, goalTop, goalHeight, teamSize, ...state }: SoccerState): string {
  const { playerAt, holder, scorer } = state;
  const letters = (player: number) => {
    if (player < 0) return " .";
    const letter = player < teamSize ? "r" : "b";
    return `${player === holder ? letter.toUpperCase() : letter}${player % teamSize}`;
  };
  const border = `+${"-".repeat(3 * width)}+`;
  const rows = Array.from({ length: height }, (_, row) => {
    const cells = Array.from(playerAt.subarray(row * width, (row + 1) * width), letters);
    const side = row >= goalTop && row < goalTop + goalHeight ? " " : "|";
    return `${side}${cells.join(" ")} ${side}`;
  });
  const headline = ["red has scored", "blue has scored"][scorer];
  return [...(headline === undefined ? [] : [headline]), border, ...rows, border].join("\n");
}
