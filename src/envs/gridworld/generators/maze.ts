import type { RandomSource } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../../kwargs.js";
import type { MapGenerator } from "../levels.js";
import { choice } from "../options.js";
import { filled, type Letters, toMap } from "./letters.js";
import { oddNumber } from "./size.js";

export type MazeAlgorithm = "recursive-backtracker" | "wilson";

export interface MazeOptions {
  /** Odd, walls included (11). */
  rows?: number;
  /** Odd, walls included (11). */
  columns?: number;
  /**
   * `recursive-backtracker` (the default): depth-first, long winding ways. `wilson`: every maze alike, by loop-erased
   * random walks (D. B. Wilson, Generating random spanning trees more quickly than the cover time, STOC 1996).
   */
  algorithm?: MazeAlgorithm;
}

/** A maze with one way between any two cells: the agent at the upper left, the goal at the lower right. */
export function generateMaze(rng: RandomSource, options: MazeOptions = {}): string[] {
  const { rows, columns, algorithm } = readMazeOptions("The maze", options);
  const letters = carveMaze(rng, rows, columns, algorithm);
  letters[1]![1] = "A";
  letters[rows - 2]![columns - 2] = "G";
  return toMap(letters);
}

export const mazes: MapGenerator = { letters: "#.AG", generate: generateMaze };

/** @throws GymnasiumError `invalid-options` */
export function readMazeOptions(name: string, options: MazeOptions): Required<MazeOptions> {
  rejectUnknown(name, options as Kwargs, ["rows", "columns", "algorithm"]);
  return {
    rows: oddNumber(options, "rows", 11, 5),
    columns: oddNumber(options, "columns", 11, 5),
    algorithm: choice(
      options as Kwargs,
      "algorithm",
      ["recursive-backtracker", "wilson"],
      "recursive-backtracker",
    ),
  };
}

/** Walls with the ways of a maze; rooms are where row and column are odd. */
export function carveMaze(
  rng: RandomSource,
  rows: number,
  columns: number,
  algorithm: MazeAlgorithm,
): Letters {
  const letters = filled(rows, columns, "#");
  const size = { rows: (rows - 1) / 2, columns: (columns - 1) / 2 };
  const open = (room: number, direction: number) => {
    const [row, column] = [2 * Math.floor(room / size.columns) + 1, 2 * (room % size.columns) + 1];
    letters[row]![column] = ".";
    const [down, right] = steps[direction]!;
    letters[row + down]![column + right] = ".";
    letters[row + 2 * down]![column + 2 * right] = ".";
  };
  (algorithm === "wilson" ? wilson : recursiveBacktracker)(rng, size, open);
  return letters;
}

interface MazeSize {
  rows: number;
  columns: number;
}

/** Opens the way from a room to its neighbour. */
type Open = (room: number, direction: number) => void;

const steps = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

/** Depth-first search that goes on to a room not seen yet, any of them alike, and back where there is none. */
function recursiveBacktracker(rng: RandomSource, size: MazeSize, open: Open): void {
  const seen = new Uint8Array(size.rows * size.columns);
  const way = [0];
  seen[0] = 1;
  while (way.length > 0) {
    const room = way.at(-1)!;
    const ways = [0, 1, 2, 3].filter((direction) => seen[neighbour(size, room, direction)] === 0);
    if (ways.length === 0) {
      way.pop();
      continue;
    }
    const direction = ways[rng.integers(0, ways.length)]!;
    const next = neighbour(size, room, direction);
    open(room, direction);
    seen[next] = 1;
    way.push(next);
  }
}

/** From each room outside the tree a random walk until it meets the tree; its loops erased, it joins the tree. */
function wilson(rng: RandomSource, size: MazeSize, open: Open): void {
  const numRooms = size.rows * size.columns;
  const inTree = new Uint8Array(numRooms);
  /** By which direction the walk last left a room: following these erases the loops. */
  const exits = new Int8Array(numRooms);
  inTree[0] = 1;
  for (let start = 1; start < numRooms; start++) {
    for (let room = start; inTree[room] === 0; ) {
      const direction = rng.integers(0, 4);
      const next = neighbour(size, room, direction);
      if (next < 0) continue;
      exits[room] = direction;
      room = next;
    }
    for (let room = start; inTree[room] === 0; room = neighbour(size, room, exits[room]!)) {
      inTree[room] = 1;
      open(room, exits[room]!);
    }
  }
}

/** -1 beyond the edge. */
function neighbour({ rows, columns }: MazeSize, room: number, direction: number): number {
  const [down, right] = steps[direction]!;
  const row = Math.floor(room / columns) + down;
  const column = (room % columns) + right;
  return row >= 0 && row < rows && column >= 0 && column < columns ? row * columns + column : -1;
}
