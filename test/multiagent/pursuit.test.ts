import { createHash } from "node:crypto";
import { defaultRng } from "gymnasium-js";
import { testParallelArena } from "ludus/testing";
import { describe, expect, test } from "vitest";
import {
  ParallelRulesArena,
  type PursuitOptions,
  type PursuitState,
  pursuit,
  pursuitChaser,
  randomPlayer,
} from "../../src/multiagent/index.js";
import { outcomeOf, playEpisodes, seen } from "./arena-steps.js";

const [left, right, up, down, stay] = [0, 1, 2, 3, 4];
const size = { height: 5, width: 5 };

/** How many predators and how many prey are in each cell, as the board has it. */
function countsOn({ height, width, board }: PursuitState, sight = 3) {
  const margin = Math.max(1, sight);
  const places = Array.from({ length: height * width }, (_, cell) => {
    const [row, column] = [Math.floor(cell / width) + margin, (cell % width) + margin];
    return 3 * (row * (width + 2 * margin) + column);
  });
  return {
    edges: board.filter((value, at) => at % 3 === 0 && value === 1).length,
    predators: places.map((place) => board[place + 1]),
    prey: places.map((place) => board[place + 2]),
  };
}

const countedIn = (cells: Int32Array, size: number): number[] =>
  Array.from({ length: size }, (_, cell) => cells.filter((at) => at === cell).length);

/** A board drawn in letters: P predators, in the order in which they stand, and o prey. */
function boardOf(picture: string, options: PursuitOptions = {}) {
  const cells = picture.trim().split(/\s+/).join("");
  const where = (letter: string) => [...cells].flatMap((found, cell) => (found === letter ? [cell] : []));
  const [predators, prey] = [where("P"), where("o")];
  const rules = pursuit({ ...size, predators: predators.length, prey: prey.length, ...options });
  // Cells as they are drawn, one by one, instead of at random.
  const drawn = [...predators, ...prey];
  const rng = defaultRng(0);
  const state = rules.init(
    { random: () => rng.random(), uniform: () => rng.random(), integers: () => drawn.shift()! },
    undefined,
  );
  const outcome = outcomeOf(predators.length);
  const step = (...actions: number[]) => {
    outcome.rewards.fill(0);
    rules.step(state, actions, 0, defaultRng(0), outcome);
    return [...outcome.rewards].map((reward) => Number(reward.toFixed(10)));
  };
  return { rules, state, outcome, step };
}

