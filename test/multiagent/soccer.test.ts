import { defaultRng } from "gymnasium-js";
import { testAecArena, testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  type ArenaRules,
  ParallelRulesArena,
  type Player,
  parallelToAec,
  randomPlayer,
  SimultaneousVector,
  type SoccerState,
  soccer,
  soccerChaser,
} from "../../src/multiagent/index.js";
import { expectSameArrays, outcomeOf } from "./arena-steps.js";

// As a team sees it: left is backwards, right forwards.
const [back, forward, up, down, stay, pass] = [0, 1, 2, 3, 4, 5];

/** A pitch drawn in letters: red a, b, c and blue x, y, z; a capital letter has the ball. Goals are where rows begin with `>`. */
function pitchOf(picture: string) {
  const rows = picture.trim().split(/\s+/);
  const cells = rows.map((row) => row.replace(">", "")).join("");
  const [height, width] = [rows.length, cells.length / rows.length];
  const goalHeight = rows.filter((row) => row.startsWith(">")).length;
  const placed = [..."abcxyz"].filter((letter) => cells.toLowerCase().includes(letter));
  const teamSize = placed.length / 2;
  const rules = soccer({ height, width, goalHeight, teamSize });
  const goalTop = rows.findIndex((row) => row.startsWith(">"));
  const state = { ...rules.init(defaultRng(0), undefined), goalTop };
  state.playerAt.fill(-1);
  for (const [player, letter] of placed.entries()) {
    state.cells[player] = cells.toLowerCase().indexOf(letter);
    state.playerAt[state.cells[player]!] = player;
    if (cells.includes(letter.toUpperCase())) state.holder = player;
  }
  const outcome = outcomeOf(placed.length);
  /** In the order of the letters. @param seed decides in which order they act */
  const step = (actions: number[], seed = 0) => {
    outcome.rewards.fill(0);
    rules.step(state, actions, 0, defaultRng(seed), outcome);
    return [...outcome.rewards];
  };
  const drawn = () => {
    const letters = [...state.playerAt].map((player) => {
      if (player < 0) return ".";
      return player === state.holder ? placed[player]!.toUpperCase() : placed[player]!;
    });
    return rows.map((_, row) => letters.slice(row * width, (row + 1) * width).join(""));
  };
  return { rules, state, outcome, step, drawn };
}

/** Which results a step has in one order or another. */
function resultsOf(picture: string, actions: number[]): Set<string> {
  const results = new Set<string>();
  for (let seed = 0; seed < 40; seed++) {
    const { step, drawn } = pitchOf(picture);
    step(actions, seed);
    results.add(drawn().join(" "));
  }
  return results;
}

describe("a move", () => {
  test("goes where the team means it to, and ends at the edges", () => {
    const { step, drawn } = pitchOf(`
      A...x
      >.....`);
    step([forward, forward]);
    expect(drawn()).toEqual([".A.x.", "....."]);
    step([back, back]);
    expect(drawn()).toEqual(["A...x", "....."]);
    step([back, back]);
    step([up, up]);
    expect(drawn()).toEqual(["A...x", "....."]);
    step([down, down]);
    expect(drawn()).toEqual([".....", "A...x"]);
  });

  test("into somebody else is not made, and takes the ball from who has it", () => {
    const { step, drawn } = pitchOf(`
      .aX..
      >.....`);
    step([forward, stay]);
    expect(drawn()[0]).toBe(".Ax..");
  });

  test("into somebody else with the ball loses it", () => {
    const { step, drawn } = pitchOf(`
      .Ax..
      >.....`);
    step([forward, stay]);
    expect(drawn()[0]).toBe(".aX..");
  });

  test("into a mate hands the ball on, and into somebody without the ball is nothing", () => {
    const { step, drawn } = pitchOf(`
      .Ab.x
      >....y`);
    step([forward, stay, stay, stay]);
    expect(drawn()[0]).toBe(".aB.x");
    step([forward, stay, stay, stay]);
    expect(drawn()[0]).toBe(".Ab.x");
    step([stay, stay, down, stay]);
    expect(drawn()).toEqual([".Ab.x", "....y"]);
  });

  test("for a cell that two want is made by who is first, and who has the ball loses it either way", () => {
    const results = resultsOf(
      `
      .A.x.
      >.....`,
      [forward, forward],
    );
    expect(results).toEqual(new Set(["..aX. .....", ".aX.. ....."]));
  });

  test("into a cell that is left in the same step depends on who is first", () => {
    const results = resultsOf(
      `
      .Ab.x
      >....y`,
      [forward, forward, stay, stay],
    );
    expect(results).toEqual(new Set(["..Abx ....y", ".a.Bx ....y"]));
  });
});

