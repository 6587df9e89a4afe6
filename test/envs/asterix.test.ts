import { describe, expect, test } from "vitest";
import { type AsterixState, asterix, minatarAsterix } from "../../src/envs/minatar/index.js";
import { board, type Legend, sideBySide } from "./boards.js";
import { ScriptedDraws } from "./scripted-draws.js";

const legend: Legend = [
  ["P", 0],
  ["$", 3],
  ["E", 1],
  ["~", 2],
];
const noDraws = new ScriptedDraws([]);
const [noop, left, up, right, down, fire] = [0, 1, 2, 3, 4, 5];
const [enemy, treasure] = [1, 3];

const started = (ramping = true) => asterix.init(noDraws, null, ramping);

function shown(state: AsterixState): string {
  const observation = new Uint8Array(400).fill(7);
  asterix.observe(state, observation, 0);
  return board(observation, legend);
}

interface Item {
  lane: number;
  kind: number;
  column: number;
  heading: 1 | -1;
}

/** A state with items somewhere. What the board shows of them is not set: only for tests that do not look at it. */
function holding(items: readonly Item[], state: Partial<AsterixState> = {}): AsterixState {
  const made = Object.assign(started(false), state);
  for (const { lane, kind, column, heading } of items) {
    made.items[lane] = kind;
    made.columns[lane] = column;
    made.headings[lane] = heading;
  }
  return made;
}

const example = sideBySide(`
  reset        step 11      step 16      step 21      step 26      step 31      step 32      step 36
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
  ..........   ..........   ..........   ........E~   .......E~.   ......E~..   ......E~..   .....E~...
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
  .....P....   ~$...P....   .~$..P....   ..~$.P....   ...~$P....   .....P....   .....P....   .....P....
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
  ..........   ..........   ..........   ..........   ..........   ~E........   ~E........   .~E.......
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........
  ..........   ..........   ..........   ..........   ..........   ..........   ..........   ..........`);
const exampleDraws = [0.3, 0.2, 4, 0.7, 0.9, 0, 0.3, 0.9, 4];

describe("the example boards of the specification", () => {
  test("no-op: a treasure runs into the player in step 31", () => {
    const rng = new ScriptedDraws(exampleDraws);
    const state = started();
    expect(shown(state)).toBe(example.get("reset"));
    for (let step = 1; step <= 36; step++) {
      expect(asterix.step(state, noop, rng)).toBe(step === 31 ? 1 : 0);
      if (example.has(`step ${step}`)) {
        expect(shown(state), `step ${step}`).toBe(example.get(`step ${step}`));
      }
    }
    expect(rng.used).toBe(9);
    expect(state.over).toBe(false);
  });

  test("an action that means nothing behaves as no-op", () => {
    const rng = new ScriptedDraws(exampleDraws);
    const state = started();
    for (let step = 1; step <= 36; step++) asterix.step(state, fire, rng);
    expect(shown(state)).toBe(example.get("step 36"));
  });
});

