import { describe, expect, test } from "vitest";
import { lineChart } from "../../src/charts/index.js";

const axes = { title: "A chart", x: "across", y: "up" };

/** Where the marks are, in pixels. */
function marksOf(svg: string): [number, number][] {
  return [...svg.matchAll(/<circle [^>]*cx="([^"]*)" cy="([^"]*)"/g)].map(([, x, y]) => [
    Number(x),
    Number(y),
  ]);
}

describe("line charts", () => {
  test("put points where their numbers are, the larger the higher", () => {
    const points = [
      { x: 0, y: 10 },
      { x: 1, y: 30 },
      { x: 2, y: 20 },
    ];
    const marks = marksOf(lineChart([{ label: "a", points }], axes));
    const [[x0, y0], [x1, y1], [x2, y2]] = marks as [[number, number], [number, number], [number, number]];
    expect(x1 - x0).toBeCloseTo(x2 - x1, 0);
    expect(y0 - y2).toBeCloseTo(y2 - y1, 0);
    expect(y0).toBeGreaterThan(y1);
  });

  test("have a band where there is a spread, and none where there is not", () => {
    const chart = (spread: number) => lineChart([{ label: "a", points: [{ x: 0, y: 0, spread }] }], axes);
    expect(chart(1)).toContain('opacity="0.14"');
    expect(chart(0)).not.toContain('opacity="0.14"');
  });

  test("show what belongs together in one colour, and text as text", () => {
    const svg = lineChart(
      [
        { label: "a < b", points: [{ x: 0, y: 1 }], colour: 2 },
        { label: "a & b", points: [{ x: 1, y: 2 }], colour: 2, dashed: true },
      ],
      { ...axes, places: [{ x: 0, label: '"first"' }], note: "<script>" },
    );
    expect(svg.match(/class="line2"/g)).toHaveLength(4);
    expect(svg.match(/stroke-dasharray/g)).toHaveLength(2);
    expect(svg).toContain("a &#60; b");
    expect(svg).toContain("&#34;first&#34;");
    expect(svg).not.toContain("<script>");
  });

  test("hold of one value, and of none", () => {
    for (const points of [[], [{ x: 3, y: 0.5 }]]) {
      const svg = lineChart([{ label: "a", points }], { ...axes, marks: false });
      expect(svg).not.toMatch(/NaN|Infinity|undefined|<circle/);
    }
  });
});
