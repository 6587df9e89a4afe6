import type { RandomSource } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../../kwargs.js";
import type { MapGenerator } from "../levels.js";
import { drawStrided, type Letters, putAnywhere, toMap, walledRoom } from "./letters.js";
import { oddNumber } from "./size.js";

export interface RoomsOptions {
  /** Odd, walls included (13). */
  rows?: number;
  /** Odd, walls included (13). */
  columns?: number;
  /** Least side of a room in cells, odd (3). */
  minRoom?: number;
}

/**
 * Rooms by binary space partitioning: a wall with one gap divides the floor, then each half in the same way, while
 * rooms of `minRoom` fit. All rooms are connected: walls stand on even rows and columns and gaps on odd ones, so that
 * no wall ends at a gap. Agent and goal are anywhere.
 */
export function generateRooms(rng: RandomSource, options: RoomsOptions = {}): string[] {
  rejectUnknown("Rooms", options as Kwargs, ["rows", "columns", "minRoom"]);
  const rows = oddNumber(options, "rows", 13, 5);
  const columns = oddNumber(options, "columns", 13, 5);
  const minRoom = oddNumber(options, "minRoom", 3, 1);
  const letters = walledRoom(rows, columns);
  divide(letters, { top: 1, left: 1, bottom: rows - 2, right: columns - 2 }, minRoom, rng);
  putAnywhere(letters, "A", rng);
  putAnywhere(letters, "G", rng);
  return toMap(letters);
}

export const rooms: MapGenerator = { letters: "#.AG", generate: generateRooms };

/** Rows and columns of floor, both ends included. */
interface Area {
  top: number;
  left: number;
  bottom: number;
  right: number;
}

function divide(letters: Letters, area: Area, minRoom: number, rng: RandomSource): void {
  const { top, left, bottom, right } = area;
  const [height, width] = [bottom - top + 1, right - left + 1];
  if (Math.max(height, width) < 2 * minRoom + 1) return;
  if (height > width || (height === width && rng.integers(0, 2) === 0)) {
    const wall = drawStrided(rng, top + minRoom, bottom - minRoom, 2);
    const gap = drawStrided(rng, left, right, 2);
    for (let column = left; column <= right; column++) letters[wall]![column] = column === gap ? "." : "#";
    divide(letters, { ...area, bottom: wall - 1 }, minRoom, rng);
    divide(letters, { ...area, top: wall + 1 }, minRoom, rng);
  } else {
    const wall = drawStrided(rng, left + minRoom, right - minRoom, 2);
    const gap = drawStrided(rng, top, bottom, 2);
    for (let row = top; row <= bottom; row++) letters[row]![wall] = row === gap ? "." : "#";
    divide(letters, { ...area, right: wall - 1 }, minRoom, rng);
    divide(letters, { ...area, left: wall + 1 }, minRoom, rng);
  }
}

export interface FourRoomsOptions {
  /** Odd, walls included, at least 7 (13). */
  size?: number;
}

/**
 * Four rooms in a square, each joined to its two neighbours by a gap anywhere in the wall between them; agent and
 * goal are anywhere. After R. S. Sutton, D. Precup and S. Singh, Between MDPs and semi-MDPs, Artificial Intelligence
 * 112, 1999, whose own map is that of Ludus/FourRooms-v0.
 */
export function generateFourRooms(rng: RandomSource, options: FourRoomsOptions = {}): string[] {
  rejectUnknown("Four rooms", options as Kwargs, ["size"]);
  const size = oddNumber(options, "size", 13, 7);
  const middle = (size - 1) / 2;
  const letters = walledRoom(size, size);
  for (let i = 1; i < size - 1; i++) {
    letters[i]![middle] = "#";
    letters[middle]![i] = "#";
  }
  for (const from of [1, middle + 1]) {
    letters[from + rng.integers(0, middle - 1)]![middle] = ".";
    letters[middle]![from + rng.integers(0, middle - 1)] = ".";
  }
  putAnywhere(letters, "A", rng);
  putAnywhere(letters, "G", rng);
  return toMap(letters);
}

export const fourRooms: MapGenerator = { letters: "#.AG", generate: generateFourRooms };
