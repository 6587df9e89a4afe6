import type { TypedArray } from "gymnasium-js";
import { lightPaths, spreadLight, viewOffsets } from "./egocentric.js";
import { numGrounds, numOccupants, turnedGround, turnedOccupant } from "./legend.js";
import type { Sprites } from "./sprites.js";
import type { GridState } from "./state.js";

/** What agents see of a gridworld. */
export interface View {
  /** Shape of an observation. */
  readonly shape: readonly number[];
  /** Bytes of `GridState.picture`. */
  readonly pictureSize: number;
  /** Called after a cell has changed. */
  paint(state: GridState, cell: number): void;
  /** Called when all cells may have changed. */
  paintAll(state: GridState): void;
  observe(state: GridState, out: TypedArray, offset: number): void;
}

/** The whole map, `[rows * tile, columns * tile, depth]`, kept up to date in the state, so that observing is one copy. */
export function fullView(rows: number, columns: number, sprites: Sprites): View {
  const { tile, depth } = sprites;
  const rowBytes = columns * tile * depth;
  const paint = (state: GridState, cell: number) => {
    const sprite = sprites.of(state.ground[cell]!, state.occupant[cell]!, state.held);
    const row = (cell / columns) | 0;
    blit(
      sprite,
      state.picture,
      row * tile * rowBytes + (cell - row * columns) * tile * depth,
      rowBytes,
      tile,
    );
  };
  return {
    shape: [rows * tile, columns * tile, depth],
    pictureSize: rows * tile * rowBytes,
    paint,
    paintAll(state) {
      for (let cell = 0; cell < rows * columns; cell++) paint(state, cell);
    },
    observe: (state, out, offset) => out.set(state.picture, offset),
  };
}

export interface PartialViewOptions {
  rows: number;
  columns: number;
  /** Cells on each side, odd. */
  viewSize: number;
  /** Whether agents turn: they then look up from the middle of the lowest row; else they are in the middle. */
  turns: boolean;
  seeThroughWalls: boolean;
  numAgents: number;
}

/**
 * What lies round an agent: `[viewSize * tile, viewSize * tile, depth]`, with a leading axis for several agents.
 * Beyond the map there is wall.
 */
export function partialView(options: PartialViewOptions, sprites: Sprites): View {
  const { rows, columns, viewSize, turns, seeThroughWalls, numAgents } = options;
  const { tile, depth } = sprites;
  const { alongRow, alongColumn } = viewOffsets(viewSize, turns);
  const light = seeThroughWalls ? null : lightPaths(viewSize, turns);
  const numCells = viewSize * viewSize;
  const seen = new Int32Array(numCells);
  const lit = new Uint8Array(numCells).fill(1);
  const rowBytes = viewSize * tile * depth;
  const agentBytes = viewSize * tile * rowBytes;

  const look = (state: GridState, agent: number) => {
    const heading = state.headings[agent]!;
    const row = Math.floor(state.agents[agent]! / columns);
    const column = state.agents[agent]! % columns;
    for (let i = 0; i < numCells; i++) {
      const r = row + alongRow[heading * numCells + i]!;
      const c = column + alongColumn[heading * numCells + i]!;
      seen[i] = r >= 0 && r < rows && c >= 0 && c < columns ? r * columns + c : -1;
    }
    if (light !== null) spreadLight(light, state.ground, seen, lit);
  };
  const show = (state: GridState, heading: number, out: TypedArray, offset: number) => {
    for (let i = 0; i < numCells; i++) {
      const row = (i / viewSize) | 0;
      const at = offset + row * tile * rowBytes + (i - row * viewSize) * tile * depth;
      blit(spriteAt(state, i, heading), out, at, rowBytes, tile);
    }
  };
  const spriteAt = (state: GridState, i: number, heading: number) => {
    if (lit[i] === 0) return sprites.hidden;
    const cell = seen[i]!;
    if (cell < 0) return sprites.beyond;
    const here = turnedGround[numGrounds * heading + state.ground[cell]!]!;
    const there = turnedOccupant[numOccupants * heading + state.occupant[cell]!]!;
    return sprites.of(here, there, state.held);
  };
  const side = viewSize * tile;
  return {
    shape: numAgents === 1 ? [side, side, depth] : [numAgents, side, side, depth],
    pictureSize: 0,
    paint() {},
    paintAll() {},
    observe(state, out, offset) {
      for (let agent = 0; agent < numAgents; agent++) {
        look(state, agent);
        show(state, state.headings[agent]!, out, offset + agent * agentBytes);
      }
    },
  };
}

/** Copies a sprite to where its upper left corner is; `rowBytes` are those of the whole picture. */
function blit(sprite: Uint8Array, out: TypedArray, at: number, rowBytes: number, tile: number): void {
  const width = (sprite.length / tile) | 0;
  for (let y = 0; y < tile; y++) {
    for (let x = 0; x < width; x++) out[at + y * rowBytes + x] = sprite[y * width + x]!;
  }
}
