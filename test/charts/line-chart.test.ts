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

  test("show a lone value by a mark in any case, and nothing where there is none", () => {
    const chart = (points: { x: number; y: number }[]) =>
      lineChart([{ label: "a", points }], { ...axes, marks: false });
    expect(marksOf(chart([{ x: 3, y: 0.5 }]))).toHaveLength(1);
    expect(marksOf(chart([1, 2].map((x) => ({ x, y: x }))))).toHaveLength(0);
    for (const svg of [chart([]), chart([{ x: 3, y: 0.5 }])]) {
      expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    }
  });

  test("have a gap where a number is not finite", () => {
    const ys = [1, Number.NaN, 3, 4, Number.POSITIVE_INFINITY, 6];
    const points = ys.map((y, x) => ({ x, y, spread: x === 3 ? Number.NaN : 0 }));
    const svg = lineChart([{ label: "a", points }], { ...axes, marks: false });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    const [, path = ""] = /<path class="line0" d="([^"]*)"/.exec(svg) ?? [];
    expect(path.match(/M/g)).toHaveLength(3);
    expect(marksOf(svg)).toHaveLength(2);
  });

  test("number whole numbers as such, and have no ticks between them", () => {
    const ticksOf = (xs: number[]) => {
      const svg = lineChart([{ label: "a", points: xs.map((x) => ({ x, y: x })) }], axes);
      return [...svg.matchAll(/text-anchor="middle">([\d.,]+)</g)].map(([, text]) => text);
    };
    expect(ticksOf([1])).toEqual(["1"]);
    expect(ticksOf([1, 2])).toEqual(["1", "2"]);
    expect(ticksOf([0.1, 0.2])).toContain("0.15");
  });

  test.each([
    ["tiny", 1e-12, /^\d(\.5)?e-1\d$/],
    ["large", -1e7, /^(0|−\d(\.5)?e\+7)$/],
    ["all but equal", 1, /^[\d.−]{3,4}$/],
  ])("keep numbers short that are %s", (what, factor, short) => {
    const points = [1, 2, 3, 4].map((x) => ({ x, y: what === "all but equal" ? 1 + x * 1e-12 : factor * x }));
    const svg = lineChart([{ label: "a", points }], axes);
    const labels = [...svg.matchAll(/text-anchor="end">([^<]*)</g)].map(([, text]) => text);
    expect(labels.length).toBeGreaterThan(2);
    for (const label of labels) expect(label).toMatch(short);
  });

  test("cut what is too long for its place, and keep all of it for whoever points at it", () => {
    const long = "a & b ".repeat(60);
    const svg = lineChart([{ label: long, points: [{ x: 0, y: 0 }] }], {
      ...{ title: long, note: long, x: long, y: long },
      places: [{ x: 0, label: long }],
    });
    expect(svg.match(/…<title>/g)).toHaveLength(6);
    expect(svg.match(/<title>(a &#38; b ){60}<\/title>/g)).toHaveLength(6);
  });

  test("keep the names of many lines on the page", () => {
    const series = Array.from({ length: 40 }, (_, i) => ({ label: `line ${i}`, points: [{ x: 0, y: i }] }));
    const svg = lineChart(series, axes);
    const last = Number(/y="([\d.]+)" dy="0.35em">line 39</.exec(svg)![1]);
    const height = Number(/viewBox="0 0 \d+ (\d+)"/.exec(svg)![1]);
    expect(last).toBeLessThan(height);
  });
});
