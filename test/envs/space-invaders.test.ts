import { describe, expect, test } from "vitest";
import {
  minatarSpaceInvaders,
  type SpaceInvadersState,
  spaceInvaders,
} from "../../src/envs/minatar/index.js";
import { board, type Legend, sideBySide } from "./boards.js";
import { ScriptedDraws } from "./scripted-draws.js";

const legend: Legend = [
  ["*", 4],
  ["!", 5],
  ["<", 2],
  [">", 3],
  ["P", 0],
];
const noDraws = new ScriptedDraws([]);
const [noop, left, up, right, down, fire] = [0, 1, 2, 3, 4, 5];

const started = (ramping = true) => spaceInvaders.init(noDraws, null, ramping);
const step = (state: SpaceInvadersState, action = noop) => spaceInvaders.step(state, action, noDraws);

function observed(state: SpaceInvadersState): Uint8Array {
  const observation = new Uint8Array(600).fill(7);
  spaceInvaders.observe(state, observation, 0);
  return observation;
}

const shown = (state: SpaceInvadersState) => board(observed(state), legend);
const lines = (state: SpaceInvadersState) => shown(state).split("\n");

type Cell = readonly [row: number, column: number];

interface Position extends Partial<Omit<SpaceInvadersState, "aliens" | "playerBullets" | "alienBullets">> {
  aliens: readonly Cell[];
  playerBullets?: readonly Cell[];
  alienBullets?: readonly Cell[];
}

/** A state with only these aliens and bullets; neither the block nor its gun is due for a while. */
function position({ aliens, playerBullets = [], alienBullets = [], ...rest }: Position): SpaceInvadersState {
  const state = started();
  state.aliens.fill(0);
  state.numAliens = aliens.length;
  for (const [row, column] of aliens) state.aliens[row]! |= 1 << column;
  for (const [row, column] of playerBullets) state.playerBullets[row]! |= 1 << column;
  for (const [row, column] of alienBullets) state.alienBullets[row]! |= 1 << column;
  return Object.assign(state, { marchCountdown: 100, alienGunCountdown: 100 }, rest);
}

/** The columns that a layer holds, as [row, column]. */
function cells(layer: Uint16Array): Cell[] {
  return Array.from(layer, (bits, row) =>
    Array.from({ length: 10 }, (_, column): Cell => [row, column]).filter(
      ([, column]) => (bits >> column) & 1,
    ),
  ).flat();
}

describe("the example boards of the specification", () => {
  test("no-op: killed in step 17", () => {
    const boards = sideBySide(`
      reset        step 10      step 11      step 12      step 13      step 16      step 17
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   .<<<<<<...   .<<<<<<...   .<<<<<<...
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   .<<<<<<...   .<<<<<<...   .<<<<<<...
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   .<<<<<<...   .<<<<<<...   .<<<<<<...
      ..<<<<<<..   ..<<<<<<..   ..<<<!<<..   ..<<<<<<..   .<<<<<<...   .<<<<<<...   .<<<<<<...
      ..........   ..........   ..........   .....!....   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   .....!....   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   .....!....   ..........
      .....P....   .....P....   .....P....   .....P....   .....P....   .....P....   .....!....`);
    const state = started();
    expect(shown(state)).toBe(boards.get("reset"));
    for (let number = 1; number <= 17; number++) {
      expect(step(state)).toBe(0);
      expect(state.over).toBe(number === 17);
      if (boards.has(`step ${number}`))
        expect(shown(state), `step ${number}`).toBe(boards.get(`step ${number}`));
    }
  });

  test("fire in every step: the first bullet scores in step 6, in which the second is fired", () => {
    const boards = sideBySide(`
      reset        step 1       step 2       step 3       step 6       step 7       step 8
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..
      ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<<<<..   ..<<<.<<..   ..<<<.<<..   ..<<<.<<..
      ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   ..........   ..........   ..........   ..........
      ..........   ..........   ..........   .....*....   ..........   ..........   .....*....
      ..........   ..........   .....*....   ..........   ..........   .....*....   ..........
      ..........   .....*....   ..........   ..........   .....*....   ..........   ..........
      .....P....   .....P....   .....P....   .....P....   .....P....   .....P....   .....P....`);
    const state = started();
    expect(shown(state)).toBe(boards.get("reset"));
    for (let number = 1; number <= 8; number++) {
      expect(step(state, fire)).toBe(number === 6 ? 1 : 0);
      if (boards.has(`step ${number}`))
        expect(shown(state), `step ${number}`).toBe(boards.get(`step ${number}`));
    }
    expect(state.over).toBe(false);
  });
});

