import { defaultRng } from "gymnasium-js";
import { invalid, show } from "../kwargs.js";

/** Rows of a lake: `S` start, `F` frozen, `H` hole, `G` goal. */
export type LakeMap = readonly string[];

/** The two maps of Gymnasium. */
export const frozenLakeMaps = {
  "4x4": ["SFFF", "FHFH", "FFFH", "HFFG"],
  "8x8": ["SFFFFFFF", "FFFFFFFF", "FFFHFFFF", "FFFFFHFF", "FFFHFFFF", "FHHFFFHF", "FHFFHFHF", "FFFHFFFG"],
} as const satisfies Record<string, LakeMap>;

/**
 * A random square map on which the goal can be reached; the same as Gymnasium's `generate_random_map(size, p, seed)`.
 * @param size side, at least 2
 * @param p probability of a frozen cell, in (0, 1]
 * @throws GymnasiumError `invalid-options` for a size or probability that cannot be
 */
export function generateRandomMap(size: number, p: number, seed: number): LakeMap {
  if (!Number.isInteger(size) || size < 2)
    throw invalid(`A map of size ${size} cannot be; give a whole number of at least 2.`);
  if (!(p > 0 && p <= 1))
    throw invalid(`The probability of frozen cells is ${p}; give one above 0 and at most 1.`);
  const rng = defaultRng(seed);
  // NumPy's choice(["F", "H"], p=[p, 1 - p]) compares with the cumulative sum divided by its last entry.
  const frozenBelow = p / (p + (1 - p));
  for (;;) {
    const cells = Array.from({ length: size * size }, (): string => (rng.random() < frozenBelow ? "F" : "H"));
    cells[0] = "S";
    cells[size * size - 1] = "G";
    const rows = Array.from({ length: size }, (_, row) => cells.slice(row * size, (row + 1) * size).join(""));
    if (goalIsReachable(rows)) return rows;
  }
}

/** @throws GymnasiumError `invalid-options` unless the rows are of one length, of known letters, with a start */
export function checkMap(desc: unknown): LakeMap {
  const rows: readonly unknown[] = Array.isArray(desc) ? desc : [];
  const first = rows[0];
  const width = typeof first === "string" ? first.length : 0;
  const sound = rows.every((row) => typeof row === "string" && row.length === width && /^[SFHG]+$/.test(row));
  if (width === 0 || !sound) {
    throw invalid(`desc is ${show(desc)}; give rows of one length, made of the letters S, F, H and G.`);
  }
  const map = rows as LakeMap;
  if (!map.some((row) => row.includes("S")))
    throw invalid(`desc ${show(desc)} has no start; mark at least one cell with S.`);
  return map;
}

/** Walks from the upper left corner over everything but holes. */
function goalIsReachable(map: LakeMap): boolean {
  const reached = new Set<number>();
  const frontier: [row: number, column: number][] = [[0, 0]];
  for (let cell = frontier.pop(); cell; cell = frontier.pop()) {
    const [row, column] = cell;
    const letter = map[row]?.[column];
    const index = row * map.length + column;
    if (letter === "G") return true;
    if (letter === undefined || letter === "H" || reached.has(index)) continue;
    reached.add(index);
    frontier.push([row + 1, column], [row, column + 1], [row - 1, column], [row, column - 1]);
  }
  return false;
}
