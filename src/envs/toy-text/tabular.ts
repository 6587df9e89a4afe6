import type { RandomSource, TransitionTable } from "gymnasium-js";

/** A transition table in flat arrays: `width` places per state and action, in the order in which draws select them. */
export interface FlatTable {
  readonly numActions: number;
  /** The most outcomes that an action has. */
  readonly width: number;
  readonly nextState: Int32Array;
  readonly probability: Float64Array;
  readonly reward: Float64Array;
  readonly terminated: Uint8Array;
  /** Probability of this outcome and those before it, summed as NumPy does; 0 in places without an outcome. */
  readonly bound: Float64Array;
}

export function flattenTable(P: TransitionTable): FlatTable {
  const numActions = P[0]?.length ?? 0;
  const width = Math.max(...P.flat().map((outcomes) => outcomes.length));
  const size = P.length * numActions * width;
  const flat: FlatTable = {
    numActions,
    width,
    nextState: new Int32Array(size),
    probability: new Float64Array(size),
    reward: new Float64Array(size),
    terminated: new Uint8Array(size),
    bound: new Float64Array(size),
  };
  P.flat().forEach((outcomes, pair) => {
    let sum = 0;
    outcomes.forEach(({ probability, nextState, reward, terminated }, index) => {
      const place = pair * width + index;
      sum += probability;
      flat.nextState[place] = nextState;
      flat.probability[place] = probability;
      flat.reward[place] = reward;
      flat.terminated[place] = terminated ? 1 : 0;
      flat.bound[place] = sum;
    });
  });
  return flat;
}

/**
 * The place of the outcome that one `random()` selects: the first whose cumulative probability is greater. Where
 * rounding leaves the sum below 1 and none is, NumPy's argmax of no true value is the first one.
 */
export function drawOutcome(table: FlatTable, state: number, action: number, rng: RandomSource): number {
  const { width, bound } = table;
  const u = rng.random();
  const first = (state * table.numActions + action) * width;
  for (let place = first; place < first + width; place++) if (bound[place]! > u) return place;
  return first;
}

/** A uniform distribution over some states of a table. */
export interface Starts {
  readonly states: Int32Array;
  /** Cumulative probability, summed as NumPy does. */
  readonly bounds: Float64Array;
}

export function uniformStarts(states: readonly number[]): Starts {
  let sum = 0;
  const bounds = Float64Array.from(states, () => {
    sum += 1 / states.length;
    return sum;
  });
  return { states: Int32Array.from(states), bounds };
}

/** The state that one `random()` selects. Where rounding leaves the sum below 1, state 0 as in NumPy. */
export function drawStart({ states, bounds }: Starts, rng: RandomSource): number {
  const u = rng.random();
  // Rounding moves a bound by less than a place, so the search may begin one place early.
  for (let index = Math.max(0, Math.floor(u * states.length) - 1); index < states.length; index++) {
    if (bounds[index]! > u) return states[index]!;
  }
  return 0;
}
