import { describe, expect, test } from "vitest";
import { sequenceLoss } from "../../../src/agents/drqn/losses.js";
import { type DrqnConfigInput, drqnConfigSchema, type SequenceBatch } from "../../../src/agents/index.js";

/** Two rows of two steps, the second of which the other row lacks; two actions, counted from 3. */
const batch: SequenceBatch = {
  size: 2,
  observations: new Float32Array(6),
  hidden: new Float32Array(2),
  cell: new Float32Array(2),
  burnInSteps: Int32Array.of(0, 0),
  learntSteps: Int32Array.of(2, 1),
  actions: Int32Array.of(3, 4, 4, 4),
  rewards: Float32Array.of(1, 2, 3, 99),
  discounts: Float32Array.of(0.5, 0.5, 0, 99),
  nextActionMasks: null,
};
const q = {
  online: Float32Array.of(1, 2, 3, 4, 5, 4, 1, 8, 7, 6, 5, 4),
  target: Float32Array.of(0, 0, 0, 0, 10, 20, 30, 40, 50, 60, 70, 80),
};

function lossOf(config: DrqnConfigInput, given: SequenceBatch = batch) {
  const parsed = drqnConfigSchema.parse({ sequence: { length: 2, burnIn: 0 }, ...config });
  const tdErrors = new Float32Array(2);
  const gradient = new Float32Array(12).fill(9);
  const result = sequenceLoss(parsed, { n: 2, start: 3 })(q, given, { tdErrors, gradient });
  return { ...result, tdErrors: [...tdErrors], gradient: Array.from(gradient, (value) => value + 0) };
}

describe("the loss of sequences", () => {
  test("is the mean over the steps that rows have, of double-Q targets one step further on", () => {
    // Row 0: 1 + 0.5 * 10 - 1 = 5 (online prefers action 0), 3 - 4 = -1; row 1: 2 + 0.5 * 40 - 4 = 18.
    const { loss, meanQ, tdErrors, gradient } = lossOf({ loss: "mse" });
    expect(loss).toBeCloseTo((25 + 1 + 324) / 2 / 3, 5);
    expect(meanQ).toBeCloseTo((1 + 4 + 4) / 3, 6);
    expect(tdErrors).toEqual([2, 18]);
    const expected = [-5 / 3, 0, 0, -6, 0, 1 / 3, 0, 0, 0, 0, 0, 0];
    for (const [i, value] of expected.entries()) expect(gradient[i]).toBeCloseTo(value, 5);
  });

  test("without double takes the target net's own best", () => {
    expect(lossOf({ double: false }).tdErrors).toEqual([(1 + 10 - 1 - 1) / 2, 18]);
  });

  test("heeds the legal actions of what follows, the scale of rewards and Huber's bound", () => {
    const masks = Uint8Array.of(0, 1, 1, 0, 1, 1, 1, 1);
    const { loss, tdErrors } = lossOf(
      { rewardScale: 2, huberDelta: 2 },
      { ...batch, nextActionMasks: masks },
    );
    // Row 0: 2 + 0.5 * 20 - 1 = 11 and 6 - 4 = 2; row 1: 4 + 0.5 * 30 - 4 = 15.
    expect(tdErrors).toEqual([6.5, 15]);
    expect(loss).toBeCloseTo((2 * (11 - 1) + 2 + 2 * (15 - 1)) / 3, 5);
  });

  test("is not touched by what stands where a row has no step", () => {
    const other = {
      ...batch,
      rewards: Float32Array.of(1, 2, 3, -5),
      discounts: Float32Array.of(0.5, 0.5, 0, 0),
      actions: Int32Array.of(3, 4, 4, 3),
    };
    expect(lossOf({}, other)).toEqual(lossOf({}));
  });
});
