import { defaultRng } from "gymnasium-js";
import { expect, test } from "vitest";
import {
  type ArenaOutcome,
  connectFour,
  exploitability,
  minimax,
  prisonersDilemma,
  rockPaperScissors,
  type TurnRules,
  ticTacToe,
} from "../../src/multiagent/index.js";

type Player<State> = (state: State) => number;

/** What the first agent earns in a game. */
function game<State>(rules: TurnRules<State>, players: readonly [Player<State>, Player<State>]): number {
  const rng = defaultRng(0);
  const state = rules.init(rng, undefined);
  const outcome: ArenaOutcome = { rewards: new Float64Array(2), terminations: new Uint8Array(2), offset: 0 };
  while (outcome.terminations[0] === 0) {
    outcome.rewards.fill(0);
    rules.step(state, players[rules.turn(state) as 0 | 1](state), rng, outcome);
  }
  return outcome.rewards[0]!;
}

function randomPlayer<State>(rules: TurnRules<State>, seed: number): Player<State> {
  const rng = defaultRng(seed);
  const { n } = rules.actionSpace(0).describe() as { n: number };
  const mask = new Uint8Array(n);
  return (state) => {
    rules.actionMask!(state, rules.turn(state), mask, 0);
    const legal = [...mask.keys()].filter((action) => mask[action] === 1);
    return legal[rng.integers(0, legal.length)]!;
  };
}

/** The same by trying everything, without cuts. */
function plainValue<State>(rules: TurnRules<State>, state: State, action: number): number {
  const next = structuredClone(state);
  const mover = rules.turn(state);
  const outcome: ArenaOutcome = { rewards: new Float64Array(2), terminations: new Uint8Array(2), offset: 0 };
  rules.step(next, action, defaultRng(0), outcome);
  if (outcome.terminations[0] === 1) return outcome.rewards[mover]!;
  const { n } = rules.actionSpace(0).describe() as { n: number };
  const mask = new Uint8Array(n);
  rules.actionMask!(next, rules.turn(next), mask, 0);
  const answers = [...mask.keys()].filter((answer) => mask[answer] === 1);
  return -Math.max(...answers.map((answer) => plainValue(rules, next, answer)));
}

test("it finds what trying everything finds, from random positions of tic-tac-toe", () => {
  const rules = ticTacToe();
  const search = minimax(rules);
  const random = randomPlayer(rules, 5);
  const kinds = new Set<number>();
  for (let round = 0; round < 12; round++) {
    const state = rules.init(defaultRng(0), undefined);
    const outcome: ArenaOutcome = {
      rewards: new Float64Array(2),
      terminations: new Uint8Array(2),
      offset: 0,
    };
    for (let turn = 0; turn < 2 + (round % 4); turn++)
      rules.step(state, random(state), defaultRng(0), outcome);
    if (outcome.terminations[0] === 1) continue;
    search.values(state).forEach((value, action) => {
      if (value === Number.NEGATIVE_INFINITY) expect(state.cells[action]).not.toBe(0);
      else expect(value + 0).toBe(plainValue(rules, state, action) + 0);
      kinds.add(value + 0);
    });
  }
  expect([...kinds].sort()).toEqual([-1, Number.NEGATIVE_INFINITY, 0, 1].sort());
});

test("tic-tac-toe is a draw between the best, and never lost against chance", () => {
  const rules = ticTacToe();
  const search = minimax(rules);
  const rng = defaultRng(3);
  const best = (state: Parameters<typeof search.act>[0]) => search.act(state, rng);
  for (let round = 0; round < 3; round++) expect(game(rules, [best, best])).toBe(0);
  let wins = 0;
  for (let seed = 0; seed < 6; seed++) {
    const random = randomPlayer(rules, seed);
    const asFirst = game(rules, [best, random]);
    const asSecond = -game(rules, [random, best]);
    expect(Math.min(asFirst, asSecond)).toBeGreaterThanOrEqual(0);
    wins += asFirst + asSecond;
  }
  expect(wins).toBeGreaterThan(6);
});

test("at depth 2 it takes a win in Connect Four, and blocks one", () => {
  const rules = connectFour();
  const state = rules.init(defaultRng(0), undefined);
  const outcome: ArenaOutcome = { rewards: new Float64Array(2), terminations: new Uint8Array(2), offset: 0 };
  for (const column of [0, 6, 1, 6, 2]) rules.step(state, column, defaultRng(0), outcome);
  const search = minimax(rules, { depth: 2 });
  // The second is to move, and has to block the third column beside three.
  expect(search.act(state)).toBe(3);
  rules.step(state, 6, defaultRng(0), outcome);
  expect(search.act(state)).toBe(3);
  expect(search.values(state)[3]).toBe(1);
});

test("exploitability: none in balance, by hand elsewhere", () => {
  const { payoffs } = rockPaperScissors();
  const third = [1 / 3, 1 / 3, 1 / 3];
  expect(exploitability(payoffs, third, third)).toBeCloseTo(0, 12);
  // Against rock alone, paper gains 1, each way.
  expect(exploitability(payoffs, [1, 0, 0], [1, 0, 0])).toBe(2);
  expect(exploitability(payoffs, [0.5, 0.5, 0], third)).toBeCloseTo(0.5, 12);
  const dilemma = prisonersDilemma().payoffs;
  expect(exploitability(dilemma, [0, 1], [0, 1])).toBe(0);
  expect(exploitability(dilemma, [1, 0], [1, 0])).toBe(4);
});
