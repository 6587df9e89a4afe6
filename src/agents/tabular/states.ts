import type { Batch, Space } from "gymnasium-js";
import { AgentError } from "../errors.js";
import type { ActionCodes } from "../spaces.js";

/** Observations as numbers from 0 to `numStates - 1`. */
export interface StateNumbers {
  readonly numStates: number;
  /** Of the observation of a single environment. */
  ofObservation(observation: unknown): number;
  /** Of one row of a batch. */
  ofRow(observations: Batch, row: number): number;
  /** Rows of a batch. */
  rows(observations: Batch): number;
}

/** A table of more pairs than this would not fit. */
const mostStates = 2 ** 26;

/**
 * Numbers the elements of a Discrete space, and those of a Tuple of them (Blackjack's) or a MultiDiscrete one with the
 * first member as the highest digit.
 * @throws {AgentError} `unsupported-space` for all others
 */
export function stateNumbers(space: Space<unknown>): StateNumbers {
  if (space.type === "Discrete") return discreteStates(space as Space<unknown> & ActionCodes);
  const members = membersOf(space);
  if (members === null) {
    throw new AgentError(
      "unsupported-space",
      `The agent tabular reads Discrete observations, Tuples of them and MultiDiscrete ones, not ${space.type}; wrap the environment in DiscretizeObservation, or take the agent dqn.`,
    );
  }
  const numStates = members.reduce((product, { n }) => product * n, 1);
  if (numStates > mostStates) {
    throw new AgentError(
      "unsupported-space",
      `The agent tabular keeps a row for each observation, but there are ${numStates}; take the agent dqn.`,
    );
  }
  return space.type === "Tuple" ? tupleStates(members, numStates) : multiDiscreteStates(members, numStates);
}

function membersOf(space: Space<unknown>): ActionCodes[] | null {
  if (space.type === "Tuple") {
    const { spaces } = space as Space<unknown> & { spaces: readonly Space<unknown>[] };
    return spaces.every(({ type }) => type === "Discrete") ? (spaces as unknown as ActionCodes[]) : null;
  }
  if (space.type !== "MultiDiscrete") return null;
  const { nvec, start } = space as Space<unknown> & { nvec: ArrayLike<number>; start: ArrayLike<number> };
  return Array.from({ length: nvec.length }, (_, i) => ({ n: nvec[i]!, start: start[i]! }));
}

function discreteStates({ n, start }: ActionCodes): StateNumbers {
  return {
    numStates: n,
    ofObservation: (observation) => (observation as number) - start,
    ofRow: (observations, row) => (observations as ArrayLike<number>)[row]! - start,
    rows: ({ length }) => length,
  };
}

/** A batch of Tuples is one array for each member. */
function tupleStates(members: readonly ActionCodes[], numStates: number): StateNumbers {
  const columns = (observations: Batch) => observations as unknown as readonly ArrayLike<number>[];
  return {
    numStates,
    ofObservation: (observation) => numberOf(members, observation as ArrayLike<number>, 0),
    ofRow: (observations, row) => {
      let state = 0;
      for (let i = 0; i < members.length; i++) {
        state = state * members[i]!.n + columns(observations)[i]![row]! - members[i]!.start;
      }
      return state;
    },
    rows: (observations) => columns(observations)[0]?.length ?? 0,
  };
}

function multiDiscreteStates(members: readonly ActionCodes[], numStates: number): StateNumbers {
  const size = members.length;
  return {
    numStates,
    ofObservation: (observation) => numberOf(members, observation as ArrayLike<number>, 0),
    ofRow: (observations, row) => numberOf(members, observations as ArrayLike<number>, row * size),
    rows: ({ length }) => length / size,
  };
}

function numberOf(members: readonly ActionCodes[], digits: ArrayLike<number>, offset: number): number {
  let state = 0;
  for (let i = 0; i < members.length; i++) {
    state = state * members[i]!.n + digits[offset + i]! - members[i]!.start;
  }
  return state;
}
