import { defaultRng } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { CellGrid } from "../../src/multiagent/arenas/particles/cell-grid.js";
import {
  accelerationTo,
  Collisions,
  coasting,
  holdIn,
  Obstacles,
  type Particles,
  thrustAndMove,
} from "../../src/multiagent/arenas/particles/particles.js";

const [stay, left, right, down, up] = [0, 1, 2, 3, 4];

/** Discs of radius 0.1, in a square of 4. */
function discsAt(
  ...places: readonly (readonly [x: number, y: number, vx?: number, vy?: number])[]
): Particles {
  return {
    side: 4,
    radii: new Float64Array(places.length).fill(0.1),
    positions: Float64Array.from(places.flatMap((place) => place.slice(0, 2))),
    velocities: Float64Array.from(places.flatMap(([, , vx = 0, vy = 0]) => [vx, vy])),
  };
}

function collide(particles: Particles, counts = (_one: number, _other: number) => true): number[] {
  const touches = new Int32Array(particles.radii.length);
  new Collisions(particles.side, particles.radii, counts).resolve(particles, touches);
  return [...touches];
}

function momentum({ velocities }: Particles): [number, number] {
  const sum = [0, 0] as [number, number];
  velocities.forEach((velocity, i) => {
    sum[i % 2]! += velocity;
  });
  return sum;
}

function energy({ velocities }: Particles): number {
  return velocities.reduce((sum, velocity) => sum + velocity * velocity, 0) / 2;
}

/** A crowd in which hardly anybody does not overlap, of many sizes. */
function crowd(seed: number, count: number): Particles {
  const rng = defaultRng(seed);
  const draw = (low: number, high: number, length: number) =>
    Float64Array.from({ length }, () => rng.uniform(low, high));
  return {
    side: 4,
    radii: draw(0.05, 0.4, count),
    positions: draw(0, 4, 2 * count),
    velocities: draw(-3, 3, 2 * count),
  };
}

describe("motion", () => {
  test("a disc at rest moves by its thrust, along one axis, and others stay", () => {
    for (const [action, x, y] of [
      [stay, 0, 0],
      [left, -1, 0],
      [right, 1, 0],
      [down, 0, -1],
      [up, 0, 1],
    ] as const) {
      const discs = discsAt([2, 2], [1, 1]);
      thrustAndMove(discs, [9, action, stay], 1, Float64Array.of(5, 7));
      // 5 units per second squared, for 0.1 s.
      expect([...discs.velocities]).toEqual([0.5 * x, 0.5 * y, 0, 0]);
      expect([...discs.positions]).toEqual([2 + 0.05 * x, 2 + 0.05 * y, 1, 1]);
    }
  });

  test("thrust for long, it comes to its top speed; then it coasts, and stops", () => {
    const discs = discsAt([0, 2]);
    const accelerations = Float64Array.of(accelerationTo(1.2));
    for (let step = 0; step < 100; step++) {
      thrustAndMove(discs, [right], 0, accelerations);
      expect(discs.velocities[0]!).toBeLessThanOrEqual(1.2 + 1e-9);
    }
    expect(discs.velocities[0]).toBeCloseTo(1.2, 9);
    const released = discs.positions[0]!;
    for (let step = 0; step < 200; step++) thrustAndMove(discs, [stay], 0, accelerations);
    expect(discs.velocities[0]).toBeCloseTo(0, 9);
    expect(discs.positions[0]! - released).toBeCloseTo(coasting * 1.2, 9);
  });
});

