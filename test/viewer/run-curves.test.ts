import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { configRows } from "../../viewer/src/comparison/config-rows.js";
import { curveOf, evaluationsOf, figure, lastUpTo } from "../../viewer/src/comparison/metrics.js";
import { folderOf, nameOf, tagOf } from "../../viewer/src/comparison/run-name.js";
import { colourOf, dashOf, firstFreeSlot, slotCount } from "../../viewer/src/comparison/slots.js";

const records = [
  { event: "metrics", step: 100, returnMean: null, loss: null },
  { event: "metrics", step: 200, returnMean: 9, loss: 0.5 },
  { event: "eval", step: 200, returnMean: 20, returnStd: 8, lengthMean: 21, episodes: 16 },
  { event: "metrics", step: 300, returnMean: 11, loss: Number.NaN },
  { event: "eval", step: 400, returnMean: 30, returnStd: 0, lengthMean: 31, episodes: 1 },
];

test("a curve has the metrics' values as written, and gaps where there is no number", () => {
  expect(curveOf(records, "returnMean")).toEqual({ steps: [100, 200, 300], values: [null, 9, 11] });
  expect(curveOf(records, "loss")).toEqual({ steps: [100, 200, 300], values: [null, 0.5, null] });
  expect(curveOf(records, "meanQ")).toEqual({ steps: [], values: [] });
});

test("an evaluation has the 95 % interval of its mean, unless one episode says nothing of the spread", () => {
  // 1.96 * 8 / sqrt(16)
  expect(evaluationsOf(records, "returnMean")).toEqual([
    { step: 200, mean: 20, interval: { low: 20 - 3.92, high: 20 + 3.92 } },
    { step: 400, mean: 30, interval: null },
  ]);
  expect(evaluationsOf(records, "lengthMean").map(({ mean, interval }) => [mean, interval])).toEqual([
    [21, null],
    [31, null],
  ]);
  expect(evaluationsOf(records, "loss")).toEqual([]);
});

test("what is read off at a step is what was written by then", () => {
  const steps = [100, 200, 300];
  expect([99, 100, 299, 300, 999].map((step) => lastUpTo(steps, step))).toEqual([-1, 0, 1, 2, 2]);
  expect([lastUpTo(steps, null), lastUpTo([], null), lastUpTo([], 5)]).toEqual([2, -1, -1]);
});

test.each([
  [0, "0"],
  [0.0001234, "0.000123"],
  [-2.5, "-2.5"],
  [499.6, "500"],
  [9999, "10000"],
  [12_345, "12.3 k"],
  [2_500_000, "2.5 M"],
])("%d is told as %s", (value, text) => {
  expect(figure(value)).toBe(text);
});

test("steps are told in thousands from one thousand on", () => {
  expect([999, 1000, 5000].map((step) => figure(step, 1000))).toEqual(["999", "1 k", "5 k"]);
});

test("configs are told by key, first where they differ", () => {
  const first = { env: "A", dqn: { gamma: 0.99, net: { hidden: [8], type: "mlp" }, none: {} }, seed: 1 };
  const second = { env: "A", dqn: { gamma: 0.9, net: { hidden: [8], norm: null } }, seed: 1 };
  expect(configRows([first, second])).toEqual([
    { key: "dqn.gamma", values: ["0.99", "0.9"], differs: true },
    { key: "dqn.net.type", values: ["mlp", null], differs: true },
    { key: "dqn.none", values: ["{}", null], differs: true },
    { key: "dqn.net.norm", values: [null, "null"], differs: true },
    { key: "env", values: ["A", "A"], differs: false },
    { key: "dqn.net.hidden", values: ["[8]", "[8]"], differs: false },
    { key: "seed", values: ["1", "1"], differs: false },
  ]);
  expect(configRows([first]).every(({ differs }) => !differs)).toBe(true);
  expect(configRows([{}])).toEqual([]);
});

test("runs are told apart by the end of their folder's name", () => {
  const run = { id: "MinAtar/Breakout-v1/20261128-084048-3dcc4a", env: "MinAtar/Breakout-v1", agent: "dqn" };
  const summary = { ...run, seed: 3, step: 0, steps: 1, state: "done", bestReturn: null } as const;
  expect([nameOf(summary), folderOf(summary), tagOf(summary)]).toEqual([
    "MinAtar/Breakout-v1, dqn, seed 3",
    "20261128-084048-3dcc4a",
    "3dcc4a",
  ]);
  expect(tagOf({ ...summary, id: "kept/my-best" })).toBe("my-best");
});

test("slots are given out once each, and look different from each other", () => {
  const slots = Array.from({ length: slotCount }, (_, slot) => slot);
  expect(slotCount).toBe(8);
  expect([firstFreeSlot([]), firstFreeSlot([0, 2]), firstFreeSlot(slots)]).toEqual([0, 1, null]);
  expect(new Set(slots.map((slot) => dashOf(slot).join(" "))).size).toBe(slotCount);
});

/** Relative luminance of `#rrggbb`, https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

test("every run's colour stands out from the panel, in the dark and in the light", () => {
  const css = (file: string): string =>
    readFileSync(new URL(`../../viewer/src/${file}`, import.meta.url), "utf8");
  const schemesOf = (text: string, variable: string): string[] =>
    [...text.matchAll(new RegExp(`${variable}: (#[0-9a-f]{6});`, "g"))].map((match) => match[1]!);
  const panels = schemesOf(css("style.css"), "--panel");
  expect([contrast("#000000", "#ffffff"), panels.length]).toEqual([21, 2]);
  const text = css("comparison/runs.css");
  for (let slot = 0; slot < slotCount; slot++) {
    const colours = schemesOf(text, colourOf(slot));
    expect(colours).toHaveLength(2);
    // WCAG's level AA for text of any size.
    colours.forEach((colour, scheme) => {
      expect(contrast(colour, panels[scheme]!), `${colour} on ${panels[scheme]}`).toBeGreaterThan(4.5);
    });
  }
});
