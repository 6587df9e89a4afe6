/** Clockwise, so that a right turn adds 1: up, right, down, left. */
export const directions = ["up", "right", "down", "left"] as const;
export const colours = ["red", "blue", "yellow", "purple"] as const;

/**
 * What the ground of a cell is, one small integer each. Families stand in a row: `oneWay + direction`,
 * `key + colour`, `door + colour`, `sign + 0 or 1`, `teleport + digit - 1`.
 */
export const ground = {
  floor: 0,
  wall: 1,
  goal: 2,
  /** Looks like a goal and is none. */
  decoy: 3,
  lava: 4,
  ice: 5,
  target: 6,
  oneWay: 7,
  key: 11,
  door: 15,
  sign: 19,
  teleport: 21,
} as const;

export const numGrounds = 30;

/** Who or what stands on a cell: `patrol + direction`, `agent + 4 * index + heading`. */
export const occupant = { none: 0, box: 1, wanderer: 2, patrol: 3, agent: 7 } as const;

export const mostAgents = 8;

export interface LetterMeaning {
  readonly ground: number;
  readonly occupant: number;
}

/** The language of maps: what each letter puts on its cell. */
export const legend: Readonly<Record<string, LetterMeaning>> = {
  ".": on(ground.floor),
  " ": on(ground.floor),
  "#": on(ground.wall),
  A: on(ground.floor, occupant.agent),
  "+": on(ground.target, occupant.agent),
  G: on(ground.goal),
  X: on(ground.decoy),
  L: on(ground.lava),
  "~": on(ground.ice),
  "^": on(ground.oneWay),
  ">": on(ground.oneWay + 1),
  v: on(ground.oneWay + 2),
  "<": on(ground.oneWay + 3),
  r: on(ground.key),
  b: on(ground.key + 1),
  y: on(ground.key + 2),
  p: on(ground.key + 3),
  R: on(ground.door),
  B: on(ground.door + 1),
  Y: on(ground.door + 2),
  P: on(ground.door + 3),
  "(": on(ground.sign),
  ")": on(ground.sign + 1),
  o: on(ground.target),
  $: on(ground.floor, occupant.box),
  "*": on(ground.target, occupant.box),
  "-": on(ground.floor, occupant.patrol + 1),
  "|": on(ground.floor, occupant.patrol + 2),
  "?": on(ground.floor, occupant.wanderer),
  ...Object.fromEntries(Array.from({ length: 9 }, (_, i) => [String(i + 1), on(ground.teleport + i)])),
};

function on(groundCode: number, occupantCode: number = occupant.none): LetterMeaning {
  return { ground: groundCode, occupant: occupantCode };
}

const isWithin = (first: number, count: number) => (code: number) => code >= first && code < first + count;

export const isOneWay = isWithin(ground.oneWay, 4);
export const isKey = isWithin(ground.key, colours.length);
export const isDoor = isWithin(ground.door, colours.length);
export const isTeleport = isWithin(ground.teleport, 9);
export const isPatrol = isWithin(occupant.patrol, 4);
export const isAgent = isWithin(occupant.agent, 4 * mostAgents);

export const numOccupants = occupant.agent + 4 * mostAgents;

/**
 * What ground is to someone with a heading, at `numGrounds * heading + code`: directions count from theirs. A table,
 * because views look it up for every cell.
 */
export const turnedGround = new Uint8Array(4 * numGrounds);
/** The same for occupants, at `numOccupants * heading + code`. */
export const turnedOccupant = new Uint8Array(4 * numOccupants);
for (let heading = 0; heading < 4; heading++) {
  for (let code = 0; code < numGrounds; code++) {
    turnedGround[numGrounds * heading + code] = isOneWay(code) ? turned(code, ground.oneWay, heading) : code;
  }
  for (let code = 0; code < numOccupants; code++) {
    const first = code < occupant.agent ? occupant.patrol : occupant.agent;
    turnedOccupant[numOccupants * heading + code] = code < first ? code : turned(code, first, heading);
  }
}

/** A code of a family of directions (or of several, one after the other) that begins at `first`. */
function turned(code: number, first: number, heading: number): number {
  const facing = (code - first) & 3;
  return code - facing + ((facing - heading) & 3);
}
