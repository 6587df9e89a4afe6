import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  classCounts,
  type Dataset,
  ellipses,
  glyphDigits,
  gridCaptions,
  isRegression,
  type PlaygroundName,
  playgroundData,
  playgroundNames,
} from "../../../src/supervised/data/index.js";

type Drawn = { x: number; y: number; target: number };

function points(name: PlaygroundName, noise: number, size = 400): Drawn[] {
  const { fields } = playgroundData(name, { size, noise, rng: new Generator(4) });
  const at = fields["inputs"]!.data;
  return Array.from(fields["targets"]!.data, (target, i) => ({ x: at[2 * i]!, y: at[2 * i + 1]!, target }));
}

describe("playground data", () => {
  test.each(playgroundNames)("%s has the size asked for, depends on its seed, and gets noisier", (name) => {
    const draw = (seed: number, noise: number) =>
      playgroundData(name, { size: 100, noise, rng: new Generator(seed) });
    const data = draw(1, 0.1);
    expect(data.size).toBe(100);
    expect(draw(1, 0.1)).toEqual(data);
    expect(draw(2, 0.1)).not.toEqual(data);
    expect(draw(1, 0.4)).not.toEqual(data);
    if (!isRegression(name)) expect(Math.min(...classCounts(data))).toBeGreaterThan(20);
  });

  test("circle: inside 2.5 is positive, nothing between 2.5 and 3.5", () => {
    for (const { x, y, target } of points("circle", 0)) {
      const radius = Math.hypot(x, y);
      expect(target).toBe(radius < 2.5 ? 1 : 0);
      expect(radius < 2.5 || radius > 3.4999).toBe(true);
    }
    const wrong = points("circle", 0.5).filter(
      ({ x, y, target }) => target !== Number(Math.hypot(x, y) < 2.5),
    );
    expect(wrong.length).toBeGreaterThan(20);
  });

  test("xor: the sign of the product, apart from the axes", () => {
    for (const { x, y, target } of points("xor", 0)) {
      expect(target).toBe(Number(x * y >= 0));
      expect(Math.min(Math.abs(x), Math.abs(y))).toBeGreaterThanOrEqual(0.299);
    }
  });

  test("gauss: clouds of variance 0.5 about (2, 2) and (-2, -2)", () => {
    const positive = points("gauss", 0, 4000).filter(({ target }) => target === 1);
    const mean = positive.reduce((sum, { x }) => sum + x, 0) / positive.length;
    const variance = positive.reduce((sum, { x }) => sum + (x - mean) ** 2, 0) / positive.length;
    expect(positive).toHaveLength(2000);
    expect(Math.abs(mean - 2)).toBeLessThan(0.06);
    expect(Math.abs(variance - 0.5)).toBeLessThan(0.06);
  });

  test("spiral: arms of 1.75 turns, half a turn apart", () => {
    const drawn = points("spiral", 0);
    const turn = 1.75 * 2 * Math.PI * 0.5;
    expect(drawn[100]!.x).toBeCloseTo(2.5 * Math.sin(turn), 5);
    expect(drawn[100]!.y).toBeCloseTo(2.5 * Math.cos(turn), 5);
    expect(drawn[300]!.x).toBeCloseTo(-drawn[100]!.x, 5);
    expect(drawn.map(({ target }) => target)).toEqual(Array.from({ length: 400 }, (_, i) => Number(i < 200)));
  });

  test("plane and gaussians: the formulas", () => {
    for (const { x, y, target } of points("plane", 0)) expect(target).toBeCloseTo((x + y) / 10, 5);
    const bumps = points("gaussians", 0, 2000);
    const near = (atX: number, atY: number) =>
      bumps.filter(({ x, y }) => Math.hypot(x - atX, y - atY) < 0.5).map(({ target }) => Math.sign(target));
    expect(
      [
        [-4, 2.5],
        [0, 2.5],
        [4, 2.5],
        [-4, -2.5],
        [0, -2.5],
        [4, -2.5],
      ].map(([x, y]) => near(x!, y!)[0]),
    ).toEqual([1, -1, 1, -1, 1, -1]);
    expect(bumps.filter(({ y }) => Math.abs(y) < 0.5).every(({ target }) => target === 0)).toBe(true);
    expect(Math.max(...bumps.map(({ target }) => target))).toBeGreaterThan(0.9);
  });

  test("refuses odd sizes and negative noise", () => {
    expect(() => playgroundData("xor", { size: 3, rng: new Generator(0) })).toThrow(/even number/);
    expect(() => playgroundData("xor", { size: 4, noise: -1, rng: new Generator(0) })).toThrow(/noise/);
  });
});

