import { defineEnv, discrete, type EnvRules, proceed, type RandomSource, terminate } from "gymnasium-js";
import { flag, invalid, type Kwargs, probability, rejectUnknown, show } from "../kwargs.js";
import { frozenLakePicture, frozenLakeText } from "../rendering/frozen-lake.js";
import { checkMap, frozenLakeMaps, type LakeMap } from "./frozen-lake-maps.js";

/** Left, down, right, up. */
export const frozenLakeActions = ["Left", "Down", "Right", "Up"] as const;

/** One way in which an action may turn out. */
export interface Transition {
  probability: number;
  nextState: number;
  reward: number;
  terminated: boolean;
}

/** `P[state][action]`: all outcomes, in the order in which draws select them. */
export type TransitionTable = readonly (readonly (readonly Transition[])[])[];

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

type Lake = Required<Omit<FrozenLakeKwargs, "desc" | "mapName">> & { desc: LakeMap };

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
  const table = flatten(P);
  const starts = startCells(lake.desc);
  const failRate = (1 - lake.successRate) / 2;
  const bound0 = failRate;
  const bound1 = bound0 + lake.successRate;
  const bound2 = bound1 + failRate;

  return {
    id: variant.id,
    desc: lake.desc,
    P,
    observationSpace: discrete(P.length),
    actionSpace: discrete(frozenLakeActions.length),
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
      const u = rng.random();
      const outcome = u < bound0 ? 0 : u < bound1 ? 1 : u < bound2 ? 2 : 0;
      const entry = (state.position * 4 + action) * 3 + outcome;
      state.position = table.nextState[entry]!;
      state.info.prob = table.probability[entry]!;
      state.lastAction = action;
      const reward = table.reward[entry]!;
      return table.terminated[entry] === 1 ? terminate(reward) : proceed(reward);
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

function transitionTable({ desc, isSlippery, successRate, rewardSchedule }: Lake): TransitionTable {
  const [goalReward, holeReward, frozenReward] = rewardSchedule;
  const columns = desc[0]!.length;
  const failRate = (1 - successRate) / 2;

  const move = (state: number, direction: number, probability: number): Transition => {
    const nextState = neighbour(desc, state, direction);
    const letter = desc[Math.floor(nextState / columns)]![nextState % columns]!;
    const reward = letter === "G" ? goalReward : letter === "H" ? holeReward : frozenReward;
    return { probability, nextState, reward, terminated: letter === "G" || letter === "H" };
  };
  const outcomes = (state: number, letter: string, action: number): Transition[] => {
    if (letter === "G" || letter === "H")
      return [{ probability: 1, nextState: state, reward: 0, terminated: true }];
    if (!isSlippery) return [move(state, action, 1)];
    return [(action + 3) % 4, action, (action + 1) % 4].map((direction) =>
      move(state, direction, direction === action ? successRate : failRate),
    );
  };
  return [...desc.join("")].map((letter, state) =>
    frozenLakeActions.map((_, action) => outcomes(state, letter, action)),
  );
}

function neighbour(desc: LakeMap, state: number, direction: number): number {
  const columns = desc[0]!.length;
  const row = Math.floor(state / columns);
  const column = state % columns;
  if (direction === 0) return row * columns + Math.max(column - 1, 0);
  if (direction === 1) return Math.min(row + 1, desc.length - 1) * columns + column;
  if (direction === 2) return row * columns + Math.min(column + 1, columns - 1);
  return Math.max(row - 1, 0) * columns + column;
}

/** The table in arrays, `[state, action, 3]`. A sure outcome fills all three places, so that any draw selects it. */
function flatten(P: TransitionTable) {
  const places = P.flatMap((actions) =>
    actions.flatMap((outcomes) =>
      outcomes.length === 1 ? [outcomes[0]!, outcomes[0]!, outcomes[0]!] : outcomes,
    ),
  );
  return {
    nextState: Int32Array.from(places, (place) => place.nextState),
    probability: Float64Array.from(places, (place) => place.probability),
    reward: Float64Array.from(places, (place) => place.reward),
    terminated: Uint8Array.from(places, (place) => Number(place.terminated)),
  };
}

interface Starts {
  cells: Int32Array;
  /** Cumulative probability, summed as NumPy does. */
  bounds: Float64Array;
}

function startCells(desc: LakeMap): Starts {
  const cells = Int32Array.from([...desc.join("")].flatMap((letter, cell) => (letter === "S" ? [cell] : [])));
  let sum = 0;
  const bounds = Float64Array.from(cells, () => {
    sum += 1 / cells.length;
    return sum;
  });
  return { cells, bounds };
}

function drawStart({ cells, bounds }: Starts, rng: RandomSource): number {
  const u = rng.random();
  for (let index = 0; index < cells.length; index++) {
    if (bounds[index]! > u) return cells[index]!;
  }
  // Where rounding leaves the sum below 1, NumPy's argmax of no true value is 0.
  return 0;
}
