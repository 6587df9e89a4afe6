import { defaultRng } from "gymnasium-js";
import { testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  type CleanupOptions,
  type CleanupState,
  cleanup,
  cleanupCleaner,
  cleanupEater,
  ParallelRulesArena,
  type Player,
  type SimultaneousRules,
} from "../../src/multiagent/index.js";
import { expectSameArrays, outcomeOf } from "./arena-steps.js";

const [left, right, up, down, stay, clean] = [0, 1, 2, 3, 4, 5];

/**
 * A board drawn in letters: agents 0, 1, 2; o apples, a empty orchard, ~ river and % where it is polluted. Nothing grows and no
 * waste comes unless that is asked for.
 */
function boardOf(picture: string, options: CleanupOptions = {}) {
  const map = picture.replaceAll("o", "a").replaceAll("%", "~").replaceAll(/\d/g, ".");
  const [ground, cells] = [map, picture].map((drawing) => drawing.trim().split(/\s+/).join(""));
  const agents = cells!.replaceAll(/\D/g, "").length;
  const rules = cleanup({ map, agents, growth: 0, pollution: 0, ...options });
  const state = rules.init(defaultRng(0), undefined);
  state.agentAt.fill(-1);
  for (let agent = 0; agent < agents; agent++) {
    state.cells[agent] = cells!.indexOf(String(agent));
    state.agentAt[state.cells[agent]!] = agent;
  }
  for (const [cell, letter] of [...cells!].entries()) {
    state.apples[cell] = letter === "o" ? 1 : 0;
    state.polluted[cell] = letter === "%" ? 1 : 0;
  }
  state.pollutedCells = state.polluted.filter((waste) => waste === 1).length;
  const outcome = outcomeOf(agents);
  /** @param seed decides in which order they act, and chance */
  const step = (actions: number[], seed = 0) => {
    outcome.rewards.fill(0);
    rules.step(state, actions, 0, defaultRng(seed), outcome);
    return [...outcome.rewards].map((reward) => Number(reward.toFixed(10)));
  };
  const drawn = () => {
    const letters = [...state.agentAt].map((agent, cell) => {
      if (agent >= 0) return String(agent);
      if (state.apples[cell] === 1) return "o";
      return state.polluted[cell] === 1 ? "%" : ground![cell]!;
    });
    return Array.from({ length: state.height }, (_, row) =>
      letters.slice(row * state.width, (row + 1) * state.width).join(""),
    );
  };
  return { rules, state, step, drawn };
}

describe("cleaning", () => {
  test("is of the cells around and the own one, and earns nothing", () => {
    const { state, step, drawn } = boardOf(`
      %%%%%
      %%%%%
      %%%%%
      %%%%%
      0.1..`);
    step([up, stay]);
    step([right, stay]);
    step([up, stay]);
    expect(drawn()).toEqual(["%%%%%", "%%%%%", "%0%%%", "%%%%%", "..1.."]);
    expect(step([clean, stay])).toEqual([0, 0]);
    expect(drawn()).toEqual(["%%%%%", "~~~%%", "~0~%%", "~~~%%", "..1.."]);
    expect(state.pollutedCells).toBe(11);
    expect(state.beams.filter((beam) => beam === 1)).toHaveLength(9);
    step([left, clean]);
    expect(drawn()).toEqual(["%%%%%", "~~~%%", "0~~%%", "~~~~%", "..1.."]);
    expect(state.beams.filter((beam) => beam === 1)).toHaveLength(6);
    expect(state.pollutedCells).toBe(10);
  });

  test("reaches as far as it is told, over the edge of the grid and no further", () => {
    const { step, drawn } = boardOf("0..%% ...%% %%%%%", { reach: 2 });
    step([clean]);
    expect(drawn()).toEqual(["0..%%", "...%%", "~~~%%"]);
  });

  test("by two of the same cell is nothing the second time", () => {
    const { state, step } = boardOf("0%1 ~.. ~~~");
    step([clean, clean]);
    expect(state.pollutedCells).toBe(0);
    step([clean, clean]);
    expect(state.pollutedCells).toBe(0);
  });
});

