import type { Transition, TransitionTable } from "gymnasium-js";
import { taxiMap, taxiStops } from "./taxi-map.js";

/** South, north, east, west, and what is done with the passenger. */
export const taxiActions = ["South", "North", "East", "West", "Pickup", "Dropoff"] as const;

/** Rows and columns of the square. */
const side = 5;
/** The passenger's place when in the taxi; 0 to 3 are the stops. */
export const inTaxi = 4;

/** What a state says. */
export interface TaxiSituation {
  /** Cell of the taxi, row after row. */
  taxi: number;
  /** Index of a stop, or `inTaxi`. */
  passenger: number;
  /** Index of a stop. */
  destination: number;
}

/** ((row * 5 + column) * 5 + passenger) * 4 + destination */
export function encodeTaxi({ taxi, passenger, destination }: TaxiSituation): number {
  return (taxi * 5 + passenger) * 4 + destination;
}

export function decodeTaxi(state: number): TaxiSituation {
  return {
    taxi: Math.floor(state / 20),
    passenger: Math.floor(state / 4) % 5,
    destination: state % 4,
  };
}

const allStates = Array.from({ length: side * side * 5 * 4 }, (_, state) => state);

/** States in which an episode may begin: the passenger waits, and not where it wants to go. */
export const taxiStarts: readonly number[] = allStates.filter((state) => {
  const { passenger, destination } = decodeTaxi(state);
  return passenger !== inTaxi && passenger !== destination;
});

/**
 * All outcomes of all actions.
 * @param successRate probability that a move which no wall blocks goes where it is told, else off at a right angle to
 * either side alike; null if all moves are sure
 */
export function taxiTable(successRate: number | null): TransitionTable {
  return allStates.map((state) =>
    taxiActions.map((_, action) => {
      if (action === 4) return [pickUp(state)];
      if (action === 5) return [dropOff(state)];
      return drive(state, action, successRate);
    }),
  );
}

/** To the driver's left and right, by the direction that was meant; draws select them in this order. */
const slips: readonly (readonly [left: number, right: number])[] = [
  [2, 3],
  [3, 2],
  [1, 0],
  [0, 1],
];

function drive(state: number, action: number, successRate: number | null): Transition[] {
  const situation = decodeTaxi(state);
  const { taxi } = situation;
  const to = (cell: number, probability: number): Transition => ({
    probability,
    nextState: encodeTaxi({ ...situation, taxi: cell }),
    reward: -1,
    terminated: false,
  });
  const ahead = neighbour(taxi, action);
  if (successRate === null) return [to(ahead, 1)];
  const slipRate = (1 - successRate) / 2;
  // A taxi before a wall does not slip, but its outcomes stay three.
  const sides = slips[action]!.map((direction) => (ahead === taxi ? taxi : neighbour(taxi, direction)));
  return [to(ahead, successRate), ...sides.map((cell) => to(cell, slipRate))];
}

function pickUp(state: number): Transition {
  const situation = decodeTaxi(state);
  if (situation.taxi !== taxiStops[situation.passenger]) return illegal(state);
  const nextState = encodeTaxi({ ...situation, passenger: inTaxi });
  return { probability: 1, nextState, reward: -1, terminated: false };
}

function dropOff(state: number): Transition {
  const situation = decodeTaxi(state);
  const stop = taxiStops.indexOf(situation.taxi);
  if (situation.passenger !== inTaxi || stop < 0) return illegal(state);
  const terminated = stop === situation.destination;
  const nextState = encodeTaxi({ ...situation, passenger: stop });
  return { probability: 1, nextState, reward: terminated ? 20 : -1, terminated };
}

function illegal(state: number): Transition {
  return { probability: 1, nextState: state, reward: -10, terminated: false };
}

/** The cell that a move leads to; the taxi's own where a wall is in the way. */
function neighbour(taxi: number, direction: number): number {
  const row = Math.floor(taxi / side);
  const column = taxi % side;
  if (direction === 0) return row === side - 1 ? taxi : taxi + side;
  if (direction === 1) return row === 0 ? taxi : taxi - side;
  const border = taxiMap[row + 1]![2 * column + (direction === 2 ? 2 : 0)];
  if (border !== ":") return taxi;
  return direction === 2 ? taxi + 1 : taxi - 1;
}

/** 1 for each action that, if it goes as told, changes something: `[state, action]` of a `taxiTable`. */
export function taxiMasks(P: TransitionTable): Int8Array {
  return Int8Array.from(
    P.flatMap((actions, state) => actions.map(([asTold]) => Number(asTold!.nextState !== state))),
  );
}