describe("ellipses", () => {
  const data = ellipses({ size: 60, rng: new Generator(1) });
  const pixels = 32 * 32;
  const of = (name: string, row: number, length: number) =>
    data.fields[name]!.data.subarray(row * length, (row + 1) * length);

  test("have the area, centre and angle that their parameters say", () => {
    let tilted = 0;
    for (let row = 0; row < data.size; row++) {
      const [x, y, major, minor, cos, sin] = of("targets", row, 6);
      const mask = [...of("mask", row, pixels)];
      const area = mask.reduce((sum, bit) => sum + bit, 0);
      expect(area / pixels).toBeCloseTo(Math.PI * major! * minor!, 1);
      const across = mask.reduce((sum, bit, i) => sum + bit * ((i % 32) + 0.5), 0) / area / 32;
      const down = mask.reduce((sum, bit, i) => sum + bit * (Math.floor(i / 32) + 0.5), 0) / area / 32;
      expect(Math.abs(across - x!)).toBeLessThan(0.02);
      expect(Math.abs(down - y!)).toBeLessThan(0.02);
      expect(cos! ** 2 + sin! ** 2).toBeCloseTo(1, 5);
      if (minor! > 0.7 * major! || area < 150) continue;
      const moment = (of: (right: number, below: number) => number) =>
        mask.reduce((sum, bit, i) => {
          return sum + bit * of((i % 32) + 0.5 - 32 * across, Math.floor(i / 32) + 0.5 - 32 * down);
        }, 0);
      const twice = Math.atan2(
        2 * moment((u, v) => u * v),
        moment((u, v) => u * u - v * v),
      );
      expect(Math.cos(twice - Math.atan2(sin!, cos!))).toBeGreaterThan(0.97);
      tilted++;
    }
    expect(tilted).toBeGreaterThan(5);
  });

  test("are filled, or dark in the middle", () => {
    const kinds = new Set<number>();
    for (let row = 0; row < data.size; row++) {
      const [x, y] = of("targets", row, 6);
      const filled = data.fields["filled"]!.data[row]!;
      kinds.add(filled);
      const middle = of("inputs", row, pixels)[Math.floor(y! * 32) * 32 + Math.floor(x! * 32)]!;
      if (filled === 1) expect(middle).toBe(255);
      else expect(middle).toBeLessThan(128);
    }
    expect(kinds.size).toBe(2);
    expect(() => ellipses({ size: 1, side: 8, rng: new Generator(0) })).toThrow(/at least 16 pixels/);
  });
});