describe("waste", () => {
  test("comes by chance, into the river, one cell at a time", () => {
    const { state, step } = boardOf("0.~~~ ..~~~ aa~~~", { pollution: 0.4 });
    let hits = 0;
    for (let seed = 0; seed < 1000; seed++) {
      state.polluted.fill(0);
      state.pollutedCells = 0;
      step([stay], seed);
      expect(state.pollutedCells).toBeLessThanOrEqual(1);
      for (const [cell, waste] of state.polluted.entries())
        if (waste === 1) expect(state.ground[cell]).toBe(2);
      hits += state.pollutedCells;
    }
    expect(hits / 1000).toBeCloseTo(0.4, 1);
  });

  test("where there is some already changes nothing", () => {
    const { state, step } = boardOf("0%", { pollution: 1 });
    step([stay]);
    expect(state.pollutedCells).toBe(1);
  });
});

describe("the orchard", () => {
  /** How many apples of a hundred grow in a step. */
  const rate = (river: string) => {
    const { state, step } = boardOf(`${river}0 ${`${"a".repeat(11)} `.repeat(100)}`, {
      growth: 0.5,
      threshold: 0.4,
    });
    step([stay]);
    return state.apples.reduce((sum, apple) => sum + apple, 0) / 1100;
  };

  test("grows the more slowly the more of the river is polluted, and not at all from a share on", () => {
    expect(rate("~~~~~~~~~~")).toBeCloseTo(0.5, 1);
    expect(rate("%~~~~~~~~~")).toBeCloseTo(0.375, 1);
    expect(rate("%%%~~~~~~~")).toBeCloseTo(0.125, 1);
    expect(rate("%%%%~~~~~~")).toBe(0);
    expect(rate("%%%%%%%%%%")).toBe(0);
  });

  test("has one apple in a cell, none under an agent, and one earns 1 for eating it", () => {
    const { state, step, drawn } = boardOf("~0aoa", { growth: 1 });
    step([right]);
    expect(drawn()).toEqual(["~.0oo"]);
    expect(state.apples[2]).toBe(0);
    expect(step([right])).toEqual([1]);
    expect(drawn()).toEqual(["~.o0o"]);
    expect(step([left])).toEqual([1]);
  });

  test("pays all alike where rewards are shared", () => {
    expect(boardOf("~0o12", { rewardSharing: 0.6 }).step([right, stay, clean])).toEqual([0.6, 0.2, 0.2]);
  });
});

/** What each earns in an episode. */
function season(
  rules: SimultaneousRules<CleanupState>,
  players: readonly Player<CleanupState>[],
  seed: number,
): { earned: number[]; total: number; polluted: number; apples: number } {
  const rng = defaultRng(seed);
  const state = rules.init(rng, undefined);
  const outcome = outcomeOf(players.length);
  const earned = players.map(() => 0);
  for (let i = 0; i < rules.maxCycles!; i++) {
    outcome.rewards.fill(0);
    const actions = players.map((player, agent) => player.act(state, agent, rng));
    rules.step(state, actions, 0, rng, outcome);
    for (const [agent, reward] of outcome.rewards.entries()) earned[agent]! += reward;
    expect(state.pollutedCells).toBe(state.polluted.reduce((sum, waste) => sum + waste, 0));
  }
  const total = earned.reduce((sum, reward) => sum + reward, 0);
  const apples = state.apples.reduce((sum, apple) => sum + apple, 0);
  return { earned, total, polluted: state.pollutedCells, apples };
}

