import {
  defineEnv,
  discrete,
  type EnvRules,
  proceed,
  type Transition,
  type TransitionTable,
  terminate,
} from "gymnasium-js";
import { flag, type Kwargs, rejectUnknown } from "../kwargs.js";
import { cliffWalkingPicture, cliffWalkingText } from "../rendering/cliff-walking.js";
import { drawOutcome, drawStart, flattenTable, uniformStarts } from "./tabular.js";

export interface CliffWalkingState {
  /** Cell, row after row. */
  position: number;
  /** -1 after a reset. */
  lastAction: number;
  /** Probability of the transition that led here, 1 after a reset. One object per episode, so that a step makes none. */
  info: { prob: number };
}

/** See `cliffWalkingRules`. */
export interface CliffWalkingKwargs {
  isSlippery?: boolean;
}

/** The rules, with what planning needs. */
export interface CliffWalkingRules extends EnvRules<CliffWalkingState, number, number> {
  readonly P: TransitionTable;
}

/** Up, right, down, left. */
export const cliffWalkingActions = ["Up", "Right", "Down", "Left"] as const;

const rows = 4;
const columns = 12;
const start = (rows - 1) * columns;
const goal = rows * columns - 1;

/**
 * Gymnasium's CliffWalking: from the lower left corner to the lower right one, along a cliff between them. Each step
 * costs 1; a step over the cliff costs 100 and leads back to the start. Only the goal ends the episode. Where it is
 * slippery, each action goes where it is told or off at a right angle, all three alike. Every reset and every step take
 * one `random()`.
 *
 * R. S. Sutton, A. G. Barto, Reinforcement Learning: An Introduction (2nd ed., 2018), example 6.6.
 *
 * Keyword: `isSlippery` (false; true in CliffWalkingSlippery-v1).
 * @throws GymnasiumError `invalid-options` for keywords that are unknown or no boolean
 */
export function cliffWalkingRules(
  kwargs: CliffWalkingKwargs = {},
  variant: CliffVariant = firmCliff,
): CliffWalkingRules {
  rejectUnknown(variant.id, kwargs as Kwargs, ["isSlippery"]);
  const P = transitionTable(flag(kwargs as Kwargs, "isSlippery", variant.isSlippery));
  const table = flattenTable(P);
  const starts = uniformStarts([start]);

  return {
    id: variant.id,
    P,
    observationSpace: discrete(P.length),
    actionSpace: discrete(cliffWalkingActions.length),
    actionNames: cliffWalkingActions,
    init(rng, _options, previous) {
      const state = previous ?? { position: 0, lastAction: -1, info: { prob: 0.5 } };
      state.position = drawStart(starts, rng);
      state.lastAction = -1;
      state.info = { prob: 1 };
      return state;
    },
    step(state, action, rng) {
      const outcome = drawOutcome(table, state.position, action, rng);
      state.position = table.nextState[outcome]!;
      state.info.prob = table.probability[outcome]!;
      state.lastAction = action;
      const reward = table.reward[outcome]!;
      return table.terminated[outcome] === 1 ? terminate(reward) : proceed(reward);
    },
    observe(state, out, offset) {
      out[offset] = state.position;
    },
    info: (state) => state.info,
    renderAnsi: (state) => cliffWalkingText(state.position, cliffWalkingActions[state.lastAction]),
    renderRgb: (state) => cliffWalkingPicture(state.position),
  };
}

interface CliffVariant {
  id: string;
  isSlippery: boolean;
}

const firmCliff: CliffVariant = { id: "CliffWalking-v1", isSlippery: false };
const slipperyCliff: CliffVariant = { id: "CliffWalkingSlippery-v1", isSlippery: true };

/** CliffWalking-v1: no time limit. */
export const cliffWalking = defineEnv(firmCliff.id, (kwargs: CliffWalkingKwargs) =>
  cliffWalkingRules(kwargs, firmCliff),
);

/** CliffWalkingSlippery-v1: the same on slippery ground. */
export const cliffWalkingSlippery = defineEnv(slipperyCliff.id, (kwargs: CliffWalkingKwargs) =>
  cliffWalkingRules(kwargs, slipperyCliff),
);

/** All outcomes of all actions in all cells; as in Gymnasium, those of the cliff and of the goal are ordinary ones. */
function transitionTable(isSlippery: boolean): TransitionTable {
  return Array.from({ length: rows * columns }, (_cell, position) =>
    cliffWalkingActions.map((_name, action) => {
      const directions = isSlippery ? [(action + 3) % 4, action, (action + 1) % 4] : [action];
      return directions.map((direction) => move(position, direction, 1 / directions.length));
    }),
  );
}

function move(position: number, direction: number, probability: number): Transition {
  const nextState = neighbour(position, direction);
  const falls = nextState > start && nextState < goal;
  if (falls) return { probability, nextState: start, reward: -100, terminated: false };
  return { probability, nextState, reward: -1, terminated: nextState === goal };
}

function neighbour(position: number, direction: number): number {
  const row = Math.floor(position / columns);
  const column = position % columns;
  if (direction === 0) return Math.max(row - 1, 0) * columns + column;
  if (direction === 1) return row * columns + Math.min(column + 1, columns - 1);
  if (direction === 2) return Math.min(row + 1, rows - 1) * columns + column;
  return row * columns + Math.max(column - 1, 0);
}
