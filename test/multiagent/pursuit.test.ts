import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type ArenaOutcome, pursuit } from "../../src/multiagent/index.js";

const [left, right, up, down, stay] = [0, 1, 2, 3, 4];
const size = { height: 5, width: 5 };

/** A board drawn in letters: P predators, in the order in which they stand, and o prey. */
function boardOf(picture: string, options: object = {}) {
  const cells = picture.trim().split(/\s+/).join("");
  const where = (letter: string) => [...cells].flatMap((found, cell) => (found === letter ? [cell] : []));
  const [predators, prey] = [where("P"), where("o")];
  const rules = pursuit({ ...size, predators: predators.length, prey: prey.length, ...options });
  const count = (at: number[]) => {
    const counts = new Uint8Array(25);
    for (const cell of at) counts[cell]!++;
    return counts;
  };
  const state = {
    predators: Int32Array.from(predators),
    prey: Int32Array.from(prey),
    predatorsAt: count(predators),
    preyAt: count(prey),
  };
  const outcome: ArenaOutcome = {
    rewards: new Float64Array(predators.length),
    terminations: new Uint8Array(predators.length),
    offset: 0,
  };
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
    const out = new Uint8Array(27);
    rules.observe(state, 0, out, 0);
    const plane = (channel: number) => [...out].filter((_, i) => i % 3 === channel);
    expect(plane(0)).toEqual([1, 1, 1, 1, 0, 0, 1, 0, 0]);
    expect(plane(1)).toEqual([0, 0, 0, 0, 1, 0, 0, 0, 0]);
    expect(plane(2)).toEqual([0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  test("counts of the cells are those of who stands there, whatever is played", () => {
    const rules = pursuit({ ...size, predators: 6, prey: 8 });
    const rng = defaultRng(5);
    const state = rules.init(rng, undefined);
    const outcome: ArenaOutcome = {
      rewards: new Float64Array(6),
      terminations: new Uint8Array(6),
      offset: 0,
    };
    let caught = 0;
    for (let i = 0; i < 400; i++) {
      rules.step(
        state,
        Array.from({ length: 6 }, () => rng.integers(0, 5)),
        0,
        rng,
        outcome,
      );
      const counted = (cells: Int32Array) =>
        Array.from({ length: 25 }, (_, cell) => cells.filter((at) => at === cell).length);
      expect([...state.predatorsAt]).toEqual(counted(state.predators));
      expect([...state.preyAt]).toEqual(counted(state.prey));
      const gone = state.prey.filter((cell) => cell < 0).length;
      expect(gone).toBeGreaterThanOrEqual(caught);
      caught = gone;
    }
    expect(caught).toBeGreaterThan(0);
  });
});
