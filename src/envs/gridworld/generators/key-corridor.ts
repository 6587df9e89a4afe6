import type { RandomSource } from "gymnasium-js";
import { type Kwargs, rejectUnknown } from "../../kwargs.js";
import type { MapGenerator } from "../levels.js";
import { wholeNumber } from "../options.js";
import { filled, toMap } from "./letters.js";

export interface KeyCorridorOptions {
  /** Side of a room in cells (3). */
  roomSize?: number;
  /** Rooms on each side of the corridor (3). */
  roomsPerSide?: number;
}

/**
 * A corridor with rooms on either side, open to it but for one, which is locked and has the goal; its key lies in one
 * of the others. After MiniGrid's KeyCorridor (M. Chevalier-Boisvert et al., arXiv:2306.13831).
 */
export function generateKeyCorridor(rng: RandomSource, options: KeyCorridorOptions = {}): string[] {
  rejectUnknown("The key corridor", options as Kwargs, ["roomSize", "roomsPerSide"]);
  const roomSize = wholeNumber(options as Kwargs, "roomSize", 3, 1);
  const perSide = wholeNumber(options as Kwargs, "roomsPerSide", 3, 1);
  const corridor = roomSize + 2;
  const letters = filled(perSide * (roomSize + 1) + 1, 2 * roomSize + 5, "#");
  for (let row = 1; row < letters.length - 1; row++) letters[row]![corridor] = ".";

  const numRooms = 2 * perSide;
  const locked = rng.integers(0, numRooms);
  const withKey = (locked + 1 + rng.integers(0, numRooms - 1)) % numRooms;
  for (let room = 0; room < numRooms; room++) {
    const isLeft = room < perSide;
    const top = (room % perSide) * (roomSize + 1) + 1;
    const left = isLeft ? 1 : corridor + 2;
    for (let row = top; row < top + roomSize; row++) letters[row]!.fill(".", left, left + roomSize);
    const anyCell = () => [top + rng.integers(0, roomSize), left + rng.integers(0, roomSize)] as const;
    letters[top + rng.integers(0, roomSize)]![isLeft ? corridor - 1 : corridor + 1] =
      room === locked ? "R" : ".";
    const [row, column] = anyCell();
    if (room === locked) letters[row]![column] = "G";
    else if (room === withKey) letters[row]![column] = "r";
  }
  letters[1 + rng.integers(0, letters.length - 2)]![corridor] = "A";
  return toMap(letters);
}

export const keyCorridors: MapGenerator = { letters: "#.AGrR", generate: generateKeyCorridor };
