import { expect, test } from "vitest";
import { fitCurvesSvg } from "../../src/cli/fit-curves-svg.js";
import type { FitCurves } from "../../src/training/index.js";

const none = { epochs: [], values: [], spreads: [] };

function fitOf(label: string, losses: readonly number[], bestEpoch: number | null): FitCurves {
  const curve = { epochs: losses.map((_, i) => i + 1), values: [...losses], spreads: losses.map(() => 0) };
  return {
    ...{ label, task: "a<b", seeds: [1], bestEpoch },
    figures: {
      loss: { train: curve, trainSample: curve, validation: curve },
      accuracy: { train: none, trainSample: none, validation: curve },
    },
  };
}

test("a panel for each figure, a colour for each fit, a dot for the best epoch", () => {
  const svg = fitCurvesSvg([fitOf("one & only", [3, 2, 1], 3), fitOf("other", [3, 2.5], 1)]);
  expect(svg).toContain("a&#60;b: learning curves");
  expect(svg).toContain("one &#38; only");
  expect(svg.match(/<g /g)).toHaveLength(2);
  expect(svg.match(/<path class="line0"/g)).toHaveLength(6);
  expect(svg.match(/<path class="line1"/g)).toHaveLength(6);
  expect(svg.match(/<circle class="fill0"/g)).toHaveLength(2);
  // The dot of the first fit lies where its line ends, at the least of the values.
  const [, x, y] = /<circle class="fill0" cx="([\d.]+)" cy="([\d.]+)"/.exec(svg)!;
  expect(svg).toContain(`L${Number(x)},${Number(y)}"`);
  expect(Number(y)).toBeGreaterThan(Number(/<circle class="fill1" [^>]*cy="([\d.]+)"/.exec(svg)![1]));
});

test("several seeds have a band around their validation, which its panel has room for", () => {
  const [fit] = [fitOf("two seeds", [3, 2], null)];
  const spread = { epochs: [1, 2], values: [3, 2], spreads: [0.5, 0.25] };
  const one = fitCurvesSvg([fit!]);
  const figures = { loss: { ...fit!.figures["loss"]!, validation: spread } };
  const two = fitCurvesSvg([{ ...fit!, figures, seeds: [1, 2] }]);
  expect(one).not.toMatch(/band|opacity="0.18"/);
  expect(two).toContain("band: one standard deviation over seeds");
  const [, path] = /<path class="fill0" d="([^"]+)" opacity="0.18"/.exec(two)!;
  const heights = [...path!.matchAll(/[ML][\d.]+,([\d.]+)/g)].map(([, y]) => Number(y));
  expect(heights).toHaveLength(4);
  // As far above the line as below it, and within the panel.
  expect(heights[0]! - heights[3]!).toBeCloseTo(2 * (heights[1]! - heights[2]!), 0);
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(34);
});

test.each([[[]], [[5]], [[0, 0]]])("losses %j are drawn without a fault", (losses) => {
  const svg = fitCurvesSvg([fitOf("one", losses, losses.length === 0 ? null : 1)]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
});

test("a fit without an epoch yet has a chart without panels", () => {
  const svg = fitCurvesSvg([{ ...fitOf("one", [], null), figures: {} }]);
  expect(svg).toContain("learning curves");
  expect(svg).not.toContain("<g ");
});