describe("the public good", () => {
  const rules = cleanup();
  const mix = (cleaners: number) =>
    rules.agents.map((_, agent) => (agent < cleaners ? cleanupCleaner : cleanupEater));
  const seeds = [0, 1, 2];

  test("where nobody cleans the orchard dies, and two who do feed all others many times as well", () => {
    for (const seed of seeds) {
      const eaters = season(rules, mix(0), seed);
      expect(eaters.polluted).toBeGreaterThan(12);
      expect(eaters.apples).toBe(0);
      expect(eaters.total).toBeLessThan(60);
      const mixed = season(rules, mix(2), seed);
      expect(mixed.total).toBeGreaterThan(500);
      expect(mixed.polluted).toBeLessThan(6);
      // All of them would be better off with their part of it.
      expect(mixed.total / 5).toBeGreaterThan(3 * Math.max(...eaters.earned));
    }
  });

  test("who cleans earns nothing, so that one who stops is better off at once; with shared rewards it is not", () => {
    const { earned } = season(rules, mix(2), 0);
    expect(earned.slice(0, 2)).toEqual([0, 0]);
    expect(season(rules, mix(1), 0).earned[1]!).toBeGreaterThan(100);
    const shared = cleanup({ rewardSharing: 1 });
    const [two, one, none] = [2, 1, 0].map((cleaners) => season(shared, mix(cleaners), 0).earned[0]!);
    expect(two!).toBeGreaterThan(one!);
    expect(one!).toBeGreaterThan(5 * none!);
  });

  test("nobody eats where all clean", () => {
    const { total, apples } = season(rules, mix(5), 0);
    expect([total, apples > 30]).toEqual([0, true]);
  });
});

test("a view is of the cells around: beyond the edge, others, apples, the river, and where it is polluted", () => {
  const { rules, state } = boardOf("0o. %1~ ...", { sight: 1 });
  const plane = (agent: number, channel: number) => {
    const out = new Uint8Array(3 * 3 * 5);
    rules.observe(state, agent, out, 0);
    return [...out].filter((_, i) => i % 5 === channel).join("");
  };
  expect([0, 1, 2, 3, 4].map((channel) => plane(0, channel))).toEqual([
    "111100100",
    "000000001",
    "000001000",
    "000000010",
    "000000010",
  ]);
  expect([0, 1, 2, 3, 4].map((channel) => plane(1, channel))).toEqual([
    "000000000",
    "100000000",
    "010000000",
    "000101000",
    "000100000",
  ]);
});

test("the state has a plane for each agent, apples, the river, and where it is polluted", () => {
  const { rules, state } = boardOf("0o %1 ~.");
  const out = new Uint8Array(6 * 5).fill(9);
  rules.writeState!(state, out, 0);
  const plane = (channel: number) => [...out].filter((_, i) => i % 5 === channel).join("");
  expect([0, 1, 2, 3, 4].map(plane)).toEqual(["100000", "000100", "010000", "001010", "001000"]);
});

test("text and picture show what there is", () => {
  const { rules, state, step } = boardOf("0..oa %~... ~~..1 %%%..");
  step([left, down]);
  expect(rules.renderAnsi!(state)).toBe(
    ["apples eaten by 0: 0, 1: 0", "0<. . o , ", "% ~ . . . ", "~ ~ . . . ", "% % % . 1v"].join("\n"),
  );
  const { width, data } = rules.renderRgb!(state);
  const at = (column: number, row: number) =>
    [...data.subarray(((row * 12 + 7) * width + column * 12 + 7) * 3)].slice(0, 3);
  expect(at(3, 0)).toEqual([222, 60, 56]);
  expect(at(0, 1)).not.toEqual(at(1, 1));
  expect(at(1, 1)).toEqual(at(1, 2));
});

test("a map without a river is refused", () => {
  expect(() => cleanup({ map: "...aa", agents: 2 })).toThrow(/no river/);
  expect(() => cleanup({ reach: 0 })).toThrow(/reach is 0/);
});

test("steps write into the arrays that the state has, and make none", () => expectSameArrays(cleanup()));

describe.each([cleanup(), cleanup({ agents: 1, sight: 3 }), cleanup({ agents: 20, rewardSharing: 0.5 })])(
  "$id of $agents.length",
  (rules) => {
    const maxCycles = 25;
    testParallelArena((how) => new ParallelRulesArena(rules, { ...how, maxCycles }), {
      ...{ test, steps: 60, maxCycles },
      renderModes: ["ansi", "rgb_array"],
    });
  },
);
