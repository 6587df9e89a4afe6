import { ground, isDoor, numGrounds } from "./legend.js";

/** Where each cell of the view lies from the agent on the map, for each of the four headings. */
export function viewOffsets(viewSize: number, turns: boolean) {
  const numCells = viewSize * viewSize;
  const [alongRow, alongColumn] = [new Int32Array(4 * numCells), new Int32Array(4 * numCells)];
  for (let i = 0; i < numCells; i++) {
    let [row, column] = fromAgent(i, viewSize, turns);
    for (let heading = 0; heading < 4; heading++) {
      alongRow[heading * numCells + i] = row;
      alongColumn[heading * numCells + i] = column;
      // A quarter turn to the right.
      [row, column] = [column, -row];
    }
  }
  return { alongRow, alongColumn };
}

/** Row and column of a cell of the view, counted from the agent's. */
function fromAgent(i: number, viewSize: number, turns: boolean): [row: number, column: number] {
  const middle = (viewSize - 1) / 2;
  return [Math.floor(i / viewSize) - (turns ? viewSize - 1 : middle), (i % viewSize) - middle];
}

/** By which cells light comes to each: two ways, in an order in which they come before it. */
export interface LightPaths {
  readonly order: Int32Array;
  readonly straight: Int32Array;
  readonly diagonal: Int32Array;
}

/**
 * Light spreads outward from the agent: to each cell from the next nearer ones, straight along the longer axis or
 * diagonally. The agent's own cell comes first.
 */
export function lightPaths(viewSize: number, turns: boolean): LightPaths {
  const cells = Array.from({ length: viewSize * viewSize }, (_, i) => i);
  const distance = (i: number) => Math.max(...fromAgent(i, viewSize, turns).map(Math.abs));
  const straight = new Int32Array(cells.length);
  const diagonal = new Int32Array(cells.length);
  for (const i of cells) {
    const [row, column] = fromAgent(i, viewSize, turns);
    const [up, left] = [Math.sign(row) * viewSize, Math.sign(column)];
    straight[i] =
      i - (Math.abs(row) >= Math.abs(column) ? up : 0) - (Math.abs(column) >= Math.abs(row) ? left : 0);
    diagonal[i] = i - up - left;
  }
  return { order: Int32Array.from(cells.sort((a, b) => distance(a) - distance(b))), straight, diagonal };
}

/** 1 for ground that light does not pass. */
const isOpaque = Uint8Array.from({ length: numGrounds }, (_, code) =>
  Number(code === ground.wall || isDoor(code)),
);

/** Marks in `lit` which cells of a view are seen, where `seen` has the cell of the map at each, -1 beyond it. */
export function spreadLight(paths: LightPaths, grounds: Uint8Array, seen: Int32Array, lit: Uint8Array): void {
  const { order, straight, diagonal } = paths;
  lit[order[0]!] = 1;
  for (let k = 1; k < order.length; k++) {
    const i = order[k]!;
    const reached = passesOn(straight[i]!, grounds, seen, lit) || passesOn(diagonal[i]!, grounds, seen, lit);
    lit[i] = reached ? 1 : 0;
  }
}

function passesOn(i: number, grounds: Uint8Array, seen: Int32Array, lit: Uint8Array): boolean {
  return lit[i] === 1 && seen[i]! >= 0 && isOpaque[grounds[seen[i]!]!] === 0;
}
