import { defaultRng, type Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { CellGrid } from "../../src/multiagent/arenas/particles/cell-grid.js";

interface Search {
  x: number;
  y: number;
  without?: number;
}

/** Indices from `first` on, by distance and then by index. */
function sorted(points: Float64Array, first: number, { x, y, without = -1 }: Search): number[] {
  const distance = (i: number) => (points[2 * i]! - x) ** 2 + (points[2 * i + 1]! - y) ** 2;
  const indices = Array.from({ length: points.length / 2 }, (_, i) => i);
  return indices
    .filter((i) => i >= first && i !== without)
    .sort((a, b) => distance(a) - distance(b) || a - b);
}

const side = 3;

/** Where points may lie: anywhere, on a lattice where many are as far away, or all in one corner. */
const clouds: Record<string, (rng: Generator) => number> = {
  anywhere: (rng) => rng.uniform(0, side),
  "on a lattice": (rng) => rng.integers(0, 7) / 2,
  "in a corner": (rng) => side * rng.random() ** 6,
};

describe.each(Object.entries(clouds))("points %s", (_, draw) => {
  test.each([1, 2, 3, 9, 64, 150])("the nearest of %i are those of a search through all", (count) => {
    const rng = defaultRng(count);
    const grid = new CellGrid(side, count + 5);
    for (let cloud = 0; cloud < 15; cloud++) {
      const first = rng.integers(0, 5);
      const points = Float64Array.from({ length: 2 * (first + count) }, () => draw(rng));
      grid.fill(points, first, count);
      for (let search = 0; search < 20; search++) {
        const k = rng.integers(0, Math.min(count, 6) + 2);
        const without = rng.integers(-1, first + count);
        const where = { x: draw(rng), y: draw(rng), without };
        const out = new Int32Array(k + 4).fill(-1);
        const found = grid.nearest(Float64Array.of(9, 9, where.x, where.y), 1, k, without, out, 2);
        const expected = sorted(points, first, where).slice(0, k);
        expect(found).toBe(expected.length);
        expect([...out.subarray(2, 2 + found)]).toEqual(expected);
        expect([out[0], out[1], out[k + 2], out[k + 3]]).toEqual([-1, -1, -1, -1]);
      }
    }
  });

  test("they are found from where they were before, however far all have moved", () => {
    const rng = defaultRng(3);
    const [count, k] = [40, 4];
    const grid = new CellGrid(side, count);
    const points = Float64Array.from({ length: 2 * count }, () => draw(rng));
    const out = new Int32Array(k).fill(-1);
    for (let step = 0; step < 300; step++) {
      const reach = step % 50 === 0 ? side : 0.05;
      for (let i = 0; i < points.length; i++) {
        points[i] = Math.min(Math.max(points[i]! + rng.uniform(-reach, reach), 0), side);
      }
      grid.fill(points, 0, count);
      grid.nearest(points, 0, k, 0, out, 0);
      expect([...out]).toEqual(sorted(points, 0, { x: points[0]!, y: points[1]!, without: 0 }).slice(0, k));
    }
  });

  test("those within reach are found in order, outside of the square, too", () => {
    const rng = defaultRng(8);
    const grid = new CellGrid(side, 50);
    for (let cloud = 0; cloud < 100; cloud++) {
      const points = Float64Array.from({ length: 100 }, () => 1.4 * draw(rng) - 0.6);
      grid.fill(points, 0, 50);
      const [x, y] = [1.4 * draw(rng) - 0.6, 1.4 * draw(rng) - 0.6];
      const reach = rng.uniform(0, 1);
      const out = new Int32Array(50);
      const found = grid.within(Float64Array.of(x, y), 0, Float64Array.of(reach), out);
      const isNear = (i: number) =>
        (points[2 * i]! - x) ** 2 + (points[2 * i + 1]! - y) ** 2 <= reach * reach;
      expect([...out.subarray(0, found)]).toEqual(Array.from({ length: 50 }, (_, i) => i).filter(isNear));
    }
  });
});

test("points are copied", () => {
  const grid = new CellGrid(1, 2);
  const points = Float64Array.of(0.1, 0.1, 0.9, 0.9);
  grid.fill(points, 0, 2);
  points.fill(0.5);
  const out = new Int32Array(1);
  expect(grid.within(Float64Array.of(0.1, 0.1), 0, Float64Array.of(0.01), out)).toBe(1);
  expect(out[0]).toBe(0);
});

test("what is exactly as far as the reach is within it", () => {
  const grid = new CellGrid(2, 3);
  grid.fill(Float64Array.of(0.5, 1, 1.5, 1, 1, 1.75), 0, 3);
  const out = new Int32Array(3);
  expect(grid.within(Float64Array.of(1, 1), 0, Float64Array.of(0.5), out)).toBe(2);
  expect([...out.subarray(0, 2)]).toEqual([0, 1]);
});
