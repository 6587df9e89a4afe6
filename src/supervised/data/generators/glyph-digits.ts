import type { Generator } from "gymnasium-js";
import { type Dataset, dataset } from "../dataset.js";
import { DataError } from "../errors.js";
import { addNoise } from "./ellipses.js";
import { digitStrokes, type Stroke } from "./glyphs.js";

export interface GlyphDigitsOptions {
  size: number;
  rng: Generator;
  /** Standard deviation of the noise, in grey levels; default 12. */
  noise?: number;
  /** How far the digits are bent, 0 (not at all) to 1; default 1. */
  distortion?: number;
}

const side = 28;

/**
 * Digits that are drawn and not collected: strokes through a random affine map, with a pen of random width and noise.
 * `inputs` uint8 `[28, 28, 1]`, light on dark as MNIST; `targets` the digit. Classes come by turns.
 *
 * @throws {DataError} `invalid-options` if there is no digit to draw
 */
export function glyphDigits({ size, rng, noise = 12, distortion = 1 }: GlyphDigitsOptions): Dataset {
  if (!Number.isSafeInteger(size) || size < 1) {
    throw new DataError("invalid-options", `Glyph digits need a size of at least 1, but got ${size}.`);
  }
  const pixels = side * side;
  const inputs = new Uint8Array(size * pixels);
  const targets = Int32Array.from({ length: size }, (_, i) => i % 10);
  for (let i = 0; i < size; i++) {
    const picture = inputs.subarray(i * pixels, (i + 1) * pixels);
    const place = drawPlace(distortion, rng);
    const pen = rng.uniform(0.8, 1.8);
    paint(
      digitStrokes[targets[i]!]!.map((stroke) => stroke.map(place)),
      pen,
      picture,
    );
    if (noise > 0) addNoise(picture, noise, rng);
  }
  const classes = Array.from({ length: 10 }, (_, digit) => String(digit));
  return dataset(
    { inputs: { data: inputs, shape: [side, side, 1] }, targets: { data: targets, shape: [] } },
    classes,
  );
}

type Pixel = readonly [x: number, y: number];

/** A random map from the unit square to pixels: rotation up to 14 degrees, slant, sides of 14 to 20 pixels, shift. */
function drawPlace(distortion: number, rng: Generator): (point: Pixel) => Pixel {
  const angle = distortion * rng.uniform(-0.25, 0.25);
  const slant = distortion * rng.uniform(-0.3, 0.3);
  const width = 13 + distortion * rng.uniform(-2.5, 2.5);
  const height = 19 + distortion * rng.uniform(-2, 2);
  const right = side / 2 + distortion * rng.uniform(-2, 2);
  const down = side / 2 + distortion * rng.uniform(-2, 2);
  return ([x, y]) => {
    const across = width * (x - 0.5) - slant * height * (y - 0.5);
    const along = height * (y - 0.5);
    return [
      right + across * Math.cos(angle) - along * Math.sin(angle),
      down + across * Math.sin(angle) + along * Math.cos(angle),
    ];
  };
}

function paint(strokes: readonly Stroke[], pen: number, picture: Uint8Array): void {
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const distance = distanceTo(strokes, column + 0.5, row + 0.5);
      picture[row * side + column] = Math.round(255 * Math.min(1, Math.max(0, 0.5 + pen - distance)));
    }
  }
}

/** Pixels to the nearest line of the strokes. */
function distanceTo(strokes: readonly Stroke[], x: number, y: number): number {
  let nearest = Number.POSITIVE_INFINITY;
  for (const stroke of strokes) {
    for (let i = 1; i < stroke.length; i++) {
      const [fromX, fromY] = stroke[i - 1]!;
      const [toX, toY] = stroke[i]!;
      const alongX = toX - fromX;
      const alongY = toY - fromY;
      const share = ((x - fromX) * alongX + (y - fromY) * alongY) / (alongX ** 2 + alongY ** 2);
      const nearestShare = Math.min(1, Math.max(0, share));
      const distance = Math.hypot(x - fromX - nearestShare * alongX, y - fromY - nearestShare * alongY);
      nearest = Math.min(nearest, distance);
    }
  }
  return nearest;
}
