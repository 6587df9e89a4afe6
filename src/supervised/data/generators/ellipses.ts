import type { Generator } from "gymnasium-js";
import { type Dataset, dataset } from "../dataset.js";
import { DataError } from "../errors.js";

/** What `targets` of an ellipse are, in this order; lengths are fractions of the picture's side. */
export const ellipseParameters = [
  "centre x",
  "centre y",
  "semi-major axis",
  "semi-minor axis",
  "cos 2 angle",
  "sin 2 angle",
] as const;

export interface EllipsesOptions {
  size: number;
  rng: Generator;
  /** Height and width in pixels; default 32. */
  side?: number;
  /** Standard deviation of the noise, in grey levels; default 0. */
  noise?: number;
}

interface Ellipse {
  /** In pixels. */
  x: number;
  y: number;
  major: number;
  minor: number;
  /** Radians from the x axis to the major one. */
  angle: number;
  filled: boolean;
}

const levels = 255;
/** Pixels that an outline is wide. */
const outline = 1.5;

/**
 * Grey pictures of one ellipse each, filled or only its outline, edges softened over a pixel: `inputs` uint8
 * `[side, side, 1]`; `targets` float32 `[6]`, see `ellipseParameters` (twice the angle, since half a turn changes
 * nothing); `mask` uint8 `[side, side, 1]`, 1 inside the ellipse; `filled` int32, 1 or 0.
 */
export function ellipses({ size, rng, side = 32, noise = 0 }: EllipsesOptions): Dataset {
  if (!Number.isSafeInteger(size) || size < 1 || !Number.isSafeInteger(side) || side < 16) {
    throw new DataError(
      "invalid-options",
      `Ellipses need at least one picture of a side of at least 16 pixels, but got ${size} of ${side}.`,
    );
  }
  const pixels = side * side;
  const inputs = new Uint8Array(size * pixels);
  const mask = new Uint8Array(size * pixels);
  const filled = new Int32Array(size);
  const targets = new Float32Array(size * ellipseParameters.length);
  for (let i = 0; i < size; i++) {
    const ellipse = drawEllipse(side, rng);
    const { x, y, major, minor, angle } = ellipse;
    const picture = inputs.subarray(i * pixels, (i + 1) * pixels);
    paint(ellipse, side, picture, mask.subarray(i * pixels, (i + 1) * pixels));
    if (noise > 0) addNoise(picture, noise, rng);
    filled[i] = Number(ellipse.filled);
    targets.set(
      [x / side, y / side, major / side, minor / side, Math.cos(2 * angle), Math.sin(2 * angle)],
      i * ellipseParameters.length,
    );
  }
  return dataset({
    inputs: { data: inputs, shape: [side, side, 1] },
    targets: { data: targets, shape: [ellipseParameters.length] },
    mask: { data: mask, shape: [side, side, 1] },
    filled: { data: filled, shape: [] },
  });
}

/** Adds normal noise to grey levels, rounded and kept within 0 to 255. */
export function addNoise(picture: Uint8Array, deviation: number, rng: Generator): void {
  for (let i = 0; i < picture.length; i++) {
    picture[i] = Math.min(levels, Math.max(0, Math.round(picture[i]! + rng.normal(0, deviation))));
  }
}

/** Wholly in the picture. */
function drawEllipse(side: number, rng: Generator): Ellipse {
  const major = rng.uniform(0.15, 0.4) * side;
  const minor = rng.uniform(0.4, 0.95) * major;
  const angle = rng.uniform(0, Math.PI);
  const reachX = Math.hypot(major * Math.cos(angle), minor * Math.sin(angle)) + 1;
  const reachY = Math.hypot(major * Math.sin(angle), minor * Math.cos(angle)) + 1;
  return {
    x: rng.uniform(reachX, side - reachX),
    y: rng.uniform(reachY, side - reachY),
    major,
    minor,
    angle,
    filled: rng.random() < 0.5,
  };
}

function paint(ellipse: Ellipse, side: number, picture: Uint8Array, mask: Uint8Array): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const distance = distanceTo(ellipse, column + 0.5, row + 0.5);
      const edge = ellipse.filled ? distance : Math.abs(distance) - outline / 2;
      const at = row * side + column;
      picture[at] = Math.round(levels * Math.min(1, Math.max(0, 0.5 - edge)));
      mask[at] = Number(distance < 0);
    }
  }
}

/** About the distance to the outline in pixels, negative inside: value over gradient of the implicit function. */
function distanceTo({ x, y, major, minor, angle }: Ellipse, atX: number, atY: number): number {
  const along = (atX - x) * Math.cos(angle) + (atY - y) * Math.sin(angle);
  const across = (atY - y) * Math.cos(angle) - (atX - x) * Math.sin(angle);
  const u = along / major;
  const v = across / minor;
  const radius = Math.hypot(u, v);
  const gradient = Math.hypot(u / major, v / minor);
  return gradient === 0 ? -minor : ((radius - 1) * radius) / gradient;
}