describe("glyph digits", () => {
  /** Mean picture of each class. */
  function prototypes({ size, fields }: Dataset): Float64Array[] {
    const means = Array.from({ length: 10 }, () => new Float64Array(784));
    for (let row = 0; row < size; row++) {
      const mean = means[fields["targets"]!.data[row]!]!;
      for (let i = 0; i < 784; i++) mean[i]! += fields["inputs"]!.data[row * 784 + i]!;
    }
    return means.map((mean) => {
      const norm = Math.hypot(...mean);
      return mean.map((value) => value / norm);
    });
  }

  test("look alike within a class: the nearest mean picture finds most of new ones", () => {
    const means = prototypes(glyphDigits({ size: 400, rng: new Generator(1) }));
    const fresh = glyphDigits({ size: 200, rng: new Generator(2) });
    expect([...classCounts(fresh)]).toEqual(Array.from({ length: 10 }, () => 20));
    let right = 0;
    for (let row = 0; row < 200; row++) {
      const picture = fresh.fields["inputs"]!.data.subarray(row * 784, (row + 1) * 784);
      const likeness = means.map((mean) => mean.reduce((sum, value, i) => sum + value * picture[i]!, 0));
      right += Number(likeness.indexOf(Math.max(...likeness)) === fresh.fields["targets"]!.data[row]);
    }
    expect(right).toBeGreaterThan(140);
  });

  test("stay on the picture, and differ from one another", () => {
    const still = glyphDigits({ size: 20, rng: new Generator(1), noise: 0, distortion: 1 });
    const { data } = still.fields["inputs"]!;
    const border = data.filter((_, i) => {
      const [y, x] = [Math.floor((i % 784) / 28), i % 28];
      return y === 0 || x === 0 || y === 27 || x === 27;
    });
    expect(border.every((level) => level === 0)).toBe(true);
    expect([...data.subarray(0, 784)]).not.toEqual([...data.subarray(7840, 8624)]);
  });
});

describe("captioned grids", () => {
  const { data, captions } = gridCaptions({ size: 200, rng: new Generator(1), cells: 4 });
  const colourAt: Record<string, string> = {
    "230,40,40": "red",
    "40,200,70": "green",
    "50,90,240": "blue",
    "240,210,40": "yellow",
    "160,60,210": "purple",
  };

  /** Row and column of each cell with an object in it, and its colour, read off the picture. */
  function objectsIn(row: number): { colour: string; row: number; column: number }[] {
    const picture = data.fields["inputs"]!.data.subarray(row * 3072, (row + 1) * 3072);
    const found = new Map<string, { colour: string; row: number; column: number }>();
    for (let i = 0; i < 1024; i++) {
      const colour = colourAt[picture.subarray(3 * i, 3 * i + 3).join()];
      const [cellRow, column] = [Math.floor(i / 32 / 8), Math.floor((i % 32) / 8)];
      if (colour !== undefined) found.set(`${cellRow} ${column}`, { colour, row: cellRow, column });
    }
    return [...found.values()];
  }

  test("say where the objects are", () => {
    const relations = new Set<string>();
    captions.forEach((sentences, row) => {
      expect(sentences).toHaveLength(3);
      const match = /^a (\w+) (?:key|door|ball|box) (left of|right of|above|below) the (\w+) \w+$/.exec(
        sentences[0]!,
      );
      const [, first, relation, second] = match!;
      relations.add(relation!);
      const objects = objectsIn(row);
      expect(objects.map(({ colour }) => colour).sort()).toEqual([first, second].sort());
      if (first === second) return;
      const a = objects.find(({ colour }) => colour === first)!;
      const b = objects.find(({ colour }) => colour === second)!;
      const holds = {
        "left of": a.column < b.column,
        "right of": a.column > b.column,
        above: a.row < b.row,
        below: a.row > b.row,
      }[relation!];
      expect(holds).toBe(true);
    });
    expect(relations.size).toBe(4);
  });

  test("say the same in three ways", () => {
    const match = /^a (\w+ \w+) (left of|right of|above|below) the (\w+ \w+)$/.exec(captions[0]![0]!);
    const [, first, relation, second] = match!;
    const inverse = { "left of": "right of", "right of": "left of", above: "below", below: "above" }[
      relation!
    ];
    expect(captions[0]!.slice(1)).toEqual([
      `there is a ${first} ${relation} a ${second}`,
      `the ${second} is ${inverse} the ${first}`,
    ]);
    expect(() => gridCaptions({ size: 1, cells: 1, rng: new Generator(0) })).toThrow(/at least 2 cells/);
  });
});
