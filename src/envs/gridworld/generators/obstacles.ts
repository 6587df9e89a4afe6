import type { RandomSource } from "gymnasium-js";
import { invalid, type Kwargs, rejectUnknown } from "../../kwargs.js";
import type { MapGenerator } from "../levels.js";
import { wholeNumber } from "../options.js";
import { drawStrided, putAnywhere, toMap, walledRoom } from "./letters.js";
import { oddNumber } from "./size.js";

export interface LavaCrossingOptions {
  /** Side, odd, walls included (9). */
  size?: number;
  /** Streams of lava to cross (2). */
  streams?: number;
}

/**
 * A room with streams of lava from wall to wall, on even columns, each with one gap. The agent is at the upper left,
 * the goal at the lower right. After MiniGrid's LavaCrossing (arXiv:2306.13831).
 */
export function generateLavaCrossing(rng: RandomSource, options: LavaCrossingOptions = {}): string[] {
  rejectUnknown("The lava crossing", options as Kwargs, ["size", "streams"]);
  const size = oddNumber(options, "size", 9, 5);
  const streams = wholeNumber(options as Kwargs, "streams", 2, 0);
  const places = (size - 3) / 2;
  if (streams > places)
    throw invalid(`streams is ${streams}; a room of size ${size} has place for ${places}.`);
  const letters = walledRoom(size, size);
  for (let stream = 0, column = 0; stream < streams; stream++) {
    // Each leaves enough places for those that follow.
    column = drawStrided(rng, column + 2, size - 3 - 2 * (streams - 1 - stream), 2);
    const gap = 1 + rng.integers(0, size - 2);
    for (let row = 1; row < size - 1; row++) if (row !== gap) letters[row]![column] = "L";
  }
  letters[1]![1] = "A";
  letters[size - 2]![size - 2] = "G";
  return toMap(letters);
}

export const lavaCrossings: MapGenerator = { letters: "#.AGL", generate: generateLavaCrossing };

export interface DynamicObstaclesOptions {
  /** Side, walls included (8). */
  size?: number;
  /** Random walkers (4). */
  hazards?: number;
}

/**
 * A room in which random walkers start anywhere. The agent is at the upper left, the goal at the lower right; no
 * walker starts beside the agent. After MiniGrid's Dynamic-Obstacles (arXiv:2306.13831).
 */
export function generateDynamicObstacles(rng: RandomSource, options: DynamicObstaclesOptions = {}): string[] {
  rejectUnknown("Dynamic obstacles", options as Kwargs, ["size", "hazards"]);
  const size = wholeNumber(options as Kwargs, "size", 8, 5);
  const hazards = wholeNumber(options as Kwargs, "hazards", 4, 0);
  const places = (size - 2) ** 2 - 4;
  if (hazards > places)
    throw invalid(`hazards is ${hazards}; a room of size ${size} has place for ${places}.`);
  const letters = walledRoom(size, size);
  letters[1]![1] = "A";
  letters[size - 2]![size - 2] = "G";
  // Kept free while the walkers are put down.
  letters[1]![2] = " ";
  letters[2]![1] = " ";
  for (let hazard = 0; hazard < hazards; hazard++) putAnywhere(letters, "?", rng);
  return toMap(letters);
}

export const dynamicObstacles: MapGenerator = { letters: "# .AG?", generate: generateDynamicObstacles };
