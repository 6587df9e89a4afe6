import type { GymnasiumError } from "gymnasium-js";
import { invalid, show } from "../kwargs.js";
import { ground, isAgent, legend, mostAgents, occupant } from "./legend.js";

/** Rows of a map, all of one length, in the letters of `legend`. */
export type GridMap = readonly string[];

/** A map read: cells are numbered row after row, from 0. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
  /** Ground code of each cell. */
  readonly ground: Uint8Array;
  /** Occupant code of each cell. */
  readonly occupant: Uint8Array;
  /** Cells of the agents, in reading order. */
  readonly agents: Int32Array;
  /** Cells of the hazards, in reading order. */
  readonly hazards: Int32Array;
  /** Two cells for each digit from 1 to 9; -1 where the map lacks it. */
  readonly teleports: Int32Array;
  /** Targets without a box. */
  readonly openTargets: number;
  readonly hasGoal: boolean;
  readonly hasTarget: boolean;
  /** Where an agent may be put at random: all bare floor, agents' own cells included. */
  readonly startCells: Int32Array;
}

/**
 * Reads a map. Rows and columns in messages count from 1.
 * @throws GymnasiumError `invalid-options` for rows of unequal length, unknown letters, no agent, more than 8 agents,
 * more targets than boxes, or a digit that does not come twice
 */
export function parseMap(map: unknown): Grid {
  const lines = requireRows(map);
  const columns = lines[0]!.length;
  const grounds = new Uint8Array(lines.length * columns);
  const occupants = new Uint8Array(lines.length * columns);
  for (let cell = 0; cell < grounds.length; cell++) {
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    const letter = lines[row]![column]!;
    const meaning = legend[letter];
    if (meaning === undefined) throw unknownLetter(letter, row, column);
    grounds[cell] = meaning.ground;
    occupants[cell] = meaning.occupant;
  }
  const agents = cellsWhere(occupants, isAgent);
  for (const [index, cell] of agents.entries()) occupants[cell] = occupant.agent + 4 * index;
  requireAgents(agents.length);
  const targets = cellsWhere(grounds, (code) => code === ground.target);
  requireBoxes(targets.length, cellsWhere(occupants, (code) => code === occupant.box).length);
  return {
    rows: lines.length,
    columns,
    ground: grounds,
    occupant: occupants,
    agents,
    hazards: cellsWhere(occupants, (code) => code >= occupant.wanderer && code < occupant.agent),
    teleports: pairs(grounds, columns),
    openTargets: targets.filter((cell) => occupants[cell] !== occupant.box).length,
    hasGoal: grounds.includes(ground.goal),
    hasTarget: targets.length > 0,
    startCells: cellsWhere(
      grounds,
      (code, cell) =>
        code === ground.floor && (occupants[cell] === occupant.none || isAgent(occupants[cell]!)),
    ),
  };
}

function requireRows(map: unknown): GridMap {
  const rows: readonly unknown[] = Array.isArray(map) ? map : [];
  if (rows.length === 0 || rows.some((row) => typeof row !== "string" || row === "")) {
    throw invalid(`map is ${show(map)}; give an array of strings, one for each row.`);
  }
  const lines = rows as GridMap;
  const width = lines[0]!.length;
  const odd = lines.findIndex((line) => line.length !== width);
  if (odd >= 0) {
    throw invalid(`map: row ${odd + 1} has ${lines[odd]!.length} letters, but row 1 has ${width}.`);
  }
  return lines;
}

function unknownLetter(letter: string, row: number, column: number): GymnasiumError {
  return invalid(
    `map: row ${row + 1}, column ${column + 1} is ${show(letter)}, which is not in the legend ${Object.keys(legend).join("")}.`,
  );
}

function requireAgents(count: number): void {
  if (count === 0) throw invalid("map: there is no agent; mark where it starts with A.");
  if (count > mostAgents) throw invalid(`map: there are ${count} agents; give at most ${mostAgents}.`);
}

function requireBoxes(targets: number, boxes: number): void {
  if (targets > boxes) throw invalid(`map: there are ${targets} targets, but only ${boxes} boxes for them.`);
}

/** The two cells of each digit. */
function pairs(grounds: Uint8Array, columns: number): Int32Array {
  const ends = new Int32Array(18).fill(-1);
  for (let pair = 0; pair < 9; pair++) {
    const found = cellsWhere(grounds, (code) => code === ground.teleport + pair);
    if (found.length !== 0 && found.length !== 2) {
      const [row, column] = [Math.floor(found[0]! / columns), found[0]! % columns];
      throw invalid(
        `map: the teleport ${show(String(pair + 1))} in row ${row + 1}, column ${column + 1} is one of ${found.length}; give two of each digit.`,
      );
    }
    ends.set(found, 2 * pair);
  }
  return ends;
}

function cellsWhere(codes: Uint8Array, accepts: (code: number, cell: number) => boolean): Int32Array {
  const cells: number[] = [];
  for (let cell = 0; cell < codes.length; cell++) if (accepts(codes[cell]!, cell)) cells.push(cell);
  return Int32Array.from(cells);
}

/** The cell next to each in each direction, at `4 * cell + direction`; -1 beyond the edge. */
export function neighbourTable(rows: number, columns: number): Int32Array {
  const table = new Int32Array(4 * rows * columns);
  for (let cell = 0; cell < rows * columns; cell++) {
    const column = cell % columns;
    table[4 * cell] = cell >= columns ? cell - columns : -1;
    table[4 * cell + 1] = column + 1 < columns ? cell + 1 : -1;
    table[4 * cell + 2] = cell + columns < rows * columns ? cell + columns : -1;
    table[4 * cell + 3] = column > 0 ? cell - 1 : -1;
  }
  return table;
}

/** The other end of the teleport on `cell`. */
export function otherEnd(teleports: Int32Array, code: number, cell: number): number {
  const first = 2 * (code - ground.teleport);
  return teleports[first] === cell ? teleports[first + 1]! : teleports[first]!;
}
