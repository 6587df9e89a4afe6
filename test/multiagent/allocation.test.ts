import { defaultRng } from "gymnasium-js";
import { expect, test } from "vitest";
import {
  connectFour,
  pursuit,
  SimultaneousVector,
  TurnVector,
  ticTacToe,
} from "../../src/multiagent/index.js";
import { leastBytesPerRound } from "../replay/heap.js";

const numArenas = 32;

test("it can tell: an array of as many numbers as there are arenas is seen", () => {
  const kept: Float64Array[] = [];
  const run = (rounds: number) => {
    for (let i = 0; i < rounds; i++) kept[i & 15] = new Float64Array(numArenas);
  };
  expect(leastBytesPerRound(2000, run)).toBeGreaterThan(100);
});

test("a step of arenas in which all act at once allocates nothing", () => {
  const vector = new SimultaneousVector(pursuit({ predators: 8, prey: 30 }), { numArenas, maxCycles: null });
  const rng = defaultRng(0);
  const actions = Int32Array.from({ length: numArenas * 8 }, () => rng.integers(0, 5));
  vector.reset({ seed: 0 });
  const run = (rounds: number) => {
    for (let i = 0; i < rounds; i++) vector.step(actions);
  };
  expect(leastBytesPerRound(1000, run)).toBeLessThan(100);
});

test.each([ticTacToe(), connectFour()])(
  "a turn of $id allocates no more than the states of new games",
  (rules) => {
    const vector = new TurnVector(rules, { numArenas });
    const mask = new Uint8Array(9);
    const actions = new Int32Array(numArenas);
    vector.reset({ seed: 0 });
    const run = (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        for (let arena = 0; arena < numArenas; arena++) {
          rules.actionMask!(vector.stateOf(arena), vector.turns[arena]!, mask, 0);
          let action = i % mask.length;
          while (mask[action] !== 1) action = (action + 1) % mask.length;
          actions[arena] = action;
        }
        vector.step(actions);
      }
    };
    // A state is some 200 bytes, and a game at least five turns.
    expect(leastBytesPerRound(2000, run) / numArenas).toBeLessThan(60);
  },
);
