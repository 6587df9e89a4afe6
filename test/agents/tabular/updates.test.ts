import { describe, expect, test } from "vitest";
import { nStepReturn, treeBackupReturn } from "../../../src/agents/tabular/returns.js";
import { append, createSegment, dropOldest } from "../../../src/agents/tabular/segment.js";
import { latestStepSize, nextStepSize, stepSizeSchema } from "../../../src/agents/tabular/step-size.js";
import {
  createTable,
  expectedValue,
  maxValue,
  moveTowards,
  type QTable,
} from "../../../src/agents/tabular/table.js";
import {
  doubleQLearningTarget,
  expectedSarsaTarget,
  qLearningTarget,
  sarsaTarget,
} from "../../../src/agents/tabular/targets.js";
import { createTraces, cutTraces, learnAlong, visit } from "../../../src/agents/tabular/traces.js";

/** Q(0, .) = 1, 2, 3; Q(1, .) = 4, -1, 4 */
function table(mask: Uint8Array | null = null): QTable {
  const made = createTable(2, 3);
  made.q.set([1, 2, 3, 4, -1, 4]);
  made.mask = mask;
  return made;
}

const step = { sTm1: 0, aTm1: 1, rT: 10, discountT: 0.5, sT: 1 };
const ended = { ...step, discountT: 0 };

describe("one-step targets", () => {
  test("Sarsa: 10 + 0.5 Q(1, 1)", () => {
    expect(sarsaTarget(table(), step, 1)).toBe(9.5);
    expect(sarsaTarget(table(), ended, 1)).toBe(10);
  });

  test("Expected Sarsa: 10 + 0.5 (0.25 * 4 - 0.5 * 1 + 0.25 * 4)", () => {
    const pi = Float64Array.of(0.25, 0.5, 0.25);
    expect(expectedSarsaTarget(table(), step, pi)).toBe(10.75);
    expect(expectedSarsaTarget(table(), ended, pi)).toBe(10);
  });

  test("Q-learning: 10 + 0.5 * 4", () => {
    expect(qLearningTarget(table(), step)).toBe(12);
    expect(qLearningTarget(table(), ended)).toBe(10);
  });

  test("Q-learning over legal actions only, and without any", () => {
    expect(qLearningTarget(table(Uint8Array.of(1, 1, 1, 0, 1, 0)), step)).toBe(9.5);
    expect(qLearningTarget(table(Uint8Array.of(1, 1, 1, 0, 0, 0)), step)).toBe(10);
  });

  test("Double Q-learning: one table chooses, the lowest of equals, the other values", () => {
    const valuer = createTable(2, 3);
    valuer.q.set([0, 0, 0, 7, 8, 9]);
    expect(doubleQLearningTarget({ chooser: table(), valuer }, step)).toBe(13.5);
    expect(doubleQLearningTarget({ chooser: valuer, valuer: table() }, step)).toBe(12);
    expect(doubleQLearningTarget({ chooser: table(), valuer }, ended)).toBe(10);
  });

  test("nothing that follows a termination counts, not even if it is not finite", () => {
    const broken = table();
    broken.q.fill(Number.NaN, 3);
    expect(qLearningTarget(broken, ended)).toBe(10);
    expect(sarsaTarget(broken, ended, 0)).toBe(10);
    expect(expectedSarsaTarget(broken, ended, Float64Array.of(1, 0, 0))).toBe(10);
  });
});

test("values: the highest, and the mean over a policy, without actions of probability 0", () => {
  expect(maxValue(table(), 1)).toBe(4);
  expect(expectedValue(table(), 0, Float64Array.of(0.5, 0.25, 0.25))).toBe(1.75);
  const broken = table();
  broken.q[1] = Number.POSITIVE_INFINITY;
  expect(expectedValue(broken, 0, Float64Array.of(0.5, 0, 0.5))).toBe(2);
});

test("moveTowards: 2 + 0.25 (12 - 2)", () => {
  const made = table();
  expect(moveTowards(made, 1, { G: 12, alpha: 0.25 })).toBe(10);
  expect([...made.q]).toEqual([1, 4.5, 3, 4, -1, 4]);
});

/** Rewards 1, 2, 3 in states 0, 1, 0 with actions 2, 1, 0. */
function segment() {
  const made = createSegment(2);
  append(made, { ...step, sTm1: 1, rT: 99 });
  dropOldest(made);
  for (const [sTm1, aTm1, rT] of [
    [0, 2, 1],
    [1, 1, 2],
    [0, 0, 3],
  ] as const) {
    append(made, { sTm1, aTm1, rT, discountT: 0.5, sT: 0 });
  }
  return made;
}

