import { describe, expect, test } from "vitest";
import { expectedScore } from "../../src/training/arenas/elo.js";
import { fitRatings } from "../../src/training/arenas/ratings.js";
import { wilsonInterval } from "../../src/training/arenas/tournament-results.js";

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

describe("ratings", () => {
  test("of three of whom each beats the next come in that order, 1200 in the mean", () => {
    const [best, middle, worst] = fitRatings([
      [0, 8, 9],
      [2, 0, 7],
      [1, 3, 0],
    ]) as [number, number, number];
    expect(best).toBeGreaterThan(middle + 50);
    expect(middle).toBeGreaterThan(worst + 50);
    expect(mean([best, middle, worst])).toBeCloseTo(1200, 9);
  });

  test("explain the points: with a drawn game against an imagined player, everybody scored as expected", () => {
    const points = [
      [0, 14.5, 20, 3],
      [5.5, 0, 11, 9],
      [0, 9, 0, 12.5],
      [1, 5, 7.5, 0],
    ];
    const ratings = fitRatings(points);
    const imagined = levelOf(ratings);
    ratings.forEach((rating, player) => {
      let [scored, expected] = [0.5, expectedScore(rating, imagined)];
      ratings.forEach((other, opponent) => {
        scored += points[player]![opponent]!;
        if (opponent === player) return;
        expected += (points[player]![opponent]! + points[opponent]![player]!) * expectedScore(rating, other);
      });
      expect(expected).toBeCloseTo(scored, 6);
    });
  });

  test("are finite where one wins everything, and grow with the games that say so", () => {
    const gap = (games: number): number => {
      const [first, second] = fitRatings([
        [0, games],
        [0, 0],
      ]) as [number, number];
      return first - second;
    };
    expect(gap(10)).toBeGreaterThan(300);
    expect(gap(1000)).toBeGreaterThan(gap(10));
    expect(gap(1000)).toBeLessThan(3000);
  });

  test("are the odds, where games are many", () => {
    const [first, second] = fitRatings([
      [0, 750_000],
      [250_000, 0],
    ]) as [number, number];
    expect(first - second).toBeCloseTo(400 * Math.log10(3), 2);
  });

  test("treat all alike: turned round, they are mirrored, and equals are equal", () => {
    const points = [
      [0, 6, 9],
      [4, 0, 5],
      [1, 5, 0],
    ];
    const turned = points.map((row, i) => row.map((_, j) => points[j]![i]!));
    const [ratings, mirrored] = [fitRatings(points), fitRatings(turned)];
    ratings.forEach((rating, i) => {
      expect(rating - 1200).toBeCloseTo(1200 - mirrored[i]!, 6);
    });
    expect(
      fitRatings([
        [0, 5, 5],
        [5, 0, 5],
        [5, 5, 0],
      ]),
    ).toEqual([1200, 1200, 1200]);
  });

  test("do not move apart for somebody who has not played", () => {
    const [a, b] = fitRatings([
      [0, 7],
      [3, 0],
    ]) as [number, number];
    const [c, d] = fitRatings([
      [0, 7, 0],
      [3, 0, 0],
      [0, 0, 0],
    ]) as [number, number, number];
    expect(c - d).toBeCloseTo(a - b, 6);
  });
});

/** The rating of somebody with whom all together have drawn. */
function levelOf(ratings: readonly number[]): number {
  let [low, high] = [-10_000, 10_000];
  while (high - low > 1e-9) {
    const level = (low + high) / 2;
    if (mean(ratings.map((rating) => expectedScore(rating, level))) > 0.5) low = level;
    else high = level;
  }
  return low;
}

test("the ends of an interval are the shares from which what was seen is 1.96 standard errors away", () => {
  for (const [share, games] of [
    [0.8, 10],
    [0.05, 300],
    [1, 50],
  ] as const) {
    const { low, high } = wilsonInterval(share, games);
    expect(low).toBeLessThan(share);
    for (const end of share === 1 ? [low] : [low, high]) {
      const standardError = Math.sqrt((end * (1 - end)) / games);
      expect(Math.abs(share - end) / standardError).toBeCloseTo(1.959964, 6);
    }
  }
  expect(wilsonInterval(1, 50).high).toBe(1);
  expect(wilsonInterval(0, 50).low).toBeCloseTo(0, 12);
});
