import { clonePlain, type Env, make, type RulesEnv } from "gymnasium-js";
import {
  type BlackjackState,
  decodeTaxi,
  defineGridworld,
  encodeTaxi,
  type GridState,
  type GridworldKwargs,
} from "ludus";
import { describe, expect, test } from "vitest";
import { sightLines } from "../../src/envs/gridworld/egocentric.js";
import { dealerShown, playerShown } from "../../viewer/src/scenes/blackjack-table.js";
import {
  cellAt,
  cellBetween,
  isStep,
  spinBetween,
  turnBetween,
  turnOf,
} from "../../viewer/src/scenes/glide.js";
import { boxMoves, columnsOf, placeBetween } from "../../viewer/src/scenes/gridworld/motion.js";
import { seenCells } from "../../viewer/src/scenes/gridworld/sight.js";
import { groundAngle, groundHeight } from "../../viewer/src/scenes/hill.js";
import { taxiCellOf, taxiHeading } from "../../viewer/src/scenes/taxi-geometry.js";

/** A copy of what an environment's state is now. */
function stateOf<State>({ unwrapped }: Env): State {
  return clonePlain((unwrapped as RulesEnv<State, unknown, unknown>).state!) as State;
}

describe("things glide", () => {
  test("round the short way", () => {
    expect(turnBetween(3, -3, 0.5)).toBeCloseTo(Math.PI, 10);
    expect(turnBetween(-3, 3, 1)).toBeCloseTo(-3 - (2 * Math.PI - 6), 10);
    expect(turnOf(0.25, 0.75)).toBe(0.5);
  });

  test("the way that a fast spin goes, though it is the longer one", () => {
    expect(turnOf(0, -1, 5)).toBeCloseTo(2 * Math.PI - 1, 10);
    expect(spinBetween([0, -1], 5, 0.5)).toBeCloseTo(-1 - (2 * Math.PI - 1) / 2, 10);
  });

  test("not where their speed does not explain it: another episode has begun", () => {
    expect(spinBetween([2.5, 0.05], 0.1, 0.25)).toBe(0.05);
  });

  test("to the next cell, and to no other", () => {
    const [from, next, far] = [cellAt(13, 12), cellAt(25, 12), cellAt(36, 12)];
    expect(cellBetween(from, next, 0.25)).toEqual({ x: 1, y: 1.25 });
    expect(isStep(from, far)).toBe(false);
    expect(cellBetween(from, far, 0.25)).toEqual(far);
  });
});

test("the hill's angle is that of its height", () => {
  for (const position of [-1.2, -Math.PI / 6, 0, 0.45, 0.6]) {
    const slope = (groundHeight(position + 1e-6) - groundHeight(position - 1e-6)) / 2e-6;
    expect(Math.tan(groundAngle(position))).toBeCloseTo(slope, 6);
  }
});

describe("Taxi", () => {
  const now = encodeTaxi({ taxi: 12, passenger: 4, destination: 2 });

  test("shows the states of this passenger and destination, each where its taxi is", () => {
    const shown = Array.from({ length: 500 }, (_, state) => taxiCellOf(state, now));
    expect(shown.filter((cell) => cell !== null)).toHaveLength(25);
    shown.forEach((cell, state) => {
      const { taxi, passenger, destination } = decodeTaxi(state);
      const isShown = passenger === 4 && destination === 2;
      expect(cell).toEqual(isShown ? { x: taxi % 5, y: Math.floor(taxi / 5) } : null);
    });
  });

  test("looks to where it drives, in the rain too, else to where it was told to", () => {
    const [middle, right] = [cellAt(12, 5), cellAt(13, 5)];
    const north = 1;
    expect(taxiHeading([middle, right], north)).toBe(0);
    expect(taxiHeading([middle, middle], north)).toBe(-Math.PI / 2);
    expect(taxiHeading([middle, middle], 4)).toBeNull();
    expect(taxiHeading([middle, middle], -1)).toBeNull();
  });
});

