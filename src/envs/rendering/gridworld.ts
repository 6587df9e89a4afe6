import type { RgbFrame } from "gymnasium-js";
import { colours, ground, isAgent, isKey, isPatrol, legend, occupant } from "../gridworld/legend.js";
import type { Sprites } from "../gridworld/sprites.js";
import type { GridState } from "../gridworld/state.js";
import { type Colour, coloured } from "./colour.js";
import { agentColours, groundColour, keyColours } from "./gridworld-tiles.js";

/** The longer side of a picture, in pixels, at most. */
const longestSide = 160;

/**
 * The map in colour, two letters a cell: what stands there, then the ground (nothing for floor). First the last
 * actions and the keys held.
 */
export function gridworldText(
  state: GridState,
  columns: number,
  actionNames: readonly string[],
  turns: boolean,
): string {
  const cells = Array.from(state.ground, (code, cell) => cellText(code, state.occupant[cell]!, turns));
  const rows = Array.from({ length: cells.length / columns }, (_, row) =>
    cells.slice(row * columns, (row + 1) * columns).join(""),
  );
  return [headline(state, actionNames), ...rows].join("\n");
}

/** Pixels of a cell's side: 16, or as many as keep the picture within 160. */
export function pictureTile(rows: number, columns: number): number {
  return Math.max(1, Math.min(16, Math.floor(longestSide / Math.max(rows, columns))));
}

/** Square cells, each one of the sprites. */
export function gridworldPicture(state: GridState, columns: number, sprites: Sprites): RgbFrame {
  const { tile } = sprites;
  const [width, height] = [columns * tile, (state.ground.length / columns) * tile];
  const data = new Uint8Array(width * height * 3);
  state.ground.forEach((code, cell) => {
    const sprite = sprites.of(code, state.occupant[cell]!, state.held);
    const [x, y] = [(cell % columns) * tile, Math.floor(cell / columns) * tile];
    for (let line = 0; line < tile; line++) {
      data.set(sprite.subarray(line * tile * 3, (line + 1) * tile * 3), ((y + line) * width + x) * 3);
    }
  });
  return { width, height, data };
}

function headline({ lastActions, held }: GridState, actionNames: readonly string[]): string {
  const actions = Array.from(lastActions, (action) => actionNames[action]).filter(
    (name) => name !== undefined,
  );
  const keys = colours.filter((_, index) => (held >> index) & 1);
  return [
    actions.length > 0 ? `  (${actions.join(", ")})` : "",
    keys.length > 0 ? `  keys: ${keys.join(", ")}` : "",
  ].join("");
}

function cellText(code: number, there: number, turns: boolean): string {
  const background = groundColour(code);
  const below = groundLetters[code]!;
  if (there === occupant.none) {
    return isKey(code)
      ? coloured(`${below} `, background, keyColours[code - ground.key]!)
      : coloured(`${below === "." ? " " : below} `, background);
  }
  const [letter, colour] = occupantText(there, turns);
  return coloured(letter + (below === "." ? " " : below), background, colour);
}

function occupantText(code: number, turns: boolean): [letter: string, colour: Colour] {
  if (code === occupant.box) return ["$", [140, 84, 30]];
  if (code === occupant.wanderer) return ["?", [120, 40, 130]];
  if (isPatrol(code)) return ["|-"[(code - occupant.patrol) & 1]!, [206, 40, 50]];
  const index = code - occupant.agent;
  return [turns && isAgent(code) ? "^>v<"[index & 3]! : "A", agentColours[index >> 2]!];
}

/** By ground: the first letter of the legend that has it with nobody on it. */
const groundLetters: readonly string[] = Object.entries(legend).reduce<string[]>(
  (found, [letter, meaning]) => {
    if (meaning.occupant === occupant.none) found[meaning.ground] ??= letter;
    return found;
  },
  [],
);
