import type { TypedArray } from "gymnasium-js";
import { sightLines } from "./egocentric.js";
import { SpriteSheet, type Sprites } from "./sprites.js";
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
 * Beyond the map there is wall. Made afresh each time: first what is seen at each cell, then all the bytes.
 */
export function partialView(options: PartialViewOptions, sprites: Sprites): View {
  const { viewSize, numAgents } = options;
  const sheet = new SpriteSheet(sprites);
  const side = viewSize * sprites.tile;
  /** See `SpriteSheet`. One more than there are cells: light comes from the last. */
  const seen = new Int32Array(viewSize * viewSize + 1).fill(1);
  const look = looking(options, sheet, seen);
  const { picture, assemble } = assembly(viewSize, sheet, seen);
  return {
    shape: numAgents === 1 ? [side, side, sprites.depth] : [numAgents, side, side, sprites.depth],
    pictureSize: 0,
    paint() {},
    paintAll() {},
    observe(state, out, offset) {
      for (let agent = 0; agent < numAgents; agent++) {
        if (!look(state, agent)) {
          sheet.draw(state, state.headings[agent]!);
          look(state, agent);
        }
        assemble();
        out.set(picture, offset + agent * picture.length);
      }
    },
  };
}

/**
 * A function that writes what an agent sees to `seen`, and says whether all of it was drawn before. Its loop runs for
 * every cell of every step: it has what it reads in constants of its own, and calls nothing.
 */
function looking(options: PartialViewOptions, sheet: SpriteSheet, seen: Int32Array) {
  const around = {
    ...sightLines(options),
    view: seen,
    numOccupants: sheet.sprites.numOccupants,
    hidden: SpriteSheet.hidden,
    beyond: SpriteSheet.beyond,
  };
  const stepsPerHeading = around.steps.length / 4;

  return (state: GridState, agent: number): boolean => {
    const { cells, places, steps, view, numOccupants, hidden, beyond } = around;
    const { ground: grounds, occupant: occupants } = state;
    const heading = state.headings[agent]!;
    const table = sheet.seenBy(heading, state.held);
    const place = places[state.agents[agent]!]!;
    const end = (heading + 1) * stepsPerHeading;
    let signs = 0;
    for (let at = heading * stepsPerHeading; at < end; at += 4) {
      let sight: number = hidden;
      if (((view[steps[at + 1]!]! | view[steps[at + 2]!]!) & 1) !== 0) {
        const cell = cells[place + steps[at + 3]!]!;
        sight = cell < 0 ? beyond : table[grounds[cell]! * numOccupants + occupants[cell]!]!;
      }
      view[steps[at]!] = sight;
      signs |= sight;
    }
    return signs >= 0;
  };
}

/** A picture, and a function that puts it together from the sprites of what is seen. */
function assembly(viewSize: number, sheet: SpriteSheet, seen: Int32Array) {
  const { lineBytes, lineWords } = sheet;
  const { tile } = sheet.sprites;
  const numCells = viewSize * viewSize;
  const size = numCells * tile * lineBytes;
  const buffer = new ArrayBuffer(size + 7);
  const layout = {
    bytes: new DataView(buffer),
    view: seen,
    /** Cells whose lines follow one another: a row, or all where each has one line. */
    run: tile === 1 ? numCells : viewSize,
    width: lineBytes,
    spriteWords: tile * lineWords,
  };
  const assemble = () => {
    const { words } = sheet;
    const { bytes, view, run, width, spriteWords } = layout;
    // What the last words of a line have too much is written over by the first ones of the lines after it.
    for (let word = lineWords - 2; word >= 0; word -= 2) {
      let at = 4 * word;
      for (let first = 0; first < numCells; first += run) {
        for (let line = word; line < spriteWords; line += lineWords) {
          for (let i = first; i < first + run; i++) {
            const from = (view[i]! >> 1) * spriteWords + line;
            bytes.setInt32(at, words[from]!, true);
            bytes.setInt32(at + 4, words[from + 1]!, true);
            at += width;
          }
        }
      }
    }
  };
  return { picture: new Uint8Array(buffer, 0, size), assemble };
}

/** Copies a sprite to where its upper left corner is; `rowBytes` are those of the whole picture. */
function blit(sprite: Uint8Array, out: TypedArray, at: number, rowBytes: number, tile: number): void {
  const width = (sprite.length / tile) | 0;
  for (let y = 0; y < tile; y++) {
    for (let x = 0; x < width; x++) out[at + y * rowBytes + x] = sprite[y * width + x]!;
  }
}
