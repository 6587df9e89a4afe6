import type { VectorStep } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { policyText } from "../../src/cli/policy-text.js";
import { CalibrationRecord } from "../../src/training/calibration.js";
import { evaluateStored, openPolicy, openRun, reportPolicy, train } from "../../src/training/index.js";
import { inFolder, tinyConfig } from "./tiny-runs.js";

const actions = { n: 2, start: 0 };

/** A step of environments, `!` after a reward being a termination and `~` a truncation. */
function step(...rewards: string[]): VectorStep {
  return {
    rewards: Float64Array.from(rewards, Number.parseFloat),
    terminations: Uint8Array.from(rewards, (text) => (text.includes("!") ? 1 : 0)),
    truncations: Uint8Array.from(rewards, (text) => (text.includes("~") ? 1 : 0)),
  } as unknown as VectorStep;
}

describe("calibration", () => {
  test("compares Q(s, a) with the discounted return from there on, unscaled, worked out by hand", () => {
    const record = new CalibrationRecord({ gamma: 0.5, rewardScale: 2 });
    const all = () => true;
    // Returns: 1 + 0.5 * 2 + 0.25 * 4 = 3, 2 + 0.5 * 4 = 4, 4.
    record.predict([0, 8], [1], actions);
    record.add(step("1"), all);
    record.predict([6, 0], [0], actions);
    record.add(step("2"), all);
    record.predict([0, 10], [1], actions);
    record.add(step("4!"), all);
    const { steps, bias, rmse, correlation, bins } = record.summary()!;
    // Predicted 4, 3, 5.
    expect(steps).toBe(3);
    expect(bias).toBeCloseTo(1 / 3, 12);
    expect(rmse).toBeCloseTo(Math.sqrt((1 + 1 + 1) / 3), 12);
    expect(correlation).toBeCloseTo(0, 12);
    expect(bins).toEqual([
      { steps: 1, predicted: 3, realised: 4 },
      { steps: 1, predicted: 4, realised: 3 },
      { steps: 1, predicted: 5, realised: 4 },
    ]);
  });

  test("of an episode that a limit cut, only steps count for which the rest hardly weighs", () => {
    const record = new CalibrationRecord({ gamma: 0.5, rewardScale: 1 });
    for (let i = 0; i < 9; i++) {
      record.predict([2, 0], [0], actions);
      record.add(step(i === 8 ? "1~" : "1"), () => true);
    }
    // 0.5^5 = 0.03 is below 0.05, 0.5^4 is not: steps with five or more to go.
    expect(record.summary()!.steps).toBe(5);
  });

  test("leaves out environments whose episode is over, and has nothing to say of nothing", () => {
    const record = new CalibrationRecord({ gamma: 1, rewardScale: 1 });
    expect(record.summary()).toBeNull();
    record.predict([1, 0, 5, 0], [0, 0], actions);
    record.add(step("1!", "1!"), (env) => env === 0);
    expect(record.summary()).toMatchObject({ steps: 1, bias: 0, correlation: null });
  });
});

test("a report's figures are those of an evaluation, and what it adds fits them", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyConfig({ steps: 1000 }), runs });
    const stored = await openPolicy(openRun(done.run), { checkpoint: "best" });
    const plain = await evaluateStored(stored, { episodes: 7, seed: 5 });
    const report = await reportPolicy(stored, { episodes: 7, seed: 5 });
    stored.dispose();
    expect(report).toMatchObject({ ...plain });
    expect(report.returnSpread).toMatchObject({
      min: Math.min(...plain.returns),
      max: Math.max(...plain.returns),
    });
    expect(report.actions!.map(({ name }) => name)).toEqual(["left", "right"]);
    expect(report.actions!.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 12);
    const steps = plain.lengths.reduce((sum, length) => sum + length, 0);
    expect(report.calibration!.bins.reduce((sum, bin) => sum + bin.steps, 0)).toBe(report.calibration!.steps);
    expect(report.calibration!.steps).toBeLessThanOrEqual(steps);
    const lines = policyText(report).split("\n");
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  }));
