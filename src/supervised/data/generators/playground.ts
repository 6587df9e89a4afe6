import type { Generator } from "gymnasium-js";
import { type Dataset, dataset } from "../dataset.js";
import { DataError } from "../errors.js";

/** The data sets of TensorFlow's Playground: four to classify, two to regress. */
export const playgroundNames = ["circle", "xor", "gauss", "spiral", "plane", "gaussians"] as const;

export type PlaygroundName = (typeof playgroundNames)[number];

export interface PlaygroundOptions {
  /** Points; those that come in two halves need an even number. */
  size: number;
  /** From 0 to 0.5, as the page's slider over 100; default 0. */
  noise?: number;
  rng: Generator;
}

/** Points of one class or value at a time, `[x, y, target]`. */
type Point = readonly [x: number, y: number, target: number];
type Draw = (size: number, noise: number, rng: Generator) => Point[];

/**
 * Points in the plane with the formulas of TensorFlow's Playground (https://github.com/tensorflow/playground,
 * src/dataset.ts). `inputs` are float32 x and y in about -6 to 6. `targets` are class 0 (negative) or 1 (positive), or of
 * `plane` and `gaussians` (its "multi gaussian") one float32 in -1 to 1. Halves come one after the other: shuffle them.
 *
 * @throws {DataError} `invalid-options` for a size or noise that makes no sense
 */
export function playgroundData(name: PlaygroundName, { size, noise = 0, rng }: PlaygroundOptions): Dataset {
  if (!Number.isSafeInteger(size) || size < 2 || size % 2 !== 0 || !(noise >= 0)) {
    throw new DataError(
      "invalid-options",
      `Playground data need an even number of points, at least 2, and noise of at least 0, but got ${size} and ${noise}.`,
    );
  }
  const points = draws[name](size, noise, rng);
  const inputs = { data: Float32Array.from(points.flatMap((point) => point.slice(0, 2))), shape: [2] };
  const targets = points.map(([, , target]) => target);
  if (isRegression(name)) {
    return dataset({ inputs, targets: { data: Float32Array.from(targets), shape: [1] } });
  }
  const labels = Int32Array.from(targets, (target) => (target > 0 ? 1 : 0));
  return dataset({ inputs, targets: { data: labels, shape: [] } }, ["negative", "positive"]);
}

/** Whether the targets are numbers. */
export function isRegression(name: PlaygroundName): boolean {
  return name === "plane" || name === "gaussians";
}

const draws: Record<PlaygroundName, Draw> = { circle, xor, gauss, spiral, plane, gaussians };

/** Inside half the radius of 5, or beyond 0.7 of it; the label is that of the point moved by the noise. */
function circle(size: number, noise: number, rng: Generator): Point[] {
  const radius = 5;
  const ring = (from: number, to: number): Point[] =>
    Array.from({ length: size / 2 }, () => {
      const r = rng.uniform(from, to);
      const angle = rng.uniform(0, 2 * Math.PI);
      const x = r * Math.sin(angle);
      const y = r * Math.cos(angle);
      const [movedX, movedY] = moved(x, y, radius * noise, rng);
      return [x, y, Math.hypot(movedX, movedY) < radius * 0.5 ? 1 : -1];
    });
  return [...ring(0, radius * 0.5), ...ring(radius * 0.7, radius)];
}

/** The sign of x y, with a gap of 0.6 along the axes. */
function xor(size: number, noise: number, rng: Generator): Point[] {
  const apart = (at: number) => at + (at > 0 ? 0.3 : -0.3);
  return Array.from({ length: size }, () => {
    const x = apart(rng.uniform(-5, 5));
    const y = apart(rng.uniform(-5, 5));
    const [movedX, movedY] = moved(x, y, 5 * noise, rng);
    return [x, y, movedX * movedY >= 0 ? 1 : -1];
  });
}

/** Two normal clouds about (2, 2) and (-2, -2); their variance grows from 0.5 without noise to 4 at noise 0.5. */
function gauss(size: number, noise: number, rng: Generator): Point[] {
  const deviation = Math.sqrt(0.5 + (noise / 0.5) * 3.5);
  const cloud = (centre: number, target: number): Point[] =>
    Array.from({ length: size / 2 }, () => [
      rng.normal(centre, deviation),
      rng.normal(centre, deviation),
      target,
    ]);
  return [...cloud(2, 1), ...cloud(-2, -1)];
}

/** Two arms of 1.75 turns; the noise moves the points. */
function spiral(size: number, noise: number, rng: Generator): Point[] {
  const half = size / 2;
  const arm = (start: number, target: number): Point[] =>
    Array.from({ length: half }, (_, i) => {
      const r = (i / half) * 5;
      const angle = ((1.75 * i) / half) * 2 * Math.PI + start;
      const [x, y] = moved(r * Math.sin(angle), r * Math.cos(angle), noise, rng);
      return [x, y, target];
    });
  return [...arm(0, 1), ...arm(Math.PI, -1)];
}

/** (x + y) / 10. */
function plane(size: number, noise: number, rng: Generator): Point[] {
  return surface(size, noise, rng, (x, y) => (x + y) / 10);
}

/** Six bumps of radius 2, of sign + and - by turns; of those that overlap the strongest. */
function gaussians(size: number, noise: number, rng: Generator): Point[] {
  const bumps = [-4, 0, 4].flatMap((x, i) => {
    const sign = i % 2 === 0 ? 1 : -1;
    return [[x, 2.5, sign] as const, [x, -2.5, -sign] as const];
  });
  return surface(size, noise, rng, (x, y) => {
    const heights = bumps.map(([atX, atY, sign]) => sign * Math.max(0, 1 - Math.hypot(x - atX, y - atY) / 2));
    return heights.reduce((most, height) => (Math.abs(height) > Math.abs(most) ? height : most), 0);
  });
}

function surface(
  size: number,
  noise: number,
  rng: Generator,
  heightAt: (x: number, y: number) => number,
): Point[] {
  return Array.from({ length: size }, () => {
    const x = rng.uniform(-6, 6);
    const y = rng.uniform(-6, 6);
    return [x, y, heightAt(...moved(x, y, 6 * noise, rng))];
  });
}

function moved(x: number, y: number, distance: number, rng: Generator): [number, number] {
  return [x + distance * rng.uniform(-1, 1), y + distance * rng.uniform(-1, 1)];
}