describe("a goal", () => {
  test("is made by walking into it with the ball, and is the end: 1 for each of the team, -1 for the others", () => {
    const { state, outcome, step } = pitchOf(`
      b...y
      >x...A`);
    expect(step([forward, stay, stay, stay])).toEqual([1, 1, -1, -1]);
    expect(state.scorer).toBe(0);
    expect([...outcome.terminations]).toEqual([1, 1, 1, 1]);
  });

  test("is the end for those whose turn has not come, too", () => {
    const reached = new Set<number>();
    for (let seed = 0; seed < 20; seed++) {
      const { state, step } = pitchOf("b...y >x...A");
      step([forward, stay, stay, forward], seed);
      const isLate = state.order.indexOf(0) < state.order.indexOf(3);
      expect(state.cells[3]).toBe(isLate ? 4 : 3);
      reached.add(state.cells[3]!);
    }
    expect(reached.size).toBe(2);
  });

  test("of blue lies on the left", () => {
    const { step } = pitchOf(`
      b...y
      >.X..a`);
    expect(step([stay, stay, forward, stay])).toEqual([0, 0, 0, 0]);
    expect(step([stay, stay, forward, stay])).toEqual([-1, -1, 1, 1]);
  });

  test.each([
    ["without the ball", "b...y >x...a", forward],
    ["beside it", "b..A. >x...y", forward],
    ["the own one", ">A..x. b...y", back],
  ])("is none %s", (_, picture, action) => {
    const { state, outcome, step } = pitchOf(picture);
    expect(step([action, stay, stay, stay])).toEqual([0, 0, 0, 0]);
    if (picture.includes("A.")) expect(step([action, stay, stay, stay])).toEqual([0, 0, 0, 0]);
    expect([state.scorer, outcome.terminations[0]]).toEqual([-1, 0]);
  });
});

describe("a pass", () => {
  test("goes to the nearest mate, whichever way", () => {
    const { step, drawn } = pitchOf(`
      b...z
      .....
      ....x
      >..A.c
      y....`);
    step([pass, stay, stay, stay, stay, stay]);
    expect(drawn()).toEqual(["b...z", ".....", "....x", "..a.C", "y...."]);
    step([stay, stay, pass, stay, stay, stay]);
    expect(drawn()[3]).toBe("..A.c");
  });

  test.each([
    ["in a row", "Ax.b. >....y", "aX.b."],
    ["the first of two", "Axyb. >.....", "aXyb."],
  ])("is caught by an opponent on its way: %s", (_, picture, first) => {
    const { step, drawn } = pitchOf(picture);
    step([pass, stay, stay, stay]);
    expect(drawn()[0]).toBe(first);
  });

  test("flies aslant, past those who are not on the line", () => {
    const caught = pitchOf("A.... .x... >..b.. ....y");
    caught.step([pass, stay, stay, stay]);
    expect(caught.state.holder).toBe(2);
    const past = pitchOf("Ay... x.... >..b.. .....");
    past.step([pass, stay, stay, stay]);
    expect(past.state.holder).toBe(1);
  });

  test("is nothing if the ball was lost before", () => {
    const results = resultsOf("Ax... >..b.y", [pass, stay, forward, stay]);
    expect(results).toEqual(new Set(["aX... ..b.y", "ax... ..B.y"]));
  });

  test("is only for who has the ball; in teams of one there is none", () => {
    const { rules, state } = pitchOf("A...x >b...y");
    const mask = new Uint8Array(8).fill(7);
    rules.actionMask!(state, 0, mask, 1);
    expect([...mask]).toEqual([7, 1, 1, 1, 1, 1, 1, 7]);
    rules.actionMask!(state, 1, mask, 1);
    expect([...mask]).toEqual([7, 1, 1, 1, 1, 1, 0, 7]);
    const single = soccer({ height: 4, width: 5, teamSize: 1 });
    expect(single.actionMask).toBeUndefined();
    expect(single.actionNames!(0)).toEqual(["left", "right", "up", "down", "stay"]);
    expect(single.actionNames!(1)).toEqual(["right", "left", "up", "down", "stay"]);
    expect(single.actionSpace(0).describe()).toMatchObject({ n: 5 });
  });
});