describe("Asterix's rules", () => {
  test("the player moves by one, in rows 1 to 8 and all columns", () => {
    const state = started();
    for (const [action, row, column] of [
      [up, 4, 5],
      [left, 4, 4],
      [down, 5, 4],
      [right, 5, 5],
    ] as const) {
      asterix.step(state, action, noDraws);
      expect(state).toMatchObject({ playerRow: row, playerColumn: column });
    }
    for (const [action, row, column] of [
      [up, 1, 5],
      [down, 8, 5],
      [left, 4, 0],
      [right, 4, 9],
    ] as const) {
      const cornered = holding([], { playerRow: row, playerColumn: column });
      asterix.step(cornered, action, noDraws);
      expect(cornered).toMatchObject({ playerRow: row, playerColumn: column });
    }
  });

  test("the k-th empty lane takes the item, at the edge it heads away from", () => {
    const full: Item = { lane: 0, kind: enemy, column: 7, heading: 1 };
    const state = holding([full, { ...full, lane: 2 }], { spawnCountdown: 0, moveCountdown: 9 });
    asterix.step(state, noop, new ScriptedDraws([0.5, 1 / 3, 2]));
    expect([...state.items]).toEqual([enemy, 0, enemy, 0, enemy, 0, 0, 0]);
    expect([state.columns[4], state.headings[4]]).toEqual([9, -1]);
    state.spawnCountdown = 0;
    asterix.step(state, noop, new ScriptedDraws([0.499, 0.333, 4]));
    expect([...state.items]).toEqual([enemy, 0, enemy, 0, enemy, 0, 0, treasure]);
    expect([state.columns[7], state.headings[7]]).toEqual([0, 1]);
  });

  test("a full board takes two draws instead of three, and the countdown is armed again", () => {
    const items = Array.from(
      { length: 8 },
      (_, lane): Item => ({ lane, kind: enemy, column: 8, heading: -1 }),
    );
    const state = holding(items, { spawnCountdown: 0, spawnPeriod: 7 });
    const before = [...state.columns];
    const rng = new ScriptedDraws([0.1, 0.1, 0, 0]);
    asterix.step(state, noop, rng);
    expect(rng.used).toBe(2);
    expect(state.spawnCountdown).toBe(6);
    expect([...state.columns]).toEqual(before);
  });

  test("the player picks up a treasure it walks onto, also the one that just appeared", () => {
    const state = holding([{ lane: 4, kind: treasure, column: 6, heading: 1 }]);
    expect(asterix.step(state, right, noDraws)).toBe(1);
    expect([...state.items]).toEqual(new Array(8).fill(0));
    const cornered = holding([], { playerColumn: 1, spawnCountdown: 0 });
    expect(asterix.step(cornered, left, new ScriptedDraws([0.1, 0.1, 4]))).toBe(1);
  });

  test("an enemy ends the game, whether walked onto or walking", () => {
    const walkedOnto = holding([{ lane: 4, kind: enemy, column: 6, heading: 1 }]);
    expect(asterix.step(walkedOnto, right, noDraws)).toBe(0);
    expect(walkedOnto.over).toBe(true);
    expect(walkedOnto.items[4]).toBe(enemy);
    const walking = holding([{ lane: 4, kind: enemy, column: 4, heading: 1 }], { moveCountdown: 0 });
    asterix.step(walking, noop, noDraws);
    expect(walking.over).toBe(true);
  });

  test("the player and an enemy that changes places with it do meet", () => {
    // The player walks first, onto the enemy; only then would the enemy have come to the player's old cell.
    const state = holding([{ lane: 4, kind: enemy, column: 6, heading: -1 }], { moveCountdown: 0 });
    asterix.step(state, right, noDraws);
    expect(state.over).toBe(true);
    expect(state.columns[4]).toBe(5);
  });

  test("the end does not cut the step short: enemies still advance, countdowns and ramp go on", () => {
    const state = holding(
      [
        { lane: 4, kind: enemy, column: 6, heading: 1 },
        { lane: 0, kind: treasure, column: 2, heading: -1 },
      ],
      { moveCountdown: 0, spawnCountdown: 3, ramping: true },
    );
    asterix.step(state, right, noDraws);
    expect(state).toMatchObject({ over: true, moveCountdown: 4, spawnCountdown: 2, rampCountdown: 99 });
    expect([state.columns[4], state.columns[0]]).toEqual([7, 1]);
  });

  test("what leaves the board is gone, with its trail", () => {
    const state = started(false);
    const rng = new ScriptedDraws([0.1, 0.9, 0]);
    for (let step = 1; step <= 11; step++) asterix.step(state, noop, rng);
    state.spawnCountdown = 1000;
    for (let step = 12; step <= 51; step++) asterix.step(state, noop, noDraws);
    expect(shown(state).split("\n")[1]).toBe("........~E");
    for (let step = 52; step <= 56; step++) asterix.step(state, noop, noDraws);
    expect(shown(state)).toBe(shown(started()));
    expect(state.items[0]).toBe(0);
  });
});

/** Plays on a board kept empty; returns the steps in which the level rose. */
function rises(ramping: boolean, steps: number): { at: number[]; state: AsterixState } {
  const state = started(ramping);
  const draws = new ScriptedDraws(Array.from({ length: 3 * steps }, () => 0));
  const at: number[] = [];
  for (let step = 1; step <= steps; step++) {
    const level = state.level;
    state.items.fill(0);
    asterix.step(state, noop, draws);
    if (state.level > level) at.push(step);
  }
  return { at, state };
}

describe("the ramp", () => {
  test("the level rises every 102 steps, nine times, until both periods are 1", () => {
    const { at, state } = rises(true, 1500);
    expect(at).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((rise) => 102 * rise));
    expect(state).toMatchObject({ spawnPeriod: 1, movePeriod: 1, level: 9 });
    expect(asterix.level?.(state)).toBe(9);
  });

  test("the move period falls at each second rise", () => {
    const movePeriods = [101, 102, 204, 306, 408, 510, 612, 816].map(
      (steps) => rises(true, steps).state.movePeriod,
    );
    expect(movePeriods).toEqual([5, 5, 4, 4, 3, 3, 2, 1]);
  });

  test("without ramping nothing changes; a reset begins anew", () => {
    const { at, state } = rises(false, 500);
    expect(at).toEqual([]);
    expect(state).toMatchObject({ spawnPeriod: 10, movePeriod: 5, level: 0 });
    const hard = rises(true, 1000).state;
    expect(asterix.init(noDraws, hard, true)).toEqual(started());
  });

  test("a new period takes effect when its countdown is next armed", () => {
    const state = Object.assign(started(), {
      rampCountdown: -1,
      level: 1,
      moveCountdown: 3,
      spawnCountdown: 4,
    });
    asterix.step(state, noop, noDraws);
    expect(state).toMatchObject({ movePeriod: 4, spawnPeriod: 9, moveCountdown: 2, spawnCountdown: 3 });
  });
});

test("a snapshot in the middle of a game goes on in the same way", () => {
  const env = minatarAsterix.v1.make();
  env.reset({ seed: 5 });
  const play = (steps: number) =>
    Array.from({ length: steps }, (_, step) => {
      const { observation, reward, terminated } = env.step((step * 7) % 5);
      const seen = `${(observation as Uint8Array).join("")} ${reward} ${env.state?.game.level}`;
      if (terminated) env.reset();
      return seen;
    });
  play(45);
  const snapshot = env.snapshot();
  expect(snapshot.state?.game.board).toContain(1);
  const first = play(300);
  env.restore(snapshot);
  expect(play(300)).toEqual(first);
  expect(new Set(first).size).toBeGreaterThan(50);
});
