import { ground, isDoor, numGrounds } from "./legend.js";

/** In which order the cells of a view, numbered row after row, are looked at, and by which of them light comes to each. */
interface LightPaths {
  readonly order: readonly number[];
  /** Two cells that come earlier, by the number of the cell they are for: one of them must pass light on. */
  readonly straight: Int32Array;
  readonly diagonal: Int32Array;
}

/**
 * Light spreads outward from the agent: to each cell from the next nearer ones, straight along the longer axis or
 * diagonally. The agent's own cell comes first.
 */
function lightPaths(viewSize: number, turns: boolean): LightPaths {
  const distance = (i: number) => Math.max(...fromAgent(i, viewSize, turns).map(Math.abs));
  const { order, straight, diagonal } = everywhere(viewSize);
  const [agent, ...others] = [...order].sort((a, b) => distance(a) - distance(b));
  for (const i of others) {
    const [row, column] = fromAgent(i, viewSize, turns);
    const [up, left] = [Math.sign(row) * viewSize, Math.sign(column)];
    straight[i] =
      i - (Math.abs(row) >= Math.abs(column) ? up : 0) - (Math.abs(column) >= Math.abs(row) ? left : 0);
    diagonal[i] = i - up - left;
  }
  return { order: [agent!, ...others], straight, diagonal };
}

/** For those who see through walls: light comes from one cell past the last. */
function everywhere(viewSize: number): LightPaths {
  const numCells = viewSize * viewSize;
  return {
    order: Array.from({ length: numCells }, (_, i) => i),
    straight: new Int32Array(numCells).fill(numCells),
    diagonal: new Int32Array(numCells).fill(numCells),
  };
}

/** Row and column of a cell of the view, counted from the agent's. */
function fromAgent(i: number, viewSize: number, turns: boolean): [row: number, column: number] {
  const middle = (viewSize - 1) / 2;
  return [Math.floor(i / viewSize) - (turns ? viewSize - 1 : middle), (i % viewSize) - middle];
}

/** 1 for ground that light passes. */
export const isClear = Uint8Array.from({ length: numGrounds }, (_, code) =>
  Number(code !== ground.wall && !isDoor(code)),
);

/** Cells on a map that is widened on all sides by as much as a view may reach beyond it. */
export interface SightLines {
  /** The cell of the map at each place of the widened one, -1 beyond its edge. */
  readonly cells: Int32Array;
  /** The place of each cell of the map. */
  readonly places: Int32Array;
  /**
   * For each heading, four numbers for each cell of the view, in the order in which they are looked at: which it is, the
   * two cells by which light comes to it (`viewSize ** 2` for light from nowhere), and how far from the agent's its
   * place is. In one array, because each array takes time to get at.
   */
  readonly steps: Int32Array;
}

export interface SightLinesOptions {
  rows: number;
  columns: number;
  viewSize: number;
  turns: boolean;
  seeThroughWalls: boolean;
}

export function sightLines(options: SightLinesOptions): SightLines {
  const { rows, columns, viewSize, turns, seeThroughWalls } = options;
  const margin = turns ? viewSize - 1 : (viewSize - 1) / 2;
  const width = columns + 2 * margin;
  const cells = new Int32Array((rows + 2 * margin) * width).fill(-1);
  const places = Int32Array.from(
    { length: rows * columns },
    (_, cell) => (Math.floor(cell / columns) + margin) * width + (cell % columns) + margin,
  );
  for (const [cell, place] of places.entries()) cells[place] = cell;
  const { order, straight, diagonal } = seeThroughWalls ? everywhere(viewSize) : lightPaths(viewSize, turns);
  const steps = new Int32Array(4 * 4 * order.length);
  for (const [k, i] of order.entries()) {
    let [row, column] = fromAgent(i, viewSize, turns);
    for (let heading = 0; heading < 4; heading++) {
      steps.set([i, straight[i]!, diagonal[i]!, row * width + column], 4 * (heading * order.length + k));
      // A quarter turn to the right.
      [row, column] = [column, -row];
    }
  }
  return { cells, places, steps };
}