describe("pursuit", () => {
  test("a prey is caught when no cell beside it is free, and only those beside it earn that", () => {
    const { state, outcome, step } = boardOf(`
      P....
      ..P..
      .PoP.
      .....
      ..P..`);
    // Three sides are taken; the last predator walks up to the fourth.
    expect(step(stay, stay, stay, stay, up)).toEqual([-0.1, 4.91, 4.91, 4.91, 4.91]);
    expect([...state.prey]).toEqual([-1]);
    expect([...outcome.terminations]).toEqual([1, 1, 1, 1, 1]);
  });

  test("the edge counts as taken", () => {
    const { state, outcome, step } = boardOf(`
      oP...
      .....
      P....
      .....
      ....o`);
    expect(step(stay, up)).toEqual([4.91, 4.91]);
    expect(state.prey[0]).toBe(-1);
    // The other prey is still there.
    expect([...outcome.terminations]).toEqual([0, 0]);
  });

  test("beside a prey, a predator earns for touching; nobody leaves the board", () => {
    const { state, step } = boardOf(`
      P....
      .....
      ...Po
      .....
      .....`);
    expect(step(left, stay)).toEqual([-0.1, -0.09]);
    expect(state.predators[0]).toBe(0);
    expect(step(down, right)).toEqual([-0.1, -0.09]);
  });

  test("a view is of the cells around, with what lies beyond the edge", () => {
    const { rules, state } = boardOf(
      `
      P....
      .o...
      .....
      .....
      .....`,
      { sight: 1 },
    );
    const plane = (channel: number) => seen(rules, state, 0).filter((_, i) => i % 3 === channel);
    expect(plane(0)).toEqual([1, 1, 1, 1, 0, 0, 1, 0, 0]);
    expect(plane(1)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(plane(2)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("two prey that are caught in the same step pay twice who is beside both", () => {
    const { state, step } = boardOf(`
      oPoP.
      P.P..
      .....
      .....
      ....o`);
    expect(step(stay, stay, stay, stay)).toEqual([9.91, 4.91, 4.91, 4.91]);
    expect([...state.prey]).toEqual([-1, -1, expect.any(Number)]);
    // What was paid is not paid again.
    expect(step(stay, stay, stay, stay)).toEqual([-0.1, -0.1, -0.1, -0.1]);
  });

  test.each([
    { height: 5, width: 5, predators: 6, prey: 8 },
    { height: 3, width: 9, predators: 6, prey: 8, sight: 1 },
    { height: 5, width: 4, predators: 6, prey: 8, sight: 0 },
  ])("the board is that of who stands there, whatever is played: $height x $width", (options) => {
    const rules = pursuit(options);
    const [cells, rng] = [options.height * options.width, defaultRng(5)];
    const state = rules.init(rng, undefined);
    const outcome = outcomeOf(6);
    const { edges } = countsOn(state, options.sight);
    let caught = 0;
    for (let i = 0; i < 400; i++) {
      const actions = Array.from({ length: 6 }, () => rng.integers(0, 5));
      rules.step(state, actions, 0, rng, outcome);
      expect(countsOn(state, options.sight)).toEqual({
        edges,
        predators: countedIn(state.predators, cells),
        prey: countedIn(state.prey, cells),
      });
      const gone = state.prey.filter((cell) => cell < 0).length;
      expect(gone).toBeGreaterThanOrEqual(caught);
      caught = gone;
    }
    expect(caught).toBeGreaterThan(0);
  });

  test("views are those of a look at each cell", () => {
    const [height, width, sight] = [4, 7, 2];
    const rules = pursuit({ height, width, sight, predators: 5, prey: 9 });
    const rng = defaultRng(2);
    const state = rules.init(rng, undefined);
    for (let i = 0; i < 50; i++) {
      rules.step(state, [i % 5, (i + 1) % 5, left, right, up], 0, rng, outcomeOf(5));
      const [predators, prey] = [countedIn(state.predators, 28), countedIn(state.prey, 28)];
      for (const [agent, cell] of state.predators.entries()) {
        const view: (number | undefined)[] = [];
        for (let row = Math.floor(cell / width) - sight; row <= Math.floor(cell / width) + sight; row++) {
          for (let column = (cell % width) - sight; column <= (cell % width) + sight; column++) {
            const isInside = row >= 0 && row < height && column >= 0 && column < width;
            const there = row * width + column;
            view.push(...(isInside ? [0, predators[there], prey[there]] : [1, 0, 0]));
          }
        }
        expect(seen(rules, state, agent)).toEqual(view);
      }
    }
  });

  test("numbers that make no sense are refused", () => {
    expect(() => pursuit({ predators: 0 })).toThrow(/predators is 0, expected a whole number from 1 on/);
    expect(() => pursuit({ sight: -1 })).toThrow(/sight is -1/);
  });

  // Checksums of plays by the first version of these rules, which looked at each cell by its row and column.
  test.each([
    [{}, "029953c751dec5c3"],
    [{ height: 5, width: 6, predators: 6, prey: 8, sight: 1 }, "6b2430cad48e470a"],
    [
      { height: 4, width: 4, predators: 8, prey: 3, sight: 5, catchReward: 1, touchReward: 0.3 },
      "9830492c816d7f3e",
    ],
  ])("plays what it has always played: %o", (options, expected) => {
    const rules = pursuit(options);
    const rng = defaultRng(11);
    const outcome = outcomeOf(rules.agents.length);
    const view = new Uint8Array((rules.observationSpace(0) as unknown as { size: number }).size);
    const hash = createHash("sha256");
    let state = rules.init(rng, undefined);
    for (let step = 0; step < 1500; step++) {
      const actions = rules.agents.map(() => rng.integers(0, 5));
      outcome.rewards.fill(0);
      outcome.terminations.fill(0);
      rules.step(state, actions, 0, rng, outcome);
      hash.update(outcome.rewards).update(outcome.terminations).update(state.predators).update(state.prey);
      for (const agent of rules.agents.keys()) {
        rules.observe(state, agent, view, 0);
        hash.update(view);
      }
      if (outcome.terminations[0] === 1 || step % 500 === 499) state = rules.init(rng, undefined);
    }
    expect(hash.digest("hex").slice(0, 16)).toBe(expected);
  });
});

describe.each([{ predators: 1, prey: 1 }, { height: 1, width: 3, predators: 2, prey: 2 }, { predators: 40 }])(
  "%o",
  (options) => {
    testParallelArena(() => new ParallelRulesArena(pursuit(options)), { test, steps: 40 });
  },
);

describe("the chaser", () => {
  const actOn = (picture: string, sight: number, agent = 0) => {
    const { state } = boardOf(picture);
    return Array.from({ length: 12 }, (_, seed) =>
      pursuitChaser({ sight }).act(state, agent, defaultRng(seed)),
    );
  };

  test("walks to the nearest prey, and stays beside it", () => {
    const far = `
      P....
      .....
      .....
      ..o..
      o....`;
    // Four rows down is farther away, but not than three down and two across.
    expect(new Set(actOn(far, 4))).toEqual(new Set([down]));
    expect(new Set(actOn(far, 3))).toEqual(new Set([down]));
    const near = `
      .....
      .....
      .Po..
      .....
      o....`;
    expect(new Set(actOn(near, 4))).toEqual(new Set([stay]));
    const across = `
      P....
      .....
      .....
      ...o.
      .....`;
    // Two ways lead to a side of it, of three and two steps.
    expect(new Set(actOn(across, 3))).toEqual(new Set([down]));
  });

  test("leaves a side of the prey to who stands there before it", () => {
    const board = `
      .....
      ..P..
      .Po..
      .....
      .....`;
    const { state } = boardOf(board);
    expect(pursuitChaser().act(state, 1, defaultRng(0))).toBe(stay);
    state.predators[0] = state.predators[1]!;
    expect(pursuitChaser().act(state, 0, defaultRng(0))).toBe(stay);
    expect([up, right, down]).toContain(pursuitChaser().act(state, 1, defaultRng(0)));
  });

  test("sees no prey beyond its sight, nor those that are caught, and walks at random then", () => {
    const far = `
      P....
      .....
      ...o.
      .....
      .....`;
    expect(new Set(actOn(far, 2)).size).toBeGreaterThan(2);
    const { state } = boardOf(far);
    state.prey[0] = -1;
    const actions = Array.from({ length: 12 }, (_, seed) => pursuitChaser().act(state, 0, defaultRng(seed)));
    expect(new Set(actions).size).toBeGreaterThan(2);
  });

  test("catches more than chance does", () => {
    const rules = pursuit();
    const earned = (player: ReturnType<typeof pursuitChaser>) =>
      playEpisodes(
        rules,
        rules.agents.map(() => player),
        { episodes: 2 },
      ).reduce((sum, reward) => sum + reward, 0);
    expect(earned(pursuitChaser())).toBeGreaterThan(earned(randomPlayer(rules)) + 200);
  });
});

describe("pictures", () => {
  const { rules, state } = boardOf(`
    P...o
    .....
    .....
    .....
    .....`);

  test("letters show who is where", () => {
    expect(rules.renderAnsi!(state).split("\n")).toEqual(["P...o", ".....", ".....", ".....", "....."]);
  });

  test("pixels do, too, with what is caught left out", () => {
    const pixelsOf = (shown: PursuitState, cell: number) => {
      const { width, data } = rules.renderRgb!(shown);
      expect([width, data.length]).toEqual([80, 80 * 80 * 3]);
      const pixel = ((Math.floor(cell / 5) * 16 + 8) * width + (cell % 5) * 16 + 8) * 3;
      return String(data.subarray(pixel, pixel + 3));
    };
    const standing = { ...state, predators: Int32Array.of(0), prey: Int32Array.of(4) };
    const colours = [0, 4, 6, 8, 7].map((cell) => pixelsOf(standing, cell));
    expect(new Set(colours).size).toBe(4);
    expect(pixelsOf({ ...standing, prey: Int32Array.of(-1) }, 4)).toBe(colours[2]);
    expect(pixelsOf({ ...standing, predators: Int32Array.of(6) }, 6)).toBe(colours[0]);
  });
});
