import type { RandomSource } from "gymnasium-js";
import { invalid, type Kwargs, rejectUnknown } from "../../kwargs.js";
import type { MapGenerator } from "../levels.js";
import { neighbourTable } from "../map.js";
import { wholeNumber } from "../options.js";

export interface SokobanOptions {
  /** Walls included, at least 5 (7). */
  rows?: number;
  /** Walls included, at least 5 (7). */
  columns?: number;
  /** At least 1, and at most a quarter of the floor (2). */
  boxes?: number;
  /** Moves played backwards from the solved level (200). */
  moves?: number;
}

export interface SokobanLevel {
  map: string[];
  /** Moves (up 0, right 1, down 2, left 3) that solve the level; not the shortest. */
  solution: number[];
}

/**
 * A level made by playing backwards: a cave with the boxes on their targets, from which a player pulls them about.
 * Where they lay farthest from home, none on a target, the level begins; the moves, backwards, solve it.
 */
export function generateSokobanLevel(rng: RandomSource, options: SokobanOptions = {}): SokobanLevel {
  rejectUnknown("Sokoban", options as Kwargs, ["rows", "columns", "boxes", "moves"]);
  const rows = wholeNumber(options as Kwargs, "rows", 7, 5);
  const columns = wholeNumber(options as Kwargs, "columns", 7, 5);
  const boxes = wholeNumber(options as Kwargs, "boxes", 2, 1);
  const moves = wholeNumber(options as Kwargs, "moves", 200, 20);
  const most = Math.floor((floorShare * (rows - 2) * (columns - 2)) / 4);
  if (boxes > most)
    throw invalid(`boxes is ${boxes}; a level of ${rows} x ${columns} has place for ${most}.`);
  for (;;) {
    const floor = carveCave(rng, rows, columns);
    const level = playBackwards(floor, neighbourTable(rows, columns), { boxes, moves, columns }, rng);
    if (level !== null) return level;
  }
}

/** Only the map. */
export function generateSokoban(rng: RandomSource, options: SokobanOptions = {}): string[] {
  return generateSokobanLevel(rng, options).map;
}

export const sokobans: MapGenerator = { letters: "#.A+o$*", generate: generateSokoban };

/** How much of the inside is floor. */
const floorShare = 0.7;

/** 1 for floor: what a random walk inside the walls has trodden when it is enough. */
function carveCave(rng: RandomSource, rows: number, columns: number): Uint8Array {
  const floor = new Uint8Array(rows * columns);
  const wanted = Math.ceil(floorShare * (rows - 2) * (columns - 2));
  let [row, column] = [1 + rng.integers(0, rows - 2), 1 + rng.integers(0, columns - 2)];
  for (let trodden = 0; trodden < wanted; ) {
    if (floor[row * columns + column] === 0) {
      floor[row * columns + column] = 1;
      trodden++;
    }
    const direction = rng.integers(0, 4);
    if (direction === 0) row = Math.max(1, row - 1);
    else if (direction === 1) column = Math.min(columns - 2, column + 1);
    else if (direction === 2) row = Math.min(rows - 2, row + 1);
    else column = Math.max(1, column - 1);
  }
  return floor;
}

interface BackwardsPlay {
  boxes: number;
  moves: number;
  columns: number;
}

/** The best level on the way; null if the boxes never all left their targets. */
function playBackwards(
  floor: Uint8Array,
  neighbours: Int32Array,
  { boxes, moves, columns }: BackwardsPlay,
  rng: RandomSource,
): SokobanLevel | null {
  const cells = shuffled(
    Array.from(floor.keys()).filter((cell) => floor[cell] === 1),
    boxes + 1,
    rng,
  );
  const targets = cells.slice(0, boxes);
  let player = cells[boxes]!;
  const at = targets.slice();
  const path: number[] = [];
  /** How much of the path lies before the boxes were all at home for the last time. */
  let solved = 0;
  let best: { score: number; at: number[]; player: number; path: number[] } | null = null;
  for (let move = 0; move < moves; move++) {
    const direction = rng.integers(0, 4);
    // The move that leads here in forward play came from the cell behind.
    const behind = neighbours[4 * player + (direction ^ 2)]!;
    if (floor[behind] === 0 || at.includes(behind)) continue;
    const pulled = at.indexOf(neighbours[4 * player + direction]!);
    if (pulled >= 0) at[pulled] = player;
    player = behind;
    path.push(direction);
    if (at.every((box) => targets.includes(box))) solved = path.length;
    const score = distanceFromHome(at, targets, columns);
    if (score > (best?.score ?? 0)) best = { score, at: at.slice(), player, path: path.slice(solved) };
  }
  if (best === null) return null;
  const map = drawLevel(floor, columns, { targets, boxes: best.at, player: best.player });
  return { map, solution: best.path.reverse() };
}

/** The first `count` of the items in random order. */
function shuffled(items: number[], count: number, rng: RandomSource): number[] {
  for (let i = 0; i < count; i++) {
    const j = rng.integers(i, items.length);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items.slice(0, count);
}

/** Sum over boxes of the steps to the nearest target, 0 if any box is on one. */
function distanceFromHome(boxes: readonly number[], targets: readonly number[], columns: number): number {
  let sum = 0;
  for (const box of boxes) {
    let nearest = Number.POSITIVE_INFINITY;
    for (const target of targets) {
      const down = Math.abs(Math.floor(box / columns) - Math.floor(target / columns));
      nearest = Math.min(nearest, down + Math.abs((box % columns) - (target % columns)));
    }
    if (nearest === 0) return 0;
    sum += nearest;
  }
  return sum;
}

interface Pieces {
  targets: readonly number[];
  boxes: readonly number[];
  player: number;
}

function drawLevel(floor: Uint8Array, columns: number, { targets, boxes, player }: Pieces): string[] {
  const letters = Array.from(floor, (isFloor, cell) => {
    if (isFloor === 0) return "#";
    if (boxes.includes(cell)) return "$";
    if (cell === player) return targets.includes(cell) ? "+" : "A";
    return targets.includes(cell) ? "o" : ".";
  }).join("");
  return Array.from({ length: floor.length / columns }, (_, row) =>
    letters.slice(row * columns, (row + 1) * columns),
  );
}
