import type { RgbFrame } from "gymnasium-js";
import { type Colour, Picture } from "../rendering/tiles.js";
import { type CommonsState, terrain } from "./commons.js";
import { downs, rights } from "./commons-grid.js";

/** Side of a cell, px. */
const tile = 12;
/** By `terrain`: ground, orchard, river. */
const groundColours: readonly Colour[] = [
  [58, 62, 54],
  [66, 92, 56],
  [60, 116, 176],
];
const stub: Colour = [92, 120, 74];
const apple: Colour = [222, 60, 56];
const leaf: Colour = [130, 200, 90];
const waste: Colour = [112, 88, 50];
const light: Colour = [255, 232, 130];
const dark: Colour = [24, 26, 28];
const white: Colour = [250, 250, 250];

/** In which agents are told apart, over and over again. */
const agentColours: readonly Colour[] = [
  [240, 160, 60],
  [110, 190, 250],
  [220, 120, 210],
  [240, 230, 110],
  [120, 220, 180],
  [190, 150, 250],
  [250, 150, 140],
  [200, 200, 200],
];

/** @param polluted `[height, width]` 1 where the river is, in a game that has one */
export function commonsPicture(state: CommonsState, polluted?: Uint8Array): RgbFrame {
  const { height, width, ground, apples, beams, cells, facing } = state;
  const picture = new Picture(width * tile, height * tile, groundColours[terrain.ground]!);
  for (let cell = 0; cell < ground.length; cell++) {
    const [x, y] = [(cell % width) * tile, Math.floor(cell / width) * tile];
    const [cx, cy] = [x + tile / 2, y + tile / 2];
    picture.rectangle(x, y, tile, tile, groundColours[ground[cell]!]!);
    if (ground[cell] === terrain.orchard) picture.disc(cx, cy, tile * 0.1, stub);
    if (polluted?.[cell] === 1) {
      picture.disc(x + tile * 0.36, y + tile * 0.4, tile * 0.3, waste);
      picture.disc(x + tile * 0.64, y + tile * 0.62, tile * 0.3, waste);
    }
    if (apples[cell] === 1) {
      picture.disc(cx, cy + tile * 0.06, tile * 0.32, apple);
      picture.stroke([cx, cy - tile * 0.2], [cx + tile * 0.18, cy - tile * 0.36], tile * 0.14, leaf);
    }
    if (beams[cell] === 1) picture.rectangle(x, y, tile, tile, light, 0.45);
  }
  cells.forEach((cell, agent) => {
    if (cell < 0) return;
    const [cx, cy] = [((cell % width) + 0.5) * tile, (Math.floor(cell / width) + 0.5) * tile];
    const [dx, dy] = [rights[facing[agent]!]! * tile * 0.28, downs[facing[agent]!]! * tile * 0.28];
    picture.disc(cx, cy, tile * 0.48, dark);
    picture.disc(cx, cy, tile * 0.4, agentColours[agent % agentColours.length]!);
    picture.stroke([cx, cy], [cx + dx, cy + dy], tile * 0.18, dark);
    picture.disc(cx + dx, cy + dy, tile * 0.14, white);
  });
  return picture;
}

const arrows = "<>^v";
const digits = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Two letters a cell: an agent and where it faces, an apple, `*` a beam, waste, or the ground. First who has eaten how many. */
export function commonsText(state: CommonsState, polluted?: Uint8Array): string {
  const { height, width, ground, apples, beams, agentAt, facing, eaten, cells } = state;
  const letters = (cell: number): string => {
    const agent = agentAt[cell]!;
    if (agent >= 0) return `${digits[agent % digits.length]}${arrows[facing[agent]!]}`;
    if (apples[cell] === 1) return "o ";
    if (beams[cell] === 1) return "* ";
    return polluted?.[cell] === 1 ? "% " : `${".,~"[ground[cell]!]} `;
  };
  const rows = Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (_, column) => letters(row * width + column)).join(""),
  );
  const scores = Array.from(
    eaten,
    (count, agent) => `${agent}: ${count}${cells[agent]! < 0 ? " (away)" : ""}`,
  );
  return [`apples eaten by ${scores.join(", ")}`, ...rows].join("\n");
}
