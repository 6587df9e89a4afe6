import { testAecArena, testParallelArena } from "ludus/testing";
import { describe, test } from "vitest";
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
];

const turns = [ticTacToe(), connectFour()];

describe.each(simultaneous)("$id", (rules) => {
  testParallelArena(() => new ParallelRulesArena(rules as never), { test, steps: 80 });
  describe("in turns", () => {
    testAecArena(() => parallelToAec(new ParallelRulesArena(rules as never)), { test, steps: 80 });
  });
  describe("in turns and back", () => {
    testParallelArena(() => aecToParallel(parallelToAec(new ParallelRulesArena(rules as never))), {
      test,
      steps: 80,
    });
  });
});

describe.each(turns)("$id", (rules) => {
  testAecArena(() => new AecRulesArena(rules as never), { test, steps: 120 });
  describe("all at once", () => {
    testParallelArena(() => turnsToParallel(new AecRulesArena(rules as never)), { test, steps: 120 });
  });
});
