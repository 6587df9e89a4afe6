import { defaultRng, type RandomSource } from "gymnasium-js";
import { invalid } from "../kwargs.js";
import { type Grid, type GridMap, parseMap } from "./map.js";
import type { GridworldOptions } from "./options.js";

/** Makes maps: all of one size and with one number of agents and hazards. */
export interface MapGenerator {
  /** All letters that its maps may have. */
  readonly letters: string;
  /**
   * @param options what came as `mapOptions`, to be checked
   * @throws GymnasiumError `invalid-options`
   */
  generate(rng: RandomSource, options: object): GridMap;
}

/** A map read, and its picture at the start of an episode once one was made. */
export interface Level {
  readonly grid: Grid;
  picture: Uint8Array | null;
}

/** The maps of a task. */
export interface Levels {
  /** A level that has the size of all. */
  readonly first: Level;
  /** All letters that may come. */
  readonly letters: string;
  /** Whether there is but one level. */
  readonly fixed: boolean;
  /** The level of the next episode. */
  next(rng: RandomSource): Level;
}

/** The one level of a map. */
export function levelOfMap(map: GridMap): Levels {
  const first: Level = { grid: parseMap(map), picture: null };
  return { first, letters: map.join(""), fixed: true, next: () => first };
}

/**
 * Levels of a generator. With `numMaps`, level i is that of the generator's seed `mapSeed + i`, made when it first comes,
 * and each episode draws one of them (`integers`; nothing if there is one). Without, each episode's map comes from its
 * own draws.
 */
export function generatedLevels(id: string, generator: MapGenerator, options: GridworldOptions): Levels {
  const { mapSeed, numMaps, mapOptions } = options;
  const generate = (rng: RandomSource): Level => ({
    grid: parseMap(generator.generate(rng, mapOptions)),
    picture: null,
  });
  const first = generate(defaultRng(mapSeed));
  const checked = (level: Level) => requireSameSize(id, level, first.grid);
  const { letters } = generator;
  if (numMaps === null) return { first, letters, fixed: false, next: (rng) => checked(generate(rng)) };
  const made = new Map([[0, first]]);
  return {
    first,
    letters,
    fixed: numMaps === 1,
    next(rng) {
      const number = numMaps === 1 ? 0 : rng.integers(0, numMaps);
      const known = made.get(number);
      if (known !== undefined) return known;
      const level = checked(generate(defaultRng(mapSeed + number)));
      made.set(number, level);
      return level;
    },
  };
}

function requireSameSize(id: string, level: Level, first: Grid): Level {
  const { rows, columns, agents, hazards } = level.grid;
  const same =
    rows === first.rows &&
    columns === first.columns &&
    agents.length === first.agents.length &&
    hazards.length === first.hazards.length;
  if (same) return level;
  throw invalid(
    `${id}: the generator gave a map of ${sizeText(level.grid)} after one of ${sizeText(first)}; give maps of one size.`,
  );
}

function sizeText({ rows, columns, agents, hazards }: Grid): string {
  return `${rows} x ${columns} with ${agents.length} agents and ${hazards.length} hazards`;
}
