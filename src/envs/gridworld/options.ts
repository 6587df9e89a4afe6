import { flag, invalid, type Kwargs, probability, rejectUnknown, show } from "../kwargs.js";
import type { GridMap } from "./map.js";

/** Keywords of every gridworld; their defaults differ from task to task where a task says so. */
export interface GridworldKwargs {
  /** A map of your own instead of the task's. */
  map?: GridMap;
  /** Of tasks that generate maps: the generator's seed of the first of them (0); the others have the next seeds. */
  mapSeed?: number;
  /** Of tasks that generate maps: how many there are (200); null for a new one in every episode, without end. */
  numMaps?: number | null;
  /** Of tasks that generate maps: what the generator takes. */
  mapOptions?: object;
  /** `full`: the whole map. `partial`: what lies round the agent. */
  view?: "full" | "partial";
  /** Side of the partial view in cells, odd (7). */
  viewSize?: number;
  /** Whether walls and doors hide what is behind them from the partial view (true: they do not). */
  seeThroughWalls?: boolean;
  /** `symbolic`: planes of 0 and 1. `pixels`: a colour picture. */
  observation?: "symbolic" | "pixels";
  /** Side of a cell in a `pixels` observation (8). */
  tileSize?: number;
  /** `moves`: up, right, down, left. `moves+stay`: and a fifth to stay. `turns`: turn left, turn right, forward. */
  actions?: "moves" | "moves+stay" | "turns";
  /** Whether agents start on bare floor anywhere, and with any heading, rather than where the map has them (false). */
  randomStart?: boolean;
  /** Probability that a move goes off at a right angle, to either side alike (0). */
  slip?: number;
  /** For every step (-0.01). */
  stepReward?: number;
  /** On top, when every agent stands on a goal and every target has a box (1). */
  goalReward?: number;
  /** On top, for walking into lava, which ends the episode (-1). */
  lavaReward?: number;
  /** On top, for touching a hazard, which ends the episode (-1). */
  hazardReward?: number;
  /** On top, for walking onto a goal that is none, which ends the episode (-1). */
  decoyReward?: number;
  /** On top, for a box pushed onto a target; taken back when it leaves (0). */
  boxReward?: number;
}

export type GridworldOptions = Required<Omit<GridworldKwargs, "map">> & { map: GridMap | null };

const fallbacks: GridworldOptions = {
  map: null,
  mapSeed: 0,
  numMaps: 200,
  mapOptions: {},
  view: "full",
  viewSize: 7,
  seeThroughWalls: true,
  observation: "symbolic",
  tileSize: 8,
  actions: "moves",
  randomStart: false,
  slip: 0,
  stepReward: -0.01,
  goalReward: 1,
  lavaReward: -1,
  hazardReward: -1,
  decoyReward: -1,
  boxReward: 0,
};

/**
 * @param defaults the task's own
 * @throws GymnasiumError `invalid-options`
 */
export function readOptions(id: string, given: object, defaults: GridworldKwargs): GridworldOptions {
  rejectUnknown(id, given as Kwargs, Object.keys(fallbacks));
  const known = { ...fallbacks, ...defaults };
  const kwargs = given as Kwargs;
  return {
    map: (kwargs["map"] ?? known.map ?? null) as GridMap | null,
    mapSeed: wholeNumber(kwargs, "mapSeed", known.mapSeed, 0),
    numMaps: numMaps(kwargs, known.numMaps),
    mapOptions: { ...known.mapOptions, ...plainObject(kwargs, "mapOptions") },
    view: choice(kwargs, "view", ["full", "partial"], known.view),
    viewSize: viewSize(kwargs, known.viewSize),
    seeThroughWalls: flag(kwargs, "seeThroughWalls", known.seeThroughWalls),
    observation: choice(kwargs, "observation", ["symbolic", "pixels"], known.observation),
    tileSize: wholeNumber(kwargs, "tileSize", known.tileSize, 1),
    actions: choice(kwargs, "actions", ["moves", "moves+stay", "turns"], known.actions),
    randomStart: flag(kwargs, "randomStart", known.randomStart),
    slip: probability(kwargs, "slip", known.slip),
    stepReward: finite(kwargs, "stepReward", known.stepReward),
    goalReward: finite(kwargs, "goalReward", known.goalReward),
    lavaReward: finite(kwargs, "lavaReward", known.lavaReward),
    hazardReward: finite(kwargs, "hazardReward", known.hazardReward),
    decoyReward: finite(kwargs, "decoyReward", known.decoyReward),
    boxReward: finite(kwargs, "boxReward", known.boxReward),
  };
}

/** A whole number of at least `least`. */
export function wholeNumber(kwargs: Kwargs, name: string, fallback: number, least: number): number {
  const value = kwargs[name] ?? fallback;
  if (typeof value !== "number" || !Number.isInteger(value) || value < least) {
    throw invalid(`${name} is ${show(value)}; give a whole number of at least ${least}.`);
  }
  return value;
}

/** One of some strings. */
export function choice<T extends string>(
  kwargs: Kwargs,
  name: string,
  allowed: readonly T[],
  fallback: T,
): T {
  const value = kwargs[name] ?? fallback;
  if (allowed.includes(value as T)) return value as T;
  throw invalid(`${name} is ${show(value)}; give ${allowed.map(show).join(" or ")}.`);
}

function finite(kwargs: Kwargs, name: string, fallback: number): number {
  const value = kwargs[name] ?? fallback;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw invalid(`${name} is ${show(value)}; give a finite number.`);
  }
  return value;
}

function numMaps(kwargs: Kwargs, fallback: number | null): number | null {
  const value = kwargs["numMaps"] === undefined ? fallback : kwargs["numMaps"];
  return value === null ? null : wholeNumber({ numMaps: value }, "numMaps", 1, 1);
}

function viewSize(kwargs: Kwargs, fallback: number): number {
  const value = wholeNumber(kwargs, "viewSize", fallback, 1);
  if (value % 2 === 0) throw invalid(`viewSize is ${value}; give an odd number, so that there is a middle.`);
  return value;
}

function plainObject(kwargs: Kwargs, name: string): object {
  const value = kwargs[name] ?? {};
  if (typeof value !== "object" || Array.isArray(value)) {
    throw invalid(`${name} is ${show(value)}; give an object of options.`);
  }
  return value as object;
}
