import type { RandomSource } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../../kwargs.js";
import type { MapGenerator } from "../levels.js";
import { wholeNumber } from "../options.js";
import { type Letters, toMap } from "./letters.js";
import { carveMaze, type MazeOptions, readMazeOptions } from "./maze.js";

export interface TMazeOptions {
  /** Cells from the agent to the crossing, at least 2 (6). */
  length?: number;
}

/**
 * A corridor up to a crossing, with a goal to the left and one to the right, of which one is none: the sign beside the
 * start tells which (B. Bakker, Reinforcement learning with long short-term memory, NIPS 2001).
 */
export function generateTMaze(rng: RandomSource, options: TMazeOptions = {}): string[] {
  rejectUnknown("The T-maze", options as Kwargs, ["length"]);
  const length = wholeNumber(options as Kwargs, "length", 6, 2);
  const isLeft = rng.integers(0, 2) === 0;
  return [
    "#####",
    isLeft ? "#G.X#" : "#X.G#",
    ...new Array<string>(length - 2).fill("##.##"),
    isLeft ? "##(##" : "##)##",
    "##A##",
    "#####",
  ];
}

export const tMazes: MapGenerator = { letters: "#.AGX()", generate: generateTMaze };

/**
 * A maze with the agent in the middle of the lowest row and a goal in each upper corner, of which one is none: the
 * sign beside the start tells which. Neither lies on the way to the other.
 */
export function generateMemoryMaze(rng: RandomSource, options: MazeOptions = {}): string[] {
  const { rows, columns, algorithm } = readMazeOptions("The memory maze", options);
  const start = [rows - 2, 2 * Math.floor((columns - 1) / 4) + 1] as const;
  const isLeft = rng.integers(0, 2) === 0;
  for (;;) {
    const letters = carveMaze(rng, rows, columns, algorithm);
    letters[1]![1] = isLeft ? "G" : "X";
    letters[1]![columns - 2] = isLeft ? "X" : "G";
    letters[start[0]]![start[1]] = "A";
    if (goalsSeen(letters, start) === 2 && putSign(letters, start, isLeft ? "(" : ")")) return toMap(letters);
  }
}

export const memoryMazes: MapGenerator = { letters: "#.AGX()", generate: generateMemoryMaze };

/** How many goals can be reached without walking over one. */
function goalsSeen(letters: Letters, start: readonly [number, number]): number {
  const seen = new Set<string>();
  const frontier = [start];
  let goals = 0;
  for (let cell = frontier.pop(); cell !== undefined; cell = frontier.pop()) {
    const [row, column] = cell;
    const letter = letters[row]![column]!;
    if (letter === "#" || seen.has(`${row},${column}`)) continue;
    seen.add(`${row},${column}`);
    if (letter === "G" || letter === "X") goals++;
    else frontier.push([row - 1, column], [row, column + 1], [row + 1, column], [row, column - 1]);
  }
  return goals;
}

/** On the first floor beside the start; false if there is none. */
function putSign(letters: Letters, [row, column]: readonly [number, number], sign: string): boolean {
  for (const [r, c] of [
    [row - 1, column],
    [row, column + 1],
    [row, column - 1],
  ] as const) {
    if (letters[r]![c] !== ".") continue;
    letters[r]![c] = sign;
    return true;
  }
  return false;
}