describe("the cannon", () => {
  test("moves by one column and stays on the board; up and down leave it", () => {
    const state = started();
    for (const [action, column] of [
      [left, 4],
      [right, 5],
      [up, 5],
      [down, 5],
      [fire, 5],
    ] as const) {
      step(state, action);
      expect(state.cannon).toBe(column);
    }
    for (const [start, action] of [
      [0, left],
      [9, right],
    ] as const) {
      const cornered = position({ aliens: [[0, 4]], cannon: start });
      step(cornered, action);
      expect(cornered.cannon).toBe(start);
    }
  });

  test("fires every fifth step at most, and bullets leave at the top", () => {
    const state = position({ aliens: [[0, 0]] });
    const shots = Array.from({ length: 11 }, () => {
      step(state, fire);
      return cells(state.playerBullets).length;
    });
    // Fired in steps 1, 6 and 11; each is on the board for 9 steps.
    expect(shots).toEqual([1, 1, 1, 1, 1, 2, 2, 2, 2, 1, 2]);
  });

  test("its bullets and the aliens' ignore each other", () => {
    const state = position({ aliens: [[0, 0]], playerBullets: [[6, 3]], alienBullets: [[4, 3]] });
    step(state);
    expect([cells(state.playerBullets), cells(state.alienBullets)]).toEqual([[[5, 3]], [[5, 3]]]);
    step(state);
    expect([cells(state.playerBullets), cells(state.alienBullets)]).toEqual([[[4, 3]], [[6, 3]]]);
  });

  test("is lost in the step in which a bullet arrives; one that has arrived is harmless", () => {
    const hit = position({ aliens: [[0, 0]], alienBullets: [[8, 4]] });
    step(hit, left);
    expect(hit.over).toBe(true);
    const late = position({ aliens: [[0, 0]], alienBullets: [[9, 4]] });
    step(late, left);
    expect(late).toMatchObject({ cannon: 4, over: false });
    expect(cells(late.alienBullets)).toEqual([]);
  });

  test("is lost on an alien's cell, whoever comes to the other", () => {
    const walked = position({ aliens: [[9, 4]] });
    step(walked, left);
    expect(walked.over).toBe(true);
    const marched = position({ aliens: [[9, 6]], marchCountdown: 0 });
    step(marched);
    expect(marched.over).toBe(true);
    const besides = position({ aliens: [[9, 7]], marchCountdown: 0 });
    step(besides);
    expect(besides.over).toBe(false);
  });
});

