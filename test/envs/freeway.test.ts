import { describe, expect, test } from "vitest";
import { type FreewayState, freeway, minatarFreeway } from "../../src/envs/minatar/index.js";
import { LoggedDraws } from "../golden/minatar-draws.js";
import { board, type Legend, sideBySide } from "./boards.js";
import { ScriptedDraws } from "./scripted-draws.js";

const legend: Legend = [
  ["P", 0],
  ["C", 1],
  ["1", 2],
  ["2", 3],
  ["3", 4],
  ["4", 5],
  ["5", 6],
];
const noDraws = new ScriptedDraws([]);
const [noop, left, up, right, down, fire] = [0, 1, 2, 3, 4, 5];
const periods = [1, 2, 3, 4, 5, 1, 2, 3];
const uniforms = [0.9, 0.9, 0.9, 0.9, 0.1, 0.1, 0.1, 0.1];
const lastStep = 2501;

const started = () => freeway.init(new ScriptedDraws([...periods, ...uniforms]), null, true);

/** A state in the middle of the game, with cars where they are put; the board is left as it was. */
function underWay(state: Partial<FreewayState>, columns: Record<number, number> = {}): FreewayState {
  const made = Object.assign(started(), { hold: 0 }, state);
  for (const [car, column] of Object.entries(columns)) made.columns[Number(car)] = column;
  return made;
}

function shown(state: FreewayState): string {
  const observation = new Uint8Array(700).fill(7);
  freeway.observe(state, observation, 0);
  return board(observation, legend);
}

describe("the example boards of the specification", () => {
  test("no-op", () => {
    const boards = sideBySide(`
      reset        step 1       step 2       step 3       step 4       step 5       step 6
      ..........   ..........   ..........   ..........   ..........   ..........   ..........
      C........1   C........1   1C........   1C........   .1C.......   .1C.......   ..1C......
      C........2   C........2   C........2   2C........   2C........   2C........   .2C.......
      C........3   C........3   C........3   C........3   3C........   3C........   3C........
      C........4   C........4   C........4   C........4   C........4   4C........   4C........
      C5........   C5........   C5........   C5........   C5........   C5........   5........C
      C1........   C1........   1........C   1........C   ........C1   ........C1   .......C1.
      C2........   C2........   C2........   2........C   2........C   2........C   ........C2
      C3........   C3........   C3........   C3........   3........C   3........C   3........C
      ....P.....   ....P.....   ....P.....   ....P.....   ....P.....   ....P.....   ....P.....`);
    for (const action of [noop, left, right, fire]) {
      const state = started();
      expect(shown(state)).toBe(boards.get("reset"));
      for (let step = 1; step <= 6; step++) {
        expect(freeway.step(state, action, noDraws)).toBe(0);
        expect(shown(state), `step ${step}`).toBe(boards.get(`step ${step}`));
      }
    }
  });

  test("always up: the first move comes in step 4", () => {
    const boards = sideBySide(`
      reset        step 3       step 4       step 6
      ..........   ..........   ..........   ..........
      C........1   1C........   .1C.......   ..1C......
      C........2   2C........   2C........   .2C.......
      C........3   C........3   3C........   3C........
      C........4   C........4   C........4   4C........
      C5........   C5........   C5........   5........C
      C1........   1........C   ........C1   .......C1.
      C2........   2........C   2........C   ........C2
      C3........   C3........   3...P....C   3...P....C
      ....P.....   ....P.....   ..........   ..........`);
    const state = started();
    for (let step = 1; step <= 6; step++) {
      freeway.step(state, up, noDraws);
      if (boards.has(`step ${step}`)) expect(shown(state), `step ${step}`).toBe(boards.get(`step ${step}`));
    }
  });
});

