import { defineEnv, discrete, type EnvRules, proceed, type TransitionTable, terminate } from "gymnasium-js";
import { flag, type Kwargs, probability, rejectUnknown } from "../kwargs.js";
import { taxiPicture, taxiText } from "../rendering/taxi.js";
import { drawOutcome, drawStart, flattenTable, uniformStarts } from "./tabular.js";
import { decodeTaxi, inTaxi, taxiActions, taxiMasks, taxiStarts, taxiTable } from "./taxi-table.js";

export interface TaxiState {
  /** ((row * 5 + column) * 5 + passenger) * 4 + destination; passenger 4 is in the taxi. */
  situation: number;
  /** -1 after a reset. */
  lastAction: number;
  /** Whether the passenger will still change its mind, in this episode. */
  isFickle: boolean;
  /** One object per episode, so that a step makes none. */
  info: {
    /** Probability of the transition that led here, 1 after a reset. */
    prob: number;
    /** 1 for each action that changes something. Not copied: to be read only. */
    actionMask: Int8Array;
  };
}

/** See `taxiRules`. */
export interface TaxiKwargs {
  isRainy?: boolean;
  ficklePassenger?: boolean;
  rainyProbability?: number;
  fickleProbability?: number;
}

/** The rules, with what planning needs. */
export interface TaxiRules extends EnvRules<TaxiState, number, number> {
  readonly P: TransitionTable;
}

const id = "Taxi-v4";
const numActions = taxiActions.length;

/**
 * Gymnasium's Taxi: fetch a passenger at one of four stops and bring it to another. Each step costs 1, picking up or
 * dropping off where that is impossible 10; the right drop pays 20 and ends the episode. Every reset and every step take
 * one `random()`.
 *
 * T. G. Dietterich, Hierarchical Reinforcement Learning with the MAXQ Value Function Decomposition, JAIR 13 (2000).
 *
 * Keywords: `isRainy` (false): a move that no wall blocks succeeds with `rainyProbability` (0.8) and else goes off at
 * a right angle, either way alike. `ficklePassenger` (false): with `fickleProbability` (0.3), drawn at reset, the
 * passenger changes its destination once, with the first move that takes it away from where it was picked up. The table
 * `P` does not know of fickle passengers.
 * @throws GymnasiumError `invalid-options` for keywords that are unknown or out of range
 */
export function taxiRules(kwargs: TaxiKwargs = {}): TaxiRules {
  const { isRainy, ficklePassenger, rainyProbability, fickleProbability } = readKwargs(kwargs as Kwargs);
  const P = taxiTable(isRainy ? rainyProbability : null);
  const table = flattenTable(P);
  const masks = taxiMasks(P);
  const maskOf = P.map((_, state) => masks.slice(state * numActions, (state + 1) * numActions));
  const starts = uniformStarts(taxiStarts);

  return {
    id,
    P,
    observationSpace: discrete(P.length),
    actionSpace: discrete(numActions),
    actionNames: taxiActions,
    maxEpisodeSteps: 200,
    rewardThreshold: 8,
    init(rng, _options, previous) {
      const state = previous ?? newState();
      state.situation = drawStart(starts, rng);
      state.lastAction = -1;
      state.isFickle = ficklePassenger && rng.random() < fickleProbability;
      state.info = { prob: 1, actionMask: maskOf[state.situation]! };
      return state;
    },
    step(state, action, rng) {
      const before = state.situation;
      const outcome = drawOutcome(table, before, action, rng);
      let after = table.nextState[outcome]!;
      if (state.isFickle && isUnderWay(before, after)) {
        state.isFickle = false;
        after += otherDestination(before % 4, rng.integers(0, 3)) - (after % 4);
      }
      state.situation = after;
      state.info.prob = table.probability[outcome]!;
      state.info.actionMask = maskOf[after]!;
      state.lastAction = action;
      const reward = table.reward[outcome]!;
      return table.terminated[outcome] === 1 ? terminate(reward) : proceed(reward);
    },
    observe(state, out, offset) {
      out[offset] = state.situation;
    },
    info: (state) => state.info,
    actionMask(state, out, offset) {
      const first = state.situation * numActions;
      for (let action = 0; action < numActions; action++) out[offset + action] = masks[first + action]!;
    },
    renderAnsi: (state) => taxiText(decodeTaxi(state.situation), taxiActions[state.lastAction]),
    renderRgb: (state) => taxiPicture(decodeTaxi(state.situation)),
  };
}

export const taxi = defineEnv(id, taxiRules);

function newState(): TaxiState {
  const info = { prob: 0.5, actionMask: new Int8Array(numActions) };
  return { situation: 0, lastAction: -1, isFickle: false, info };
}

/** Whether a step has driven the taxi with the passenger in it. */
function isUnderWay(before: number, after: number): boolean {
  return Math.floor(before / 4) % 5 === inTaxi && Math.floor(before / 20) !== Math.floor(after / 20);
}

/** The `index`-th stop other than `destination`. */
function otherDestination(destination: number, index: number): number {
  return index < destination ? index : index + 1;
}

function readKwargs(kwargs: Kwargs) {
  const known = ["isRainy", "ficklePassenger", "rainyProbability", "fickleProbability"];
  rejectUnknown(id, kwargs, known);
  return {
    isRainy: flag(kwargs, "isRainy", false),
    ficklePassenger: flag(kwargs, "ficklePassenger", false),
    rainyProbability: probability(kwargs, "rainyProbability", 0.8),
    fickleProbability: probability(kwargs, "fickleProbability", 0.3),
  };
}
