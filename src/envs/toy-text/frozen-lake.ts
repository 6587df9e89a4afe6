import { defineEnv, discrete, type EnvRules, proceed, type TransitionTable, terminate } from "gymnasium-js";
import { flag, invalid, type Kwargs, probability, rejectUnknown, show } from "../kwargs.js";
import { frozenLakePicture, frozenLakeText } from "../rendering/frozen-lake.js";
import { checkMap, frozenLakeMaps, type LakeMap } from "./frozen-lake-maps.js";
import { frozenLakeActions, type Lake, transitionTable } from "./frozen-lake-table.js";
import { drawOutcome, drawStart, flattenTable, uniformStarts } from "./tabular.js";

export interface FrozenLakeState {
  /** Cell, row after row. */
  position: number;
  /** -1 after a reset. */
  lastAction: number;
  /** Probability of the transition that led here, 1 after a reset. One object per episode, so that a step makes none. */
  info: { prob: number };
}

/** See `frozenLakeRules`. */
export interface FrozenLakeKwargs {
  desc?: LakeMap | null;
  mapName?: keyof typeof frozenLakeMaps;
  isSlippery?: boolean;
  successRate?: number;
  /** Reward for entering a goal, a hole, a frozen cell. */
  rewardSchedule?: readonly [goal: number, hole: number, frozen: number];
}

/** The rules, with what planning needs. */
export interface FrozenLakeRules extends EnvRules<FrozenLakeState, number, number> {
  readonly desc: LakeMap;
  readonly P: TransitionTable;
}

/**
 * Gymnasium's FrozenLake: walk over ice from S to G. On slippery ice an action succeeds with `successRate` and else
 * goes off at a right angle, either way alike. Every reset and every step take one `random()`.
 *
 * Keywords: `desc` (rows of a map; see `generateRandomMap`), `mapName` ("4x4", "8x8"; unused with `desc`),
 * `isSlippery` (true), `successRate` (1/3), `rewardSchedule` ([1, 0, 0] for goal, hole, frozen).
 * @throws GymnasiumError `invalid-options` for keywords that are unknown or out of range
 */
export function frozenLakeRules(
  kwargs: FrozenLakeKwargs = {},
  variant: LakeVariant = smallLake,
): FrozenLakeRules {
  const lake = readLake(kwargs as Kwargs, variant);
  const P = transitionTable(lake);
  const table = flattenTable(P);
  const starts = uniformStarts(startCells(lake.desc));

  return {
    id: variant.id,
    desc: lake.desc,
    P,
    observationSpace: discrete(P.length),
    actionSpace: discrete(frozenLakeActions.length),
    actionNames: frozenLakeActions,
    maxEpisodeSteps: variant.maxEpisodeSteps,
    rewardThreshold: variant.rewardThreshold,
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
    renderAnsi: (state) => frozenLakeText(lake.desc, state.position, frozenLakeActions[state.lastAction]),
    renderRgb: (state) => frozenLakePicture(lake.desc, state.position),
  };
}

interface LakeVariant {
  id: string;
  mapName: keyof typeof frozenLakeMaps;
  maxEpisodeSteps: number;
  rewardThreshold: number;
}

const smallLake: LakeVariant = {
  id: "FrozenLake-v1",
  mapName: "4x4",
  maxEpisodeSteps: 100,
  rewardThreshold: 0.7,
};
const largeLake: LakeVariant = {
  id: "FrozenLake8x8-v1",
  mapName: "8x8",
  maxEpisodeSteps: 200,
  rewardThreshold: 0.85,
};

/** FrozenLake-v1: 4x4, 100 steps. */
export const frozenLake = defineEnv(smallLake.id, (kwargs: FrozenLakeKwargs) =>
  frozenLakeRules(kwargs, smallLake),
);

/** FrozenLake8x8-v1: 8x8, 200 steps. */
export const frozenLake8x8 = defineEnv(largeLake.id, (kwargs: FrozenLakeKwargs) =>
  frozenLakeRules(kwargs, largeLake),
);

function readLake(kwargs: Kwargs, variant: LakeVariant): Lake {
  rejectUnknown(variant.id, kwargs, ["desc", "mapName", "isSlippery", "successRate", "rewardSchedule"]);
  const mapName = kwargs["mapName"] ?? variant.mapName;
  if (mapName !== "4x4" && mapName !== "8x8") {
    throw invalid(`mapName is ${show(mapName)}; give "4x4" or "8x8", or a map of your own as desc.`);
  }
  const rewards = kwargs["rewardSchedule"] ?? [1, 0, 0];
  if (!Array.isArray(rewards) || rewards.length !== 3 || !rewards.every(Number.isFinite)) {
    throw invalid(`rewardSchedule is ${show(rewards)}; give three numbers, for goal, hole and frozen cell.`);
  }
  return {
    desc: checkMap(kwargs["desc"] ?? frozenLakeMaps[mapName]),
    isSlippery: flag(kwargs, "isSlippery", true),
    successRate: probability(kwargs, "successRate", 1 / 3),
    rewardSchedule: rewards as [number, number, number],
  };
}

function startCells(desc: LakeMap): number[] {
  return [...desc.join("")].flatMap((letter, cell) => (letter === "S" ? [cell] : []));
}
