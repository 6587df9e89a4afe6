import { describe, expect, test } from "vitest";
import { type BreakoutState, breakout } from "../../src/envs/index.js";
import { board, type Legend, sideBySide } from "./boards.js";
import { ScriptedDraws } from "./scripted-draws.js";

const legend: Legend = [
  ["o", 1],
  ["=", 0],
  ["#", 3],
  ["~", 2],
];
const noDraws = new ScriptedDraws([]);
const [noop, left, right] = [0, 1, 3];

const started = (side: 0 | 1) => breakout.init(new ScriptedDraws([side]), null, true);

function shown(state: BreakoutState): string {
  const observation = new Uint8Array(400).fill(7);
  breakout.observe(state, observation, 0);
  return board(observation, legend);
}

describe("the example boards of the specification", () => {
  test("no-op from the left: lost in step 6", () => {
    const boards = sideBySide(`
      reset        step 1       step 2       step 5       step 6
      ..........   ..........   ..........   ..........   ..........
      ##########   ##########   ##########   ##########   ##########
      ##########   ##########   ##########   ##########   ##########
      o#########   ##########   ##########   ##########   ##########
      ..........   .o........   .~........   ..........   ..........
      ..........   ..........   ..o.......   ..........   ..........
      ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ....~.....   ..........
      ..........   ..........   ..........   .....o....   .....~....
      ....=.....   ....=.....   ....=.....   ....=.....   ....=.o...`);
    const state = started(0);
    expect(shown(state)).toBe(boards.get("reset"));
    for (let step = 1; step <= 6; step++) {
      expect(breakout.step(state, noop, noDraws)).toBe(0);
      expect(state.over).toBe(step === 6);
      if (boards.has(`step ${step}`)) expect(shown(state), `step ${step}`).toBe(boards.get(`step ${step}`));
    }
  });

  test("no-op from the right: bounces in step 6, breaks a brick in step 11", () => {
    const boards = sideBySide(`
      reset        step 1       step 5       step 6       step 9       step 10      step 11      step 12
      ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ##########   ##########   ##########   ##########   ##########   ##########   ##########   ##########
      ##########   ##########   ##########   ##########   ##########   ##########   ##########   ##########
      #########o   ##########   ##########   ##########   ##########   ##########   #.########   #.########
      ..........   ........o.   ..........   ..........   ..........   o.........   ~o........   .~........
      ..........   ..........   ..........   ..........   o.........   ~.........   ..........   ..o.......
      ..........   ..........   ..........   ..........   .~........   ..........   ..........   ..........
      ..........   ..........   .....~....   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ....o.....   ...o~.....   ..........   ..........   ..........   ..........
      ....=.....   ....=.....   ....=.....   ....=.....   ....=.....   ....=.....   ....=.....   ....=.....`);
    const state = started(1);
    expect(shown(state)).toBe(boards.get("reset"));
    for (let step = 1; step <= 12; step++) {
      expect(breakout.step(state, noop, noDraws)).toBe(step === 11 ? 1 : 0);
      if (boards.has(`step ${step}`)) expect(shown(state), `step ${step}`).toBe(boards.get(`step ${step}`));
    }
    expect(state.over).toBe(false);
  });
});

/** A state with the ball somewhere, on its way. */
function flying(
  ball: Partial<BreakoutState>,
  removed: readonly [row: number, column: number][] = [],
): BreakoutState {
  const state = started(0);
  for (const [row, column] of removed) {
    state.bricks[(row * 10 + column) * 4 + 3] = 0;
    state.bricksLeft--;
  }
  return Object.assign(state, ball);
}

const wholeWall = [1, 2, 3].flatMap((row) =>
  Array.from({ length: 10 }, (_, column): [number, number] => [row, column]),
);

describe("Breakout's rules", () => {
  test("the paddle moves by one and stays on the board; other actions leave it", () => {
    const state = started(0);
    for (const [action, column] of [
      [left, 3],
      [right, 4],
      [2, 4],
      [4, 4],
      [5, 4],
    ] as const) {
      breakout.step(state, action, noDraws);
      expect(state.paddle).toBe(column);
    }
    for (const [start, action, end] of [
      [0, left, 0],
      [9, right, 9],
    ] as const) {
      const cornered = flying({ ballRow: 5, ballColumn: 5, paddle: start });
      breakout.step(cornered, action, noDraws);
      expect(cornered.paddle).toBe(end);
    }
  });

  test("the ceiling turns the ball round in row 0", () => {
    const state = flying({ ballRow: 0, ballColumn: 4, rowStep: -1, columnStep: 1 });
    breakout.step(state, noop, noDraws);
    expect(state).toMatchObject({ ballRow: 0, ballColumn: 5, rowStep: 1, columnStep: 1 });
  });

  test("a side wall keeps the column and reverses it", () => {
    const state = flying({ ballRow: 6, ballColumn: 9, rowStep: 1, columnStep: 1 });
    breakout.step(state, noop, noDraws);
    expect(state).toMatchObject({ ballRow: 7, ballColumn: 9, rowStep: 1, columnStep: -1 });
  });

  test("a second brick in a row is flown through, until the ball was outside bricks", () => {
    const state = flying({ ballRow: 4, ballColumn: 4, rowStep: -1, columnStep: 1, struck: true });
    expect(breakout.step(state, noop, noDraws)).toBe(0);
    expect(state).toMatchObject({ ballRow: 3, ballColumn: 5, rowStep: -1, bricksLeft: 30, struck: true });
    const outside = flying({ ballRow: 6, ballColumn: 4, rowStep: -1, columnStep: 1, struck: true });
    breakout.step(outside, noop, noDraws);
    expect(outside.struck).toBe(false);
  });

  test("the paddle is tried first under the ball's old column, then under the new one", () => {
    const ball = { ballRow: 8, ballColumn: 4, rowStep: 1, columnStep: 1 };
    const straight = flying({ ...ball, paddle: 4 });
    breakout.step(straight, noop, noDraws);
    expect(straight).toMatchObject({ ballRow: 8, ballColumn: 5, rowStep: -1, columnStep: 1, over: false });
    const corner = flying({ ...ball, paddle: 5 });
    breakout.step(corner, noop, noDraws);
    expect(corner).toMatchObject({ ballRow: 8, ballColumn: 5, rowStep: -1, columnStep: -1, over: false });
    const late = flying({ ...ball, paddle: 6 });
    breakout.step(late, right, noDraws);
    expect(late).toMatchObject({ ballRow: 9, ballColumn: 5, over: true });
  });

  test("the wall comes back only when the ball next reaches row 9", () => {
    const lastBrick: [number, number] = [3, 5];
    const others = wholeWall.filter(([row, column]) => row !== lastBrick[0] || column !== lastBrick[1]);
    const state = flying({ ballRow: 4, ballColumn: 4, rowStep: -1, columnStep: 1, paddle: 9 }, others);
    expect(breakout.step(state, noop, noDraws)).toBe(1);
    for (let step = 0; step < 4; step++) {
      expect(state.bricksLeft).toBe(0);
      breakout.step(state, noop, noDraws);
    }
    expect(state.ballRow).toBe(8);
    breakout.step(state, noop, noDraws);
    expect(state).toMatchObject({ bricksLeft: 30, over: false });
    expect(shown(state).split("\n")[2]).toBe("##########");
  });
});
