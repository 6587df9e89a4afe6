import { discrete } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";

/** What the row player and the column player get, for each pair of actions. */
export type Payoffs = readonly (readonly (readonly [number, number])[])[];

export interface MatrixGameOptions {
  id: string;
  /** What the actions are called; both have the same. */
  actionNames: readonly string[];
  /** `[row's action][column's action]` */
  payoffs: Payoffs;
  /** Rounds of an episode: one is all of the game, and ends it; of more it is cut off, since it could go on. */
  rounds: number;
}

interface MatrixGameState {
  /** What was done in the round before, counted from 0; -1 in the first. */
  row: number;
  column: number;
}

const payoffsByRules = new WeakMap<object, Payoffs>();

/** What a round of these rules pays; null if they are not made by `matrixGame`. */
export function payoffsOf(rules: object): Payoffs | null {
  return payoffsByRules.get(rules) ?? null;
}

/**
 * A game of two in normal form, repeated. Both see what was done in the round before, the own action first: 0 in the first
 * round, else 1 + own * n + other's.
 */
export function matrixGame({
  id,
  actionNames,
  payoffs,
  rounds,
}: MatrixGameOptions): SimultaneousRules<MatrixGameState> {
  const n = actionNames.length;
  const observations = discrete(1 + n * n);
  const actions = discrete(n);
  const rules: SimultaneousRules<MatrixGameState> = {
    kind: "simultaneous",
    id,
    agents: ["player_0", "player_1"],
    observationSpace: () => observations,
    actionSpace: () => actions,
    maxCycles: rounds,
    actionNames: () => actionNames,
    init: () => ({ row: -1, column: -1 }),
    step(state, chosen, offset, _rng, { rewards, terminations, offset: at }) {
      state.row = chosen[offset]!;
      state.column = chosen[offset + 1]!;
      const [row, column] = payoffs[state.row]![state.column]!;
      rewards[at] = row;
      rewards[at + 1] = column;
      if (rounds === 1) terminations.fill(1, at, at + 2);
    },
    observe({ row, column }, agent, out, offset) {
      const [own, other] = agent === 0 ? [row, column] : [column, row];
      out[offset] = row < 0 ? 0 : 1 + own * n + other;
    },
    stateSpace: observations,
    writeState({ row, column }, out, offset) {
      out[offset] = row < 0 ? 0 : 1 + row * n + column;
    },
    renderAnsi: ({ row, column }) =>
      row < 0 ? "first round" : `player_0: ${actionNames[row]}\nplayer_1: ${actionNames[column]}`,
  };
  payoffsByRules.set(rules, payoffs);
  return rules;
}

/** The same payoff for the column player, seen from its side: `[own][other's]` is the row player's `[own][other's]`. */
function symmetric(own: readonly (readonly number[])[]): Payoffs {
  return own.map((row, i) => row.map((payoff, j) => [payoff, own[j]![i]!] as const));
}

/** To defect is better whatever the other does, and both are worse off for it. */
export const prisonersDilemma = (): MatrixGameOptions => ({
  id: "PrisonersDilemma-v0",
  actionNames: ["cooperate", "defect"],
  payoffs: symmetric([
    [3, 0],
    [5, 1],
  ]),
  rounds: 100,
});

/** The stag needs both; the hare is safe. */
export const stagHunt = (): MatrixGameOptions => ({
  id: "StagHunt-v0",
  actionNames: ["stag", "hare"],
  payoffs: symmetric([
    [4, 0],
    [3, 3],
  ]),
  rounds: 100,
});

/** Each beats one and loses to one; in balance all are played as often. */
export const rockPaperScissors = (): MatrixGameOptions => ({
  id: "RockPaperScissors-v0",
  actionNames: ["rock", "paper", "scissors"],
  payoffs: symmetric([
    [0, -1, 1],
    [1, 0, -1],
    [-1, 1, 0],
  ]),
  rounds: 100,
});