describe("Freeway's rules", () => {
  test("the traffic is eight periods, then eight headings, at a reset and at a goal", () => {
    const draws = new LoggedDraws();
    const traffic = () =>
      draws.expect([
        ["I", 1, 6, periods],
        ["U", uniforms],
      ]);
    traffic();
    const state = freeway.init(draws, null, true);
    draws.requireEmpty("the reset");
    Object.assign(state, { playerRow: 1, hold: 0 });
    traffic();
    expect(freeway.step(state, up, draws)).toBe(1);
    draws.requireEmpty("the goal");
  });

  test("a car of period p advances every p + 1 steps", () => {
    const state = started();
    const moves = periods.map((): number[] => []);
    for (let step = 1; step <= 20; step++) {
      const before = [...state.columns];
      freeway.step(state, noop, noDraws);
      before.forEach((column, car) => {
        if (state.columns[car] !== column) moves[car]!.push(step);
      });
    }
    periods.forEach((period, car) => {
      const expected = Array.from(
        { length: Math.floor(20 / (period + 1)) },
        (_, k) => (k + 1) * (period + 1),
      );
      expect(moves[car], `car ${car}`).toEqual(expected);
    });
  });

  test("the player moves at most every third step, and not below row 9", () => {
    const state = started();
    const rows = Array.from({ length: 11 }, () => {
      freeway.step(state, up, noDraws);
      return state.playerRow;
    });
    expect(rows).toEqual([9, 9, 9, 8, 8, 8, 7, 7, 7, 6, 6]);
    const bottom = underWay({ playerRow: 9 });
    freeway.step(bottom, down, noDraws);
    // Armed with 3 although the edge held the player back, then one step less.
    expect(bottom).toMatchObject({ playerRow: 9, hold: 2 });
    const higher = underWay({ playerRow: 5 });
    freeway.step(higher, down, noDraws);
    expect(higher.playerRow).toBe(6);
  });

  test("a goal gives 1, sends the player back, and renews the traffic in the same step, where it stands", () => {
    const state = underWay({ playerRow: 1 }, { 0: 7, 1: 2, 7: 9 });
    const renewed = [5, 4, 3, 2, 1, 5, 4, 3];
    const rng = new ScriptedDraws([...renewed, ...uniforms.map((u) => 1 - u)]);
    expect(freeway.step(state, up, rng)).toBe(1);
    expect(rng.used).toBe(16);
    expect([...state.columns]).toEqual([7, 2, 0, 0, 0, 0, 0, 9]);
    expect([...state.periods]).toEqual(renewed);
    expect([...state.headings]).toEqual([-1, -1, -1, -1, 1, 1, 1, 1]);
    expect([...state.countdowns]).toEqual(renewed.map((period) => period - 1));
    expect(state).toMatchObject({ playerRow: 9, hold: 2 });
    expect(shown(state)).toBe(
      `
..........
.......C5.
..C4......
C3........
C2........
C........1
C........5
C........4
........3C
....P.....`.slice(1),
    );
  });

  test("a car hits where it stands and where it comes to, and leaves the hold alone", () => {
    const standing = underWay({ playerRow: 6 }, { 4: 4 });
    freeway.step(standing, up, noDraws);
    expect(standing).toMatchObject({ playerRow: 9, hold: 2 });
    const coming = underWay({ playerRow: 5 }, { 4: 5 });
    coming.countdowns[4] = 0;
    freeway.step(coming, noop, noDraws);
    expect(coming).toMatchObject({ playerRow: 9, hold: 0 });
    const passing = underWay({ playerRow: 5 }, { 4: 3, 5: 4 });
    freeway.step(passing, noop, noDraws);
    expect(passing.playerRow).toBe(5);
  });

  test("a car that leaves the player's cell in this step hits it all the same", () => {
    const state = underWay({ playerRow: 5 }, { 4: 4 });
    state.countdowns[4] = 0;
    freeway.step(state, noop, noDraws);
    expect(state).toMatchObject({ playerRow: 9 });
    expect(state.columns[4]).toBe(3);
  });

  test("rows are closed: cars and trails come back at the other edge", () => {
    const state = started();
    for (let step = 1; step <= 18; step++) freeway.step(state, noop, noDraws);
    expect(shown(state).split("\n")[1]).toBe("........1C");
    for (let step = 19; step <= 20; step++) freeway.step(state, noop, noDraws);
    expect(shown(state).split("\n")[1]).toBe("C........1");
    expect(shown(state).split("\n")[6]).toBe("C1........");
  });

  test("an episode is 2501 steps, with ramping or without, and its last step is a whole one", () => {
    for (const ramping of [true, false]) {
      const state = freeway.init(new ScriptedDraws([...periods, ...uniforms]), null, ramping);
      for (let step = 1; step < lastStep; step++) freeway.step(state, noop, noDraws);
      expect(state.over).toBe(false);
      state.playerRow = 1;
      state.hold = 0;
      expect(freeway.step(state, up, new ScriptedDraws([...periods, ...uniforms]))).toBe(1);
      expect(state).toMatchObject({ over: true, playerRow: 9 });
    }
    expect(freeway.level).toBeUndefined();
  });

  test("a reset puts all cars into column 0, whatever its heading, and forgets the last episode", () => {
    const state = started();
    for (let step = 1; step <= 100; step++) freeway.step(state, noop, noDraws);
    const again = freeway.init(new ScriptedDraws([...periods, ...uniforms]), state, true);
    expect(again).toEqual(started());
  });
});

test("a snapshot in the middle of a game goes on in the same way, across a goal", () => {
  const env = minatarFreeway.v1.make({ stickyActionProbability: 0.5 });
  env.reset({ seed: 3 });
  const play = (steps: number) =>
    Array.from({ length: steps }, () => {
      const { observation, reward, terminated } = env.step(1);
      const seen = `${(observation as Uint8Array).join("")} ${reward}`;
      if (terminated) env.reset();
      return seen;
    });
  play(50);
  const snapshot = env.snapshot();
  const first = play(2600);
  expect(first.some((seen) => seen.endsWith(" 1"))).toBe(true);
  env.restore(snapshot);
  expect(play(2600)).toEqual(first);
});