describe("collisions", () => {
  test("at an angle, only what goes along the line between them is turned round", () => {
    // The line leads up and to the right, as steep as 3 to 4.
    const discs = discsAt([1, 1, 4, 3], [1.08, 1.06, 0, 0]);
    collide(discs);
    expect([...discs.velocities].map((velocity) => Number(velocity.toFixed(9)))).toEqual([1, 0.75, 3, 2.25]);
    const sideways = discsAt([1, 1, -3, 4], [1.08, 1.06, 0, 0]);
    collide(sideways);
    expect([...sideways.velocities].map((velocity) => Math.round(velocity * 1e9) / 1e9 + 0)).toEqual([
      -3, 4, 0, 0,
    ]);
    const upright = discsAt([1, 1, 0, 2], [1, 1.15, 0, -2]);
    collide(upright);
    expect([...upright.velocities]).toEqual([0, -1, 0, 1]);
  });

  test("head on, two of the same speed part at half of it, and touch no more", () => {
    const discs = discsAt([1.05, 1, 2, 0], [1.2, 1, -2, 0]);
    expect(collide(discs)).toEqual([1, 1]);
    expect([...discs.velocities]).toEqual([-1, 0, 1, 0]);
    expect(discs.positions[2]! - discs.positions[0]!).toBeCloseTo(0.202, 12);
    expect((discs.positions[2]! + discs.positions[0]!) / 2).toBeCloseTo(1.125, 12);
  });

  test("what moves along the line of contact does not change, nor the speed of those that part already", () => {
    const grazing = discsAt([1, 1, 0, 2], [1.15, 1, 0, -2]);
    collide(grazing);
    expect([...grazing.velocities]).toEqual([0, 2, 0, -2]);
    const parting = discsAt([1, 1, -1, 0], [1.15, 1, 1, 0]);
    expect(collide(parting)).toEqual([1, 1]);
    expect([...parting.velocities]).toEqual([-1, 0, 1, 0]);
  });

  test("two in the same place part, and discs that only come near do not notice", () => {
    const same = discsAt([1, 1], [1, 1]);
    collide(same);
    expect(Math.abs(same.positions[2]! - same.positions[0]!)).toBeCloseTo(0.202, 12);
    const near = discsAt([1, 1, 5, 0], [1.2001, 1, -5, 0]);
    expect(collide(near)).toEqual([0, 0]);
    expect([...near.velocities]).toEqual([5, 0, -5, 0]);
  });

  test.each([1, 2, 3, 4, 5])(
    "a crowd keeps its momentum and its middle, and gains no energy (seed %i)",
    (seed) => {
      const discs = crowd(seed, 60);
      const before = { momentum: momentum(discs), energy: energy(discs) };
      const sums = () =>
        [0, 1].map((axis) => discs.positions.reduce((sum, x, i) => sum + (i % 2 === axis ? x : 0), 0));
      const middle = sums();
      collide(discs);
      for (const axis of [0, 1] as const) {
        expect(momentum(discs)[axis]).toBeCloseTo(before.momentum[axis], 10);
        expect(sums()[axis]).toBeCloseTo(middle[axis]!, 9);
      }
      expect(energy(discs)).toBeLessThan(before.energy);
    },
  );

  test.each([1, 2, 3, 4, 5])("they are those of every pair, whatever the cells (seed %i)", (seed) => {
    const [discs, other] = [crowd(seed, 60), crowd(seed, 60)];
    const { radii, positions } = crowd(seed, 60);
    const expected = Array.from(radii, (radius, i) =>
      radii.reduce((count, another, j) => {
        const distance = Math.hypot(
          positions[2 * i]! - positions[2 * j]!,
          positions[2 * i + 1]! - positions[2 * j + 1]!,
        );
        return count + (i !== j && distance < radius + another ? 1 : 0);
      }, 0),
    );
    expect(collide(discs)).toEqual(expected);
    // In a square so large, all are in one cell.
    expect(collide({ ...other, side: 1000 })).toEqual(expected);
    expect(discs.positions).toEqual(other.positions);
    expect(discs.velocities).toEqual(other.velocities);
  });

  test("only touches that count are counted", () => {
    const discs = discsAt([1, 1], [1.1, 1], [1.1, 1.1]);
    expect(collide(discs, (one, other) => one === 0 && other === 2)).toEqual([1, 0, 1]);
  });
});

describe("obstacles and walls", () => {
  test("an obstacle throws back what runs into it, at half the speed, and stays", () => {
    const discs = discsAt([1, 1, 3, 0], [3, 3, 1, 1]);
    const obstacles = Float64Array.of(1.35, 1, 0.2, 0.2);
    const grid = new CellGrid(4, 2);
    const fixed = new Obstacles(discs.radii, 2, 0.3, grid);
    fixed.resolve(discs, obstacles);
    expect(discs.positions[0]).toBeCloseTo(1.35 - 1.01 * 0.4, 12);
    expect([...discs.positions.subarray(1)]).toEqual([1, 3, 3]);
    expect([...discs.velocities]).toEqual([-1.5, 0, 1, 1]);
    expect([...obstacles]).toEqual([1.35, 1, 0.2, 0.2]);
    expect(fixed.isClear(Float64Array.of(0.951, 1), 0)).toBe(false);
    expect(fixed.isClear(Float64Array.of(0.949, 1), 0)).toBe(true);
  });

  test.each([0.5, 10, 1e4, 1e9])("walls hold at a speed of %d", (speed) => {
    const rng = defaultRng(Math.round(speed));
    const discs = discsAt([1, 1], [2, 2], [3.9, 0.1]);
    for (let step = 0; step < 200; step++) {
      for (let i = 0; i < 6; i++) discs.velocities[i] = rng.uniform(-speed, speed);
      thrustAndMove(discs, [up, left, down], 0, Float64Array.of(1, 1, 1));
      collide(discs);
      holdIn(discs);
      for (const coordinate of discs.positions) {
        expect(coordinate).toBeGreaterThanOrEqual(0.1);
        expect(coordinate).toBeLessThanOrEqual(3.9);
      }
    }
  });

  test("at a wall the speed turns round and halves; what leaves the wall is let go", () => {
    const discs = discsAt([0.05, 2, -2, 1], [2, 3.95, 1, 4], [0.05, 2, 2, 0]);
    holdIn(discs);
    expect([...discs.positions]).toEqual([0.1, 2, 2, 3.9, 0.1, 2]);
    expect([...discs.velocities]).toEqual([1, 1, 1, -2, 2, 0]);
  });
});