/** The same game seen in a mirror, red and blue having changed sides. */
function mirrored(state: SoccerState): SoccerState {
  const { width, teamSize } = state;
  const other = (player: number) => (player < teamSize ? player + teamSize : player - teamSize);
  const cells = state.cells.map((_, player) => {
    const cell = state.cells[other(player)]!;
    return cell - (cell % width) + width - 1 - (cell % width);
  });
  const playerAt = state.playerAt.map(() => -1);
  for (const [player, cell] of cells.entries()) playerAt[cell] = player;
  const scorer = state.scorer < 0 ? -1 : 1 - state.scorer;
  return { ...state, cells, playerAt, scorer, holder: other(state.holder), order: state.order.map(other) };
}

test.each([
  soccer(),
  soccer({ height: 5, width: 8, teamSize: 3 }),
  soccer({ height: 4, width: 5, teamSize: 1 }),
])("a mirrored game is the same to the other team, and stays so as it is played", (rules) => {
  const players = rules.agents.length;
  const rng = defaultRng(3);
  const random = randomPlayer(rules);
  const size = (rules.observationSpace(0).describe() as { shape: number[] }).shape.reduce((a, b) => a * b);
  const seen = (state: SoccerState, player: number) => {
    const out = new Uint8Array(size);
    rules.observe(state, player, out, 0);
    return Buffer.from(out).toString("base64");
  };
  let goals = 0;
  for (let game = 0; game < 15; game++) {
    const state = rules.init(rng, undefined);
    const other = mirrored(state);
    for (let step = 0; step < 60 && state.scorer < 0; step++) {
      for (let player = 0; player < players; player++) {
        expect(seen(other, (player + players / 2) % players)).toBe(seen(state, player));
      }
      const actions = rules.agents.map((_, player) => random.act(state, player, rng));
      const swapped = [...actions.slice(players / 2), ...actions.slice(0, players / 2)];
      const [one, two] = [outcomeOf(players), outcomeOf(players)];
      rules.step(state, actions, 0, defaultRng(step), one);
      rules.step(other, swapped, 0, defaultRng(step), two);
      expect(other).toEqual(mirrored(state));
      expect([...two.rewards]).toEqual([...one.rewards].map((reward) => 0 - reward));
    }
    goals += state.scorer < 0 ? 0 : 1;
  }
  if (players === 2) expect(goals).toBeGreaterThan(1);
});

test("a view has oneself, mates, opponents and the ball; the state a plane for each player and one for the ball", () => {
  const { rules, state } = pitchOf("a.X >.b. ..y");
  const out = new Uint8Array(9 * 4);
  const plane = (channel: number, count: number, data: Uint8Array) =>
    [...data.keys()].filter((i) => i % count === channel && data[i] === 1).map((i) => Math.floor(i / count));
  rules.observe(state, 1, out, 0);
  expect([0, 1, 2, 3].map((channel) => plane(channel, 4, out))).toEqual([[4], [0], [2, 8], [2]]);
  rules.observe(state, 3, out, 0);
  expect([0, 1, 2, 3].map((channel) => plane(channel, 4, out))).toEqual([[6], [0], [2, 4], [0]]);
  const whole = new Uint8Array(9 * 5);
  rules.writeState!(state, whole, 0);
  expect([0, 1, 2, 3, 4].map((channel) => plane(channel, 5, whole))).toEqual([[0], [4], [2], [8], [2]]);
});

test.each([1, 2, 5])("teams of %d: one in a cell, one ball, and nothing to be had together", (teamSize) => {
  const rules = soccer({ height: 5, width: 7, teamSize, goalHeight: 3 });
  const players = 2 * teamSize;
  const rng = defaultRng(8);
  const random = randomPlayer(rules);
  const holders = new Set<number>();
  for (let game = 0; game < 20; game++) {
    const state = rules.init(rng, undefined);
    const outcome = outcomeOf(players);
    expect([...state.cells.keys()].map((player) => state.cells[player]! % 7 < 3)).toEqual(
      Array.from({ length: players }, (_, player) => player < teamSize),
    );
    for (let step = 0; step < 60 && outcome.terminations[0] === 0; step++) {
      holders.add(state.holder);
      rules.step(
        state,
        rules.agents.map((_, player) => random.act(state, player, rng)),
        0,
        rng,
        outcome,
      );
      expect(new Set(state.cells).size).toBe(players);
      const expected = new Int8Array(35).fill(-1);
      for (const [player, cell] of state.cells.entries()) expected[cell] = player;
      expect(state.playerAt).toEqual(expected);
      expect(outcome.rewards.reduce((sum, reward) => sum + reward, 0)).toBe(0);
      expect(new Set(outcome.terminations).size).toBe(1);
    }
  }
  expect(holders.size).toBe(players);
});

