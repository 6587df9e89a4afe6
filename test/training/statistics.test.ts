import { describe, expect, test } from "vitest";
import {
  bootstrapInterval,
  interquartileMean,
  optimalityGap,
  probabilityOfImprovement,
  quantile,
} from "../../src/training/statistics.js";

const values = [3, 1, 4, 1, 5, 9, 2, 6];

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
}

test("quantiles lie linearly between the nearest values, as NumPy's", () => {
  expect(quantile(values, 0)).toBe(1);
  expect(quantile(values, 1)).toBe(9);
  expect(quantile(values, 0.5)).toBe(3.5);
  // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], 0.3)
  expect(quantile(values, 0.3)).toBeCloseTo(2.1, 12);
  expect(quantile([7], 0.9)).toBe(7);
  expect(quantile([], 0.5)).toBeNaN();
});

test("the interquartile mean leaves a quarter out at either end", () => {
  // The middle four of 1 1 2 3 4 5 6 9.
  expect(interquartileMean(values)).toBe(3.5);
  expect(interquartileMean([10, 1, 2])).toBeCloseTo(13 / 3, 12);
  expect(interquartileMean([1, 2, 3, 4, 1000])).toBe(3);
  expect(interquartileMean([])).toBeNaN();
});

test("are SciPy's and NumPy's figures", () => {
  const returns = [3.25, 1.5, 4.75, 1.5, 5.125, 9, 2.5, 6, 0.25, 11, 7.5];
  // scipy.stats.trim_mean(returns, 0.25), numpy.quantile(returns, ...)
  expect(interquartileMean(returns)).toBe(4.375);
  expect([0.025, 0.3, 0.5, 0.975].map((share) => quantile(returns, share))).toEqual([
    0.5625, 2.5, 4.75, 10.5,
  ]);
  // scipy.stats.mannwhitneyu(first, second).statistic / 20
  expect(probabilityOfImprovement([3, 5, 5, 8, 9], [4, 5, 6, 2])).toBeCloseTo(0.7, 12);
});

test("the optimality gap counts what is lacking and forgives nothing for what is above", () => {
  expect(optimalityGap([0.5, 1, 3], 1)).toBeCloseTo(0.5 / 3, 12);
  expect(optimalityGap([40, 60], 50)).toBe(5);
  expect(optimalityGap([], 1)).toBeNaN();
});

describe("bootstrap intervals", () => {
  test("hold the statistic, grow with the confidence, and are the same for the same seed", () => {
    const narrow = bootstrapInterval([values], mean, { confidence: 0.5 });
    const wide = bootstrapInterval([values], mean, { confidence: 0.99 });
    expect(narrow.low).toBeLessThan(mean(values));
    expect(narrow.high).toBeGreaterThan(mean(values));
    expect(wide.low).toBeLessThan(narrow.low);
    expect(wide.high).toBeGreaterThan(narrow.high);
    expect(bootstrapInterval([values], mean)).toEqual(bootstrapInterval([values], mean));
    expect(bootstrapInterval([values], mean, { seed: 1 })).not.toEqual(bootstrapInterval([values], mean));
  });

  test("are those of the normal distribution where there are many values", () => {
    const many = Array.from({ length: 400 }, (_, i) => i % 2);
    const { low, high } = bootstrapInterval([many], mean, { draws: 4000 });
    // 0.5 -+ 1.96 * 0.5 / sqrt(400)
    expect(low).toBeCloseTo(0.451, 2);
    expect(high).toBeCloseTo(0.549, 2);
  });

  test("draw within each task: where tasks differ and seeds do not, there is no doubt", () => {
    expect(
      bootstrapInterval(
        [
          [1, 1, 1],
          [9, 9, 9],
        ],
        mean,
      ),
    ).toEqual({ low: 5, high: 5 });
  });

  test("over tasks are those of an independent bootstrap", () => {
    const tasks = [
      [0.1, 0.4, 0.3, 0.2],
      [0.9, 0.8, 1.2, 0.7],
      [1.4, 2.0, 1.7, 1.9],
    ];
    expect(interquartileMean(tasks.flat())).toBeCloseTo(0.9, 12);
    const { low, high } = bootstrapInterval(tasks, interquartileMean, { confidence: 0.9, draws: 20_000 });
    // 200,000 draws with scipy.stats.trim_mean and numpy.percentile; the next values are 0.0167 away.
    expect(low).toBeCloseTo(0.8, 6);
    expect(high).toBeCloseTo(1.033333333, 6);
  });

  test("of one value is that value", () => {
    expect(bootstrapInterval([[4]], interquartileMean)).toEqual({ low: 4, high: 4 });
  });
});

test("probability of improvement counts pairs, ties by half", () => {
  expect(probabilityOfImprovement([2, 4], [1, 4])).toBe((1 + 0 + 1 + 0.5) / 4);
  expect(probabilityOfImprovement([1], [2])).toBe(0);
});
