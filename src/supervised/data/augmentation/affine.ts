import type { Generator } from "gymnasium-js";
import { type Augmentation, eachImage, type ImageSize } from "./image-batch.js";

/** Largest changes; each image's are drawn uniformly up to them. */
export interface AffineOptions {
  /** Degrees either way. */
  rotate: number;
  /** Fraction of width and height, either way. */
  shift: number;
  /** Least and greatest factor. */
  scale: readonly [number, number];
  /** Degrees either way, along the rows. */
  shear: number;
}

/** Where an output pixel comes from, both measured from the image's centre: source = matrix (output - shift). */
export interface AffineMap {
  /** Row by row: x from x, x from y, y from x, y from y. */
  readonly matrix: readonly [number, number, number, number];
  /** Pixels to the right and down. */
  readonly shift: readonly [number, number];
}

/** Random rotation, shift, scale and shear about the centre, bilinear, with zeros from outside. */
export function randomAffine(options: AffineOptions): Augmentation {
  return eachImage((image, source, size, rng) => {
    warpInto(image, source, size, drawMap(options, size, rng));
  });
}

function drawMap(options: AffineOptions, { height, width }: ImageSize, rng: Generator): AffineMap {
  const angle = radians(rng.uniform(-options.rotate, options.rotate));
  const shear = Math.tan(radians(rng.uniform(-options.shear, options.shear)));
  const scale = rng.uniform(...options.scale);
  const right = width * rng.uniform(-options.shift, options.shift);
  const down = height * rng.uniform(-options.shift, options.shift);
  // The inverse of scale * rotation * shear.
  const cos = Math.cos(angle) / scale;
  const sin = Math.sin(angle) / scale;
  return { matrix: [cos + shear * sin, sin - shear * cos, -sin, cos], shift: [right, down] };
}

/** Draws `source` through the map into `image`, bilinear; what lies outside the source is zero. */
export function warpInto(
  image: Float32Array,
  source: Float32Array,
  { height, width, channels }: ImageSize,
  { matrix: [xx, xy, yx, yy], shift: [right, down] }: AffineMap,
): void {
  const middleX = (width - 1) / 2;
  const middleY = (height - 1) / 2;
  const rowLength = width * channels;
  for (let y = 0; y < height; y++) {
    const fromDown = y - middleY - down;
    for (let x = 0; x < width; x++) {
      const fromRight = x - middleX - right;
      const sourceX = xx * fromRight + xy * fromDown + middleX;
      const sourceY = yx * fromRight + yy * fromDown + middleY;
      const left = Math.floor(sourceX);
      const top = Math.floor(sourceY);
      const toRight = sourceX - left;
      const toBottom = sourceY - top;
      const leftThere = left >= 0 && left < width;
      const rightThere = left >= -1 && left < width - 1;
      const topThere = top >= 0 && top < height;
      const bottomThere = top >= -1 && top < height - 1;
      const corner = top * rowLength + left * channels;
      const to = y * rowLength + x * channels;
      for (let c = 0; c < channels; c++) {
        const at = corner + c;
        const topLeft = topThere && leftThere ? source[at]! : 0;
        const topRight = topThere && rightThere ? source[at + channels]! : 0;
        const bottomLeft = bottomThere && leftThere ? source[at + rowLength]! : 0;
        const bottomRight = bottomThere && rightThere ? source[at + rowLength + channels]! : 0;
        const above = topLeft + (topRight - topLeft) * toRight;
        const below = bottomLeft + (bottomRight - bottomLeft) * toRight;
        image[to + c] = above + (below - above) * toBottom;
      }
    }
  }
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180;
}