describe("the march", () => {
  /** The steps, counted from 1, in which the block moves. */
  function marches(state: SpaceInvadersState, steps: number): number[] {
    const moved: number[] = [];
    for (let number = 1; number <= steps; number++) {
      const before = state.aliens.slice();
      step(state);
      if (before.some((bits, row) => bits !== state.aliens[row])) moved.push(number);
    }
    return moved;
  }

  test("comes in step 13 and every 12 steps while 12 aliens live", () => {
    const state = Object.assign(started(), { cannon: 9, alienGunCountdown: 1000 });
    expect(marches(state, 40)).toEqual([13, 25, 37]);
  });

  test("with fewer aliens than the period comes after as many steps as there are aliens", () => {
    const three: readonly Cell[] = [
      [2, 5],
      [2, 6],
      [3, 8],
    ];
    expect(marches(position({ aliens: three, marchCountdown: 2, cannon: 0 }), 12)).toEqual([3, 6, 9, 12]);
    expect(marches(position({ aliens: [[2, 8]], marchCountdown: 2, cannon: 0 }), 7)).toEqual([3, 4, 5, 6, 7]);
  });

  test("counts the aliens when it comes, so that a later hit shortens only the next wait", () => {
    const state = position({
      aliens: [
        [2, 6],
        [2, 7],
        [5, 8],
      ],
      playerBullets: [[6, 7]],
      marchCountdown: 0,
      cannon: 0,
    });
    // The march of this step counts three; then the bullet hits the third.
    expect(step(state)).toBe(1);
    expect(state).toMatchObject({ numAliens: 2, marchCountdown: 2 });
    expect(marches(state, 5)).toEqual([3, 5]);
  });

  test("at either edge turns round and goes down instead", () => {
    const aliens: readonly Cell[] = [
      [1, 0],
      [2, 3],
    ];
    const atLeft = position({ aliens, marchCountdown: 0 });
    expect(lines(atLeft)[1]).toBe("<.........");
    step(atLeft);
    expect(cells(atLeft.aliens)).toEqual([
      [2, 0],
      [3, 3],
    ]);
    expect([lines(atLeft)[2], lines(atLeft)[3]]).toEqual([">.........", "...>......"]);

    const atRight = position({ aliens: [[1, 9]], marchCountdown: 0, heading: 1 });
    step(atRight);
    expect(cells(atRight.aliens)).toEqual([[2, 9]]);
    expect(atRight.heading).toBe(-1);

    const away = position({ aliens: [[1, 0]], marchCountdown: 0, heading: 1 });
    step(away);
    expect(cells(away.aliens)).toEqual([[1, 1]]);
  });

  test("down from row 9 ends the game; that row comes round to row 0", () => {
    const state = position({
      aliens: [
        [8, 3],
        [9, 0],
      ],
      marchCountdown: 0,
    });
    step(state);
    expect(state.over).toBe(true);
    expect(cells(state.aliens)).toEqual([
      [0, 0],
      [9, 3],
    ]);
    expect(lines(state)[0]).toBe(">.........");
  });

  test("and a bullet in the cell below pass through each other", () => {
    const state = position({ aliens: [[4, 0]], playerBullets: [[5, 0]], marchCountdown: 0 });
    expect(step(state)).toBe(0);
    expect([cells(state.aliens), cells(state.playerBullets)]).toEqual([[[5, 0]], [[4, 0]]]);
  });

  test("hits come after it, on the cell that an alien has marched to", () => {
    const state = position({
      aliens: [
        [4, 3],
        [0, 9],
      ],
      playerBullets: [[5, 2]],
      marchCountdown: 0,
    });
    expect(step(state)).toBe(1);
    expect([cells(state.aliens), cells(state.playerBullets)]).toEqual([[[0, 8]], []]);
  });
});

describe("the aliens' gun", () => {
  const columns = (...list: readonly number[]) => list.map((column): Cell => [2, column]);

  test.each([
    { cannon: 5, aliens: columns(1, 4, 8), from: 4 },
    { cannon: 5, aliens: columns(3, 7), from: 3 },
    { cannon: 0, aliens: columns(8, 9), from: 8 },
    { cannon: 9, aliens: columns(0, 1), from: 1 },
    { cannon: 6, aliens: columns(0, 6, 7), from: 6 },
  ])("is that of the column nearest to the cannon, the left one on a tie: $cannon fires $from", (each) => {
    const state = position({ aliens: each.aliens, cannon: each.cannon, alienGunCountdown: 0 });
    step(state);
    expect(cells(state.alienBullets)).toEqual([[2, each.from]]);
    expect(state.alienGunCountdown).toBe(9);
  });

  test("is that of the lowest alien in its column, and looks where the cannon has just gone", () => {
    const aliens: readonly Cell[] = [
      [1, 3],
      [4, 3],
      [5, 6],
    ];
    const state = position({ aliens, alienGunCountdown: 0, cannon: 5 });
    step(state, left);
    expect(cells(state.alienBullets)).toEqual([[4, 3]]);
  });

  test("fires in steps 11, 21 and 31", () => {
    const state = position({ aliens: [[0, 0]], alienGunCountdown: 10, cannon: 9 });
    const fired: number[] = [];
    for (let number = 1; number <= 35; number++) {
      step(state);
      if (state.alienBullets[0] !== 0) fired.push(number);
    }
    expect(fired).toEqual([11, 21, 31]);
  });

  test("fires before the alien is hit in the same step", () => {
    const aliens: readonly Cell[] = [
      [3, 5],
      [0, 0],
    ];
    const state = position({ aliens, playerBullets: [[4, 5]], alienGunCountdown: 0 });
    expect(step(state)).toBe(1);
    expect(cells(state.alienBullets)).toEqual([[3, 5]]);
    expect(cells(state.aliens)).toEqual([[0, 0]]);
  });
});

