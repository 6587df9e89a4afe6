import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  epsilonAt,
  epsilonGreedy,
  epsilonScheduleSchema,
  greedyAction,
  randomAction,
} from "../../src/agents/exploration.js";

describe("epsilon schedules", () => {
  test("linear: waits, falls in a straight line, stays", () => {
    const schedule = epsilonScheduleSchema.parse({
      type: "linear",
      start: 1,
      end: 0.2,
      steps: 100,
      delay: 50,
    });
    const at = (steps: number) => epsilonAt(schedule, steps);
    expect([0, 50, 75, 100, 150, 1e9].map(at)).toEqual([1, 1, 0.8, 0.6, 0.2, 0.2]);
  });

  test("exponential: the distance to the end falls to 1/e per time constant", () => {
    const schedule = epsilonScheduleSchema.parse({
      type: "exponential",
      start: 1,
      end: 0.1,
      timeConstant: 10,
    });
    expect(epsilonAt(schedule, 0)).toBe(1);
    expect(epsilonAt(schedule, 10)).toBeCloseTo(0.1 + 0.9 / Math.E, 12);
    expect(epsilonAt(schedule, 20)).toBeCloseTo(0.1 + 0.9 / Math.E ** 2, 12);
    const delayed = epsilonScheduleSchema.parse({ ...schedule, delay: 5 });
    expect(epsilonAt(delayed, 5)).toBe(1);
    expect(epsilonAt(delayed, 15)).toBe(epsilonAt(schedule, 10));
  });

  test("constant", () => {
    const schedule = epsilonScheduleSchema.parse({ type: "constant", epsilon: 0.3 });
    expect([0, 1e6].map((steps) => epsilonAt(schedule, steps))).toEqual([0.3, 0.3]);
  });

  test("shares outside of [0, 1] are refused", () => {
    expect(epsilonScheduleSchema.safeParse({ type: "constant", epsilon: 1.1 }).success).toBe(false);
    expect(epsilonScheduleSchema.safeParse({ type: "linear", end: -0.1 }).success).toBe(false);
  });
});

describe("choosing", () => {
  test("greedy takes the highest, the lowest index of equals, and only legal ones", () => {
    const q = [1, 3, 3, 2, 5, 4, 4, 4];
    const values = { q, numActions: 4, mask: null };
    expect([greedyAction(values, 0), greedyAction(values, 1)]).toEqual([1, 0]);
    const mask = Uint8Array.of(1, 0, 0, 1, 0, 1, 1, 1);
    expect([greedyAction({ ...values, mask }, 0), greedyAction({ ...values, mask }, 1)]).toEqual([3, 1]);
    expect(greedyAction({ ...values, mask: new Uint8Array(8) }, 0)).toBe(-1);
    expect(greedyAction({ q: [-5, -3, -4], numActions: 3, mask: null }, 0)).toBe(1);
  });

  test("random actions are legal, all of them, equally often, by one draw each", () => {
    const counts = [0, 0, 0, 0];
    const rng = new Generator(0);
    const mirror = new Generator(0);
    const mask = Uint8Array.of(0, 0, 0, 0, 1, 0, 1, 1);
    for (let i = 0; i < 3000; i++) {
      const action = randomAction(rng, { numActions: 4, mask }, 1);
      counts[action]!++;
      expect(action).toBe([0, 2, 3][mirror.integers(0, 3)]);
    }
    expect(counts[1]).toBe(0);
    for (const action of [0, 2, 3]) expect(Math.abs(counts[action]! - 1000)).toBeLessThan(130);
  });

  test("without a legal action nothing is drawn", () => {
    const rng = new Generator(0);
    const before = rng.state;
    expect(randomAction(rng, { numActions: 2, mask: new Uint8Array(2) }, 0)).toBe(-1);
    expect(rng.state).toEqual(before);
  });
});

describe("epsilon-greedy", () => {
  const rows = 4;
  function act(epsilon: number, rng: Generator | null, mask: Uint8Array | null = null) {
    let asked = 0;
    const actions = new Int32Array(rows);
    const values = () => {
      asked++;
      return [0, 1, 0, 1, 0, 1, 0, 1];
    };
    epsilonGreedy({ rows, numActions: 2, mask, epsilon, rng, values, actions });
    return { actions: [...actions], asked };
  }

  test("epsilon 0 draws nothing and asks for values once", () => {
    const rng = new Generator(1);
    const before = rng.state;
    expect(act(0, rng)).toEqual({ actions: [1, 1, 1, 1], asked: 1 });
    expect(rng.state).toEqual(before);
    expect(act(0, null)).toEqual({ actions: [1, 1, 1, 1], asked: 1 });
  });

  test("epsilon 1 never asks for values", () => {
    const rng = new Generator(1);
    for (let i = 0; i < 20; i++) expect(act(1, rng).asked).toBe(0);
  });

  test("draws row by row: whether to explore, then the action", () => {
    const rng = new Generator(2);
    const mirror = new Generator(2);
    for (let i = 0; i < 50; i++) {
      const expected = Array.from({ length: rows }, () =>
        mirror.random() < 0.5 ? mirror.integers(0, 2) : 1,
      );
      expect(act(0.5, rng).actions).toEqual(expected);
    }
  });

  test("rows that have nothing legal get action 0", () => {
    const mask = Uint8Array.of(0, 0, 1, 1, 1, 0, 0, 0);
    expect(act(0, null, mask).actions).toEqual([0, 1, 0, 0]);
    const explored = act(1, new Generator(0), mask).actions;
    expect([explored[0], explored[2], explored[3]]).toEqual([0, 0, 0]);
  });
});