describe("returns of a segment", () => {
  test("n steps: 1 + 0.5 * 2 + 0.25 * 3 + 0.125 * 8", () => {
    expect(nStepReturn(segment(), 0.5, 8)).toBe(3.75);
    const shorter = segment();
    dropOldest(shorter);
    expect(nStepReturn(shorter, 0.5, 0)).toBe(3.5);
  });

  test("tree backup, by hand", () => {
    const pi = new Float64Array(3);
    const target = (state: number, out: Float64Array) =>
      out.set(state === 0 ? [0.5, 0.25, 0.25] : [0.25, 0.5, 0.25]);
    // G2 = 3 + 0.5 * 8 = 7; in state 0, action 0: 0.25 * 2 + 0.25 * 3 + 0.5 * 7 = 4.75; G1 = 2 + 0.5 * 4.75 = 4.375;
    // in state 1, action 1: 0.25 * 4 + 0.25 * 4 + 0.5 * 4.375 = 4.1875; G0 = 1 + 0.5 * 4.1875.
    const backup = { table: table(), gamma: 0.5, target, pi };
    expect(treeBackupReturn(segment(), backup, 8)).toBe(3.09375);
  });

  test("a tree of a greedy policy is cut where another action was taken", () => {
    const pi = new Float64Array(3);
    const target = (_state: number, out: Float64Array) => out.set([0, 0, 1]);
    // In state 1 it would have taken action 2, worth 4.
    const backup = { table: table(), gamma: 0.5, target, pi };
    expect(treeBackupReturn(segment(), backup, Number.NaN)).toBe(3);
  });
});

describe("traces", () => {
  test("replacing and accumulating, and their decay", () => {
    for (const [kind, first] of [
      ["replacing", 1],
      ["accumulating", 1.5],
    ] as const) {
      const made = createTable(1, 3);
      const traces = createTraces(3);
      visit(traces, 0, kind);
      learnAlong(made, traces, { change: 1, decay: 0.5 });
      visit(traces, 0, kind);
      visit(traces, 2, kind);
      learnAlong(made, traces, { change: 10, decay: 0.5 });
      expect([...made.q]).toEqual([1 + 10 * first, 0, 10]);
      expect([...traces.e]).toEqual([first / 2, 0, 0.5]);
      cutTraces(traces);
      expect([...traces.e]).toEqual([0, 0, 0]);
      learnAlong(made, traces, { change: 100, decay: 0.5 });
      expect([...made.q]).toEqual([1 + 10 * first, 0, 10]);
    }
  });

  test("small ones are dropped, and others stay", () => {
    const made = createTable(1, 3);
    const traces = createTraces(3);
    visit(traces, 1, "replacing");
    for (let k = 0; k < 4; k++) learnAlong(made, traces, { change: 1, decay: 0.02 });
    expect(traces.count).toBe(0);
    expect(made.q[1]).toBeCloseTo(1.020408, 12);
    visit(traces, 1, "replacing");
    expect(traces.count).toBe(1);
  });
});

describe("step sizes", () => {
  test("1 / n makes means", () => {
    const config = stepSizeSchema.parse({ type: "visits" });
    const updates = new Uint32Array(2);
    const made = createTable(1, 2);
    for (const G of [4, 8, 3]) moveTowards(made, 1, { G, alpha: nextStepSize(config, updates, 1) });
    expect(made.q[1]).toBeCloseTo(5, 12);
    expect([...updates]).toEqual([0, 3]);
    expect(latestStepSize(config, updates, 1)).toBe(1 / 3);
    expect(latestStepSize(config, updates, 0)).toBe(1);
  });

  test("delay, exponent and least: 0.8 / (1 + 3 / 2)^0.5, and no less than 0.6", () => {
    const updates = Uint32Array.of(3);
    const config = stepSizeSchema.parse({ type: "visits", initial: 0.8, delay: 2, exponent: 0.5 });
    expect(nextStepSize(config, updates, 0)).toBeCloseTo(0.8 / Math.sqrt(2.5), 12);
    const bounded = stepSizeSchema.parse({ ...config, least: 0.6 });
    expect(nextStepSize(bounded, updates, 0)).toBe(0.6);
  });
});