describe("a new wave", () => {
  const almostCleared = (rest: Partial<Position> = {}) =>
    position({
      aliens: [[2, 4]],
      playerBullets: [
        [3, 4],
        [7, 1],
      ],
      alienBullets: [[5, 5]],
      heading: 1,
      cannon: 8,
      marchCountdown: 3,
      alienGunCountdown: 7,
      gunCooldown: 4,
      ...rest,
    });

  test("comes at once; heading, countdowns, bullets and cannon stay as the step left them", () => {
    const state = almostCleared();
    expect(step(state)).toBe(1);
    expect(state).toMatchObject({ numAliens: 24, marchPeriod: 11, level: 1 });
    expect(state).toMatchObject({
      heading: 1,
      marchCountdown: 2,
      alienGunCountdown: 6,
      gunCooldown: 3,
      cannon: 8,
    });
    expect(shown(state).split("\n")).toEqual([
      ...new Array<string>(4).fill("..>>>>>>.."),
      "..........",
      "..........",
      ".*...!....",
      "..........",
      "..........",
      "........P.",
    ]);
  });

  test("makes the march faster down to a period of 6, with ramping only", () => {
    const last = almostCleared({ marchPeriod: 7, level: 5 });
    step(last);
    expect(last).toMatchObject({ marchPeriod: 6, level: 6 });
    const fastest = almostCleared({ marchPeriod: 6, level: 6 });
    step(fastest);
    expect(fastest).toMatchObject({ marchPeriod: 6, level: 6, numAliens: 24 });
    const steady = almostCleared({ ramping: false });
    step(steady);
    expect(steady).toMatchObject({ marchPeriod: 12, level: 0, numAliens: 24 });
    expect(spaceInvaders.level?.(last)).toBe(6);
  });

  test("keeps the countdown that the last alien set", () => {
    const state = almostCleared({ playerBullets: [[3, 5]], marchCountdown: 0 });
    expect(step(state)).toBe(1);
    expect(state).toMatchObject({ numAliens: 24, marchCountdown: 0 });
    step(state);
    expect(lines(state)[0]).toBe("...>>>>>>.");
    expect(state.marchCountdown).toBe(10);
  });
});

test("the end does not cut a step short: what is hit in it still counts", () => {
  const state = position({
    aliens: [
      [3, 2],
      [0, 7],
    ],
    playerBullets: [[4, 1]],
    alienBullets: [[8, 5]],
    marchCountdown: 0,
    alienGunCountdown: 0,
    gunCooldown: 2,
  });
  expect(step(state)).toBe(1);
  expect(state).toMatchObject({ over: true, numAliens: 1, gunCooldown: 1, marchCountdown: 1 });
  expect(cells(state.alienBullets)).toEqual([
    [0, 6],
    [9, 5],
  ]);
});

test("a reset forgets everything of the episode before", () => {
  const played = position({
    aliens: [[5, 4]],
    playerBullets: [
      [6, 4],
      [7, 8],
    ],
    alienBullets: [[2, 2]],
    heading: 1,
    cannon: 2,
    ramping: false,
    gunCooldown: 3,
    marchPeriod: 8,
    level: 4,
    over: true,
  });
  expect(spaceInvaders.init(noDraws, played, true)).toEqual(started());
});

test("channels 1 and that of the heading hold the aliens", () => {
  const state = position({ aliens: [[4, 7]], heading: 1 });
  const here = (4 * 10 + 7) * 6;
  expect([...observed(state).subarray(here, here + 6)]).toEqual([0, 1, 0, 1, 0, 0]);
  state.heading = -1;
  expect([...observed(state).subarray(here, here + 6)]).toEqual([0, 1, 1, 0, 0, 0]);
});

test("a snapshot in the middle of a game brings it back", () => {
  const env = minatarSpaceInvaders.v1.make();
  env.reset({ seed: 5 });
  const play = (steps: number) =>
    Array.from({ length: steps }, (_, number) => {
      const { observation, reward } = env.step(number % 3 === 0 ? 3 : 1 + (number % 2));
      return `${reward} ${observation.join("")}`;
    });
  play(12);
  const snapshot = env.snapshot();
  const first = play(14);
  expect(new Set(first.map((line) => line[0]))).toEqual(new Set(["0", "1"]));
  env.restore(snapshot);
  expect(play(14)).toEqual(first);
});

test("v1 has four actions", () => {
  expect(minatarSpaceInvaders.v1.rules().actionNames).toEqual(["noop", "left", "right", "fire"]);
  expect(minatarSpaceInvaders.v0.rules().actionNames).toHaveLength(6);
});
