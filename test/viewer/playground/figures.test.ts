import { expect, test } from "vitest";
import { figureOf, markOf } from "../../../viewer/src/playground/figures.js";

test.each([
  [0.93157, 4, "0.9316"],
  [-13.3019, 3, "−13.302"],
  [9999.5, 1, "9999.5"],
  [2.5657091227025663e29, 4, "2.57e29"],
  [-1e30, 3, "−1.00e30"],
  [Infinity, 4, "∞"],
  [-Infinity, 4, "−∞"],
  [NaN, 4, "–"],
])("the figure %d with %d digits is %s", (value, digits, text) => {
  expect(figureOf(value, digits)).toBe(text);
});

test.each([
  [0, "0"],
  [0.5, "0.5"],
  [2500, "2,500"],
  [20_000, "2e4"],
  [0.7 * 3 * 1e29, "2.1e29"],
])("the mark of %d is %s", (value, text) => {
  expect(markOf(value)).toBe(text);
});
