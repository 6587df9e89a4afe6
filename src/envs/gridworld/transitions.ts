import { clonePlain, type RandomSource, type Transition, type TransitionTable } from "gymnasium-js";
import { invalid } from "../kwargs.js";
import type { GridworldRules } from "./gridworld.js";
import type { GridState } from "./state.js";

/** A gridworld written out as a Markov decision process. */
export interface TabulatedGridworld {
  /** By state and action. The last state is the one after the end, which keeps whoever is in it. */
  readonly P: TransitionTable;
  /** States in which an episode may start, and how likely each is. */
  readonly starts: readonly { readonly state: number; readonly probability: number }[];
  /** The states, as the rules have them, in the order of the table; the one after the end has none. */
  readonly states: readonly GridState[];
}

/**
 * Explores all states that can be reached, with all that chance may do: what the project's planners take. Actions of
 * several agents are numbered with the first agent's as the highest digit.
 *
 * The value of an observation is not the value of a state where the view is partial: the table is of the full state.
 *
 * @param mostStates where to give up
 * @throws GymnasiumError `invalid-options` if there is more than one map (give `numMaps: 1`), or more states
 *
 * @example
 * const { P, starts } = tabulate(gridworldRules({ id: "Hall-v0", map: ["A..G"] }));
 */
export function tabulate(rules: GridworldRules, mostStates = 200_000): TabulatedGridworld {
  if (!rules.fixedMap) {
    throw invalid(`${rules.id} has many maps; give numMaps: 1 to plan on the one of mapSeed.`);
  }
  const states: GridState[] = [];
  const numbers = new Map<string, number>();
  const numberOf = (state: GridState): number => {
    const key = keyOf(state);
    const known = numbers.get(key);
    if (known !== undefined) return known;
    if (states.length >= mostStates) {
      throw invalid(
        `${rules.id} has more than ${mostStates} states; raise mostStates to plan on it all the same.`,
      );
    }
    states.push(state);
    numbers.set(key, states.length - 1);
    return states.length - 1;
  };
  const actions = jointActions(rules);
  const starts = merged(
    outcomes(rules, (rng) => ({ reward: 0, terminated: false, state: rules.init(rng, undefined, null) })),
    numberOf,
  );
  const P: Transition[][][] = [];
  for (let number = 0; number < states.length; number++) {
    P.push(
      actions.map((action) =>
        merged(
          outcomes(rules, (rng) => {
            const state = clonePlain(states[number]!);
            const { reward, terminated } = rules.step(state, action, rng);
            return { reward, terminated, state };
          }),
          numberOf,
        ),
      ),
    );
  }
  const end = states.length;
  for (const transition of P.flat(2)) if (transition.terminated) transition.nextState = end;
  P.push(actions.map(() => [{ probability: 1, nextState: end, reward: 0, terminated: true }]));
  return {
    P,
    starts: starts.map(({ nextState, probability }) => ({ state: nextState, probability })),
    states,
  };
}

interface Result {
  probability: number;
  reward: number;
  terminated: boolean;
  state: GridState;
}

/** What a random run may come to: it is run once for each course that chance may take. */
function outcomes(rules: GridworldRules, run: (rng: RandomSource) => Omit<Result, "probability">): Result[] {
  const results: Result[] = [];
  const chance = new EveryCourse(rules.options.slip);
  do {
    chance.rewind();
    const result = run(chance);
    // A course that cannot be, as slipping with probability 0, is none.
    if (chance.probability > 0) results.push({ ...result, probability: chance.probability });
  } while (chance.next());
  return results;
}

/** With results that come to the same made one. */
function merged(results: readonly Result[], numberOf: (state: GridState) => number): Transition[] {
  const transitions: Transition[] = [];
  for (const { probability, reward, terminated, state } of results) {
    const nextState = terminated ? -1 : numberOf(state);
    const same = transitions.find((one) => one.nextState === nextState && one.reward === reward);
    if (same === undefined) transitions.push({ probability, nextState, reward, terminated });
    else same.probability += probability;
  }
  return transitions;
}

/**
 * A source of random numbers that takes every course in turn. Draws are the branches of a tree, and each run goes
 * down one path: `integers` has as many branches as values, `random` (drawn only for slips) three: slipping left,
 * slipping right, not slipping.
 */
class EveryCourse implements RandomSource {
  probability = 1;
  private readonly branches: { taken: number; count: number }[] = [];
  private depth = 0;

  constructor(private readonly slip: number) {}

  /** Back to the root, for the next run. */
  rewind(): void {
    this.depth = 0;
    this.probability = 1;
  }

  /** Chooses the next path; false after the last one. */
  next(): boolean {
    for (let last = this.branches.pop(); last !== undefined; last = this.branches.pop()) {
      if (last.taken + 1 < last.count) {
        this.branches.push({ ...last, taken: last.taken + 1 });
        return true;
      }
    }
    return false;
  }

  integers(low: number, high: number): number {
    this.probability /= high - low;
    return low + this.branch(high - low);
  }

  random(): number {
    const { slip } = this;
    const side = this.branch(3);
    this.probability *= side === 2 ? 1 - slip : slip / 2;
    return [slip / 4, (3 * slip) / 4, (1 + slip) / 2][side]!;
  }

  uniform(): number {
    throw new Error("A gridworld draws no fractions but for slips.");
  }

  private branch(count: number): number {
    if (this.depth === this.branches.length) this.branches.push({ taken: 0, count });
    return this.branches[this.depth++]!.taken;
  }
}

function jointActions({ actionSpace }: GridworldRules): (number | Int32Array)[] {
  const { n, nvec } = actionSpace.describe();
  if (nvec === undefined) return Array.from({ length: Number(n) }, (_, action) => action);
  const counts = nvec as readonly number[];
  const total = counts.reduce((product, count) => product * count, 1);
  return Array.from({ length: total }, (_, joint) => {
    let rest = joint;
    const action = new Int32Array(counts.length);
    for (let agent = counts.length - 1; agent >= 0; agent--) {
      action[agent] = rest % counts[agent]!;
      rest = Math.floor(rest / counts[agent]!);
    }
    return action;
  });
}

/** All that the future depends on. */
function keyOf({ ground, occupant, hazards, held }: GridState): string {
  return String.fromCharCode(held, ...hazards, ...ground, ...occupant);
}