describe("Blackjack", () => {
  const state = (): BlackjackState => ({
    player: { values: Uint8Array.of(1, 7, 0), cards: 2, sum: 8, hasAce: true },
    dealer: { values: Uint8Array.of(10, 6, 5), cards: 3, sum: 21, hasAce: false },
    dealerSuit: 2,
    dealerFace: 1,
    lastAction: 1,
  });

  test("hides the dealer's other cards until the player sticks", () => {
    const queen = { text: "Q", suit: 2 };
    expect(dealerShown(state())).toEqual({ cards: [queen, null], sum: 10, soft: false });
    const open = dealerShown({ ...state(), lastAction: 0 });
    const rest = ["6", "5"].map((text) => ({ text, suit: null }));
    expect(open).toEqual({ cards: [queen, ...rest], sum: 21, soft: false });
  });

  test("counts as the rules do", () => {
    expect(playerShown(state())).toMatchObject({ sum: 18, soft: true });
    const env = make("Blackjack-v1");
    for (let seed = 0; seed < 50; seed++) {
      env.reset({ seed });
      const [sum, , usableAce] = env.step(1).observation as [number, number, number];
      expect(playerShown(stateOf<BlackjackState>(env))).toMatchObject({ sum, soft: usableAce === 1 });
    }
  });
});

/** States of a play by actions, the first one included. */
function play(
  map: readonly string[],
  actions: readonly number[],
  options: GridworldKwargs = {},
): GridState[] {
  const env = defineGridworld({ id: "Scenes-v0", map }).make(options);
  env.reset({ seed: 0 });
  const states = [stateOf<GridState>(env)];
  for (const action of actions) {
    env.step(action);
    states.push(stateOf(env));
  }
  return states;
}

const right = 1;

describe("gridworlds", () => {
  test("have as many columns as their picture says", () => {
    const map = ["A.....G", ".......", "......."];
    const [state] = play(map, []) as [GridState];
    const { renderRgb } = defineGridworld({ id: "Scenes-v0", map }).rules();
    expect(columnsOf(21, renderRgb!(state))).toBe(7);
  });

  test("agents slide over ice, and are at once where a teleport leads", () => {
    const columns = 7;
    const half = { columns, share: 0.5 };
    const [ice, slid] = play(["A~~~.G."], [right]) as [GridState, GridState];
    expect(slid.agents[0]).toBe(4);
    expect(placeBetween(ice, [0, 4], half)).toEqual({ x: 2, y: 0 });
    const [floor, beyond] = play(["A1..1G."], [right]) as [GridState, GridState];
    expect(beyond.agents[0]).toBe(4);
    expect(placeBetween(floor, [0, 4], half)).toEqual({ x: 4, y: 0 });
  });

  test("a box comes from where it was pushed, and the others stay", () => {
    const map = ["$.....", "A$.oo.", "......"];
    const [before, after] = play(map, [right]) as [GridState, GridState];
    expect(boxMoves(before, after, 6)).toEqual([
      [0, 0],
      [7, 8],
    ]);
  });

  test("agents with partial views see what their observation shows", () => {
    const map = ["......#.G", "A.....#..", "......#.."];
    const options = { view: "partial", viewSize: 5, seeThroughWalls: false } as const;
    const seenAt = (state: GridState) => {
      const lines = sightLines({ rows: 3, columns: 9, viewSize: 5, turns: false, seeThroughWalls: false });
      return Array.from(seenCells(lines, state)).flatMap((seen, cell) => (seen === 1 ? [cell] : []));
    };
    const walk = play(map, [right, right, right, right, right], options);
    const window = (from: number, to: number) =>
      [0, 9, 18].flatMap((row) => Array.from({ length: to - from + 1 }, (_, i) => row + from + i));
    expect(seenAt(walk[0]!)).toEqual(window(0, 2));
    expect(seenAt(walk[3]!)).toEqual(window(1, 5));
    // The wall is seen, and nothing behind it.
    expect(seenAt(walk[5]!)).toEqual(window(3, 6));
  });
});
