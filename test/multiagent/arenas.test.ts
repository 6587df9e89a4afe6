import { testAecArena, testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  AecRulesArena,
  aecToParallel,
  connectFour,
  matrixGame,
  ParallelRulesArena,
  parallelToAec,
  prisonersDilemma,
  pursuit,
  rockPaperScissors,
  type SimultaneousRules,
  stagHunt,
  ticTacToe,
  turnsToParallel,
  twoStep,
} from "../../src/multiagent/index.js";
import { crumblingIsland } from "./crumbling-island.js";

const simultaneous = [
  twoStep(),
  matrixGame({ ...prisonersDilemma(), rounds: 7 }),
  matrixGame(stagHunt()),
  matrixGame(rockPaperScissors()),
  pursuit({ height: 6, width: 7, predators: 4, prey: 5 }),
  crumblingIsland(5),
  crumblingIsland(1),
] as SimultaneousRules<unknown>[];

const turns = [ticTacToe(), connectFour()];

describe.each(simultaneous)("$id", (rules) => {
  const { maxCycles, renderAnsi } = rules;
  const options = {
    ...{ test, steps: 80 },
    renderModes: renderAnsi === undefined ? [] : (["ansi"] as const),
  };
  testParallelArena((how) => new ParallelRulesArena(rules, how), { ...options, maxCycles });
  describe("in turns", () => {
    testAecArena((how) => parallelToAec(new ParallelRulesArena(rules, how)), options);
  });
  describe("in turns and back", () => {
    testParallelArena((how) => aecToParallel(parallelToAec(new ParallelRulesArena(rules, how))), {
      ...options,
      maxCycles,
    });
  });
});

describe.each(turns)("$id", (rules) => {
  const options = { ...{ test, steps: 120, maxCycles: 6 }, renderModes: ["ansi"] as const };
  testAecArena((how) => new AecRulesArena(rules, { ...how, maxCycles: 6 }), options);
  describe("all at once", () => {
    testParallelArena((how) => turnsToParallel(new AecRulesArena(rules, { ...how, maxCycles: 6 })), options);
  });
  describe("to its end", () => {
    testAecArena((how) => new AecRulesArena(rules, how), { ...options, maxCycles: undefined });
  });
});

test("on the island, some go alone and some together, so that the contract has seen both", () => {
  const arena = new ParallelRulesArena(crumblingIsland(5));
  const departures = new Set<number>();
  for (let seed = 0; seed < 5; seed++) {
    arena.reset({ seed });
    while (arena.agents.length > 0) {
      const before = arena.agents.length;
      arena.step(Object.fromEntries(arena.agents.map((agent) => [agent, 1])));
      departures.add(before - arena.agents.length);
    }
  }
  expect([...departures].sort()).toEqual(expect.arrayContaining([0, 1, 2]));
});

test("an arena that was played by one interface remembers, in the other, what those who are gone saw last", () => {
  const arena = parallelToAec(new ParallelRulesArena(crumblingIsland(3)));
  expect(() => arena.observe("islander_0")).toThrow(/call reset\(\) first/);
  arena.reset({ seed: 0 });
  while (arena.agents.length === 3) arena.step(arena.last().terminated ? null : 1);
  for (const agent of arena.possibleAgents)
    expect(arena.observationSpace(agent).contains(arena.observe(agent))).toBe(true);
});
