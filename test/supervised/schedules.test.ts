import { describe, expect, test } from "vitest";
import {
  PlateauSchedule,
  plateauSchema,
  scheduleOf,
  scheduleSchema,
} from "../../src/supervised/schedules.js";

const length = { stepsPerEpoch: 4, epochs: 6 };

function factors(config: object, { stepsPerEpoch, epochs } = length): number[] {
  const schedule = scheduleOf(scheduleSchema.parse(config), { stepsPerEpoch, epochs });
  return Array.from({ length: stepsPerEpoch * epochs }, (_, step) => schedule(step));
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found).toHaveLength(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i], `step ${i}`).toBeCloseTo(value, 9);
}

const byEpoch = (values: number[]) => values.flatMap((value) => [value, value, value, value]);

describe("schedules", () => {
  test("constant, step, multistep and exponential change at the starts of epochs", () => {
    expectClose(factors({ name: "constant" }), byEpoch([1, 1, 1, 1, 1, 1]));
    expectClose(factors({ name: "step", every: 2 }), byEpoch([1, 1, 0.1, 0.1, 0.01, 0.01]));
    expectClose(
      factors({ name: "multistep", milestones: [1, 4], factor: 0.5 }),
      byEpoch([1, 0.5, 0.5, 0.5, 0.25, 0.25]),
    );
    expectClose(
      factors({ name: "exponential", factor: 0.9 }),
      byEpoch([1, 0.9, 0.81, 0.729, 0.6561, 0.59049]),
    );
  });

  test("take the whole updates where their gradients are of batches of several epochs", () => {
    const of = (config: object, stepsPerEpoch: number, epochs: number) =>
      scheduleOf(scheduleSchema.parse(config), { stepsPerEpoch, epochs });
    // 20 batches, of which three at a time make 6 updates.
    const cosine = of({ name: "cosine" }, 5 / 3, 4);
    expectClose([cosine(0), cosine(5)], [1, 0]);
    for (const config of [
      { name: "step", every: 1 },
      { name: "exponential", factor: 0.5 },
    ]) {
      expect(of(config, 3 / 4, 1)(0)).toBe(1);
    }
  });

  test("cosine goes from 1 to the last factor in half a cosine", () => {
    const found = factors({ name: "cosine", final: 0.1 }, { stepsPerEpoch: 1, epochs: 5 });
    expectClose(found, [1, 0.1 + 0.45 * (1 + Math.SQRT1_2), 0.55, 0.1 + 0.45 * (1 - Math.SQRT1_2), 0.1]);
  });

  test("a warm-up rises linearly to 1, and cosine begins after it", () => {
    const rising = Array.from({ length: 8 }, (_, step) => (step + 1) / 8);
    expectClose(factors({ name: "constant", warmupEpochs: 2 }), [...rising, ...new Array(16).fill(1)]);
    const cosine = factors({ name: "cosine", warmupEpochs: 2 });
    expectClose(cosine.slice(0, 8), rising);
    expectClose([cosine[8]!, cosine[23]!], [1, 0]);
    // Epochs of the warm-up count.
    const step = factors({ name: "step", every: 1, factor: 0.5, warmupEpochs: 0.5 });
    expectClose(step.slice(0, 5), [0.5, 1, 1, 1, 0.5]);
  });

  test("oneCycle is PyTorch's: by its formulas, over 20 steps", () => {
    const found = factors({ name: "oneCycle" }, { stepsPerEpoch: 4, epochs: 5 });
    expect(found[0]).toBeCloseTo(1 / 25, 12);
    // Its peak is at 0.3 * 20 - 1 = 5.
    expect(found[5]).toBeCloseTo(1, 12);
    expect(found[19]).toBeCloseTo(1 / 25 / 10_000, 12);
    // Halfway between 5 and 19.
    expect(found[12]).toBeCloseTo((1 + 1 / 250_000) / 2, 12);
    expect(found[2]).toBeCloseTo(1 - 0.96 * 0.5 * (1 + Math.cos(0.4 * Math.PI)), 12);
    for (let i = 1; i < 20; i++) expect(Math.sign(found[i]! - found[i - 1]!)).toBe(i <= 5 ? 1 : -1);
  });

  test("oneCycle is finite and at most 1, however few steps there are", () => {
    for (const [epochs, rise] of [
      [1, 0.3],
      [2, 0.5],
      [3, 0.3],
      [4, 0.25],
    ] as const) {
      for (const factor of factors({ name: "oneCycle", rise }, { stepsPerEpoch: 1, epochs })) {
        expect(factor).toBeGreaterThan(0);
        expect(factor).toBeLessThanOrEqual(1);
      }
    }
  });

  test("inverseSquareRoot has its highest value 1 at the end of the warm-up", () => {
    const found = factors({ name: "inverseSquareRoot", warmupSteps: 4 }, { stepsPerEpoch: 16, epochs: 1 });
    expectClose(found.slice(0, 4), [0.25, 0.5, 0.75, 1]);
    expect(found[15]).toBe(0.5);
    expect(found[8]).toBeCloseTo(2 / 3, 12);
  });

  test("steps beyond the end have the last factor", () => {
    for (const config of [
      { name: "cosine" },
      { name: "oneCycle" },
      { name: "exponential", factor: 0.5 },
      { name: "inverseSquareRoot", warmupSteps: 2 },
    ]) {
      const schedule = scheduleOf(scheduleSchema.parse(config), length);
      expect(schedule(1000)).toBe(schedule(23));
    }
  });

  test("what is misspelt or out of range is refused", () => {
    expect(scheduleSchema.safeParse({ name: "step", every: 0 }).success).toBe(false);
    expect(scheduleSchema.safeParse({ name: "step", every: 1, warmUp: 1 }).success).toBe(false);
    expect(scheduleSchema.safeParse({ name: "exponential", factor: 1.1 }).success).toBe(false);
    expect(plateauSchema.safeParse({ name: "plateau", factor: 1 }).success).toBe(false);
  });
});