/** What the first agent earns in a game, on average. */
function margin(rules: ArenaRules<SoccerState>, [red, blue]: readonly Player<SoccerState>[]): number {
  if (rules.kind !== "simultaneous") throw new Error("Soccer is played all at once.");
  const players = rules.agents.length;
  const rng = defaultRng(6);
  let sum = 0;
  for (let game = 0; game < 60; game++) {
    const state = rules.init(rng, undefined);
    const outcome = outcomeOf(players);
    for (let step = 0; step < 100 && outcome.terminations[0] === 0; step++) {
      const actions = rules.agents.map((_, player) =>
        (player < players / 2 ? red : blue)!.act(state, player, rng),
      );
      const mask = new Uint8Array(6);
      for (const [player, action] of actions.entries()) {
        rules.actionMask?.(state, player, mask, 0);
        if (rules.actionMask !== undefined) expect(mask[action]).toBe(1);
      }
      rules.step(state, actions, 0, rng, outcome);
    }
    sum += outcome.rewards[0]!;
  }
  return sum / 60;
}

test.each([
  soccer(),
  soccer({ height: 4, width: 5, teamSize: 1 }),
  soccer({ height: 9, width: 13, teamSize: 5 }),
])("who chases the ball beats who plays at random, from either side, and not who does the same", (rules) => {
  const random = randomPlayer(rules);
  expect(margin(rules, [soccerChaser, random])).toBeGreaterThan(0.9);
  expect(margin(rules, [random, soccerChaser])).toBeLessThan(-0.9);
  expect(Math.abs(margin(rules, [soccerChaser, soccerChaser]))).toBeLessThan(0.4);
});

test("text and picture show who has the ball, and who has scored", () => {
  const { rules, state, step } = pitchOf("b...y >x...A");
  expect(rules.renderAnsi!(state)).toBe(
    ["+---------------+", "|r1  .  .  . b1 |", " b0  .  .  . R0  ", "+---------------+"].join("\n"),
  );
  const { width, height, data } = rules.renderRgb!(state);
  expect([width, height, data.length]).toEqual([140, 40, 140 * 40 * 3]);
  const before = rules.renderRgb!(state).data.slice();
  step([forward, stay, stay, stay]);
  expect(rules.renderAnsi!(state).split("\n")[0]).toBe("red has scored");
  expect(rules.renderRgb!(state).data).not.toEqual(before);
});

test("a pitch without room is refused", () => {
  expect(() => soccer({ height: 2, width: 3, teamSize: 3 })).toThrow(/no room for teams of 3/);
  expect(() => soccer({ height: 2, goalHeight: 3 })).toThrow(/goals of 3 rows/);
  expect(() => soccer({ teamSize: 0 })).toThrow(/teamSize is 0/);
});

test("steps write into the arrays that the state has, and make none", () => expectSameArrays(soccer()));

describe.each([
  soccer(),
  soccer({ height: 4, width: 5, teamSize: 1 }),
  soccer({ teamSize: 4, goalHeight: 6 }),
])("$id of $agents.length", (rules) => {
  const maxCycles = 30;
  testParallelArena((how) => new ParallelRulesArena(rules, { ...how, maxCycles }), {
    ...{ test, steps: 120, maxCycles },
    renderModes: ["ansi", "rgb_array"],
  });

  describe("in turns", () => {
    testAecArena((how) => parallelToAec(new ParallelRulesArena(rules, { ...how, maxCycles })), {
      ...{ test, steps: 60, seeds: [0, 1] },
      renderModes: ["ansi", "rgb_array"],
    });
  });

  test("many side by side", () => {
    const vector = new SimultaneousVector(rules, { numArenas: 8 });
    vector.reset({ seed: 1 });
    const rng = defaultRng(2);
    const players = rules.agents.length;
    const actions = new Int32Array(8 * players);
    let goals = 0;
    for (let i = 0; i < 200; i++) {
      for (let at = 0; at < actions.length; at++) {
        actions[at] = soccerChaser.act(vector.stateOf(Math.floor(at / players)), at % players, rng);
      }
      vector.step(actions);
      goals += vector.ended.reduce((sum, ended) => sum + ended, 0);
    }
    expect(goals).toBeGreaterThan(40);
  });
});