describe("reduce on plateau", () => {
  const make = (config: object, higherIsBetter = false) =>
    new PlateauSchedule(plateauSchema.parse({ name: "plateau", factor: 0.5, ...config }), higherIsBetter);
  const observed = (schedule: PlateauSchedule, measures: number[]) =>
    measures.map((measure) => schedule.observe(measure));

  test("drops after more than `patience` epochs without improvement", () => {
    const schedule = make({ patience: 2 });
    expect(schedule.factor).toBe(1);
    expect(observed(schedule, [3, 2, 2, 2.5, 2, 2, 1, 1, 1, 1])).toEqual([
      1, 1, 1, 1, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25,
    ]);
  });

  test("counts no improvement below the threshold, and none of NaN", () => {
    expect(observed(make({ patience: 0, threshold: 0.1 }), [1, 0.95, 0.89])).toEqual([1, 0.5, 0.5]);
    expect(observed(make({ patience: 0 }), [Number.NaN, 1, Number.NaN, 0.5])).toEqual([0.5, 0.5, 0.25, 0.25]);
  });

  test("looks for higher measures if they are better", () => {
    expect(observed(make({ patience: 0 }, true), [0.5, 0.6, 0.6, 0.7])).toEqual([1, 1, 0.5, 0.5]);
    expect(observed(make({ patience: 0, threshold: 0.1 }, true), [-10, -9.5, -8])).toEqual([1, 0.5, 0.5]);
  });

  test("does not count while it cools down, and ends at the lowest factor", () => {
    const schedule = make({ patience: 0, cooldown: 2, final: 0.3 });
    expect(observed(schedule, [1, 1, 1, 1, 1])).toEqual([1, 0.5, 0.5, 0.5, 0.3]);
    expect(observed(schedule, [1, 1, 1, 1])).toEqual([0.3, 0.3, 0.3, 0.3]);
  });

  test("goes on from a saved state as if it had never stopped", () => {
    const measures = [3, 2, 2.1, 2.2, 1.9, 2, 2, 2, 2, 2, 1, 1, 1, 1];
    const whole = observed(make({ patience: 1, cooldown: 1 }), measures);
    for (let cut = 0; cut <= measures.length; cut++) {
      const first = make({ patience: 1, cooldown: 1 });
      const before = observed(first, measures.slice(0, cut));
      const second = make({ patience: 1, cooldown: 1 });
      second.restore(JSON.parse(JSON.stringify(first.save())));
      expect([...before, ...observed(second, measures.slice(cut))]).toEqual(whole);
    }
  });
});
