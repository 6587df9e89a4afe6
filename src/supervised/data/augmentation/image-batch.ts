import type { Generator } from "gymnasium-js";

/** Images of one size, channels last. */
export interface ImageBatch {
  readonly data: Float32Array;
  /** `[batch, height, width, channels]` */
  readonly shape: readonly [number, number, number, number];
}

/** Changes images in place, each by draws of its own; the same draws make the same images. */
export type Augmentation = (images: ImageBatch, rng: Generator) => void;

export interface ImageSize {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/**
 * The augmentation that changes one image after the other. `change` reads `source`, a copy of the image, and writes
 * `image`; both are `[height, width, channels]`.
 */
export function eachImage(
  change: (image: Float32Array, source: Float32Array, size: ImageSize, rng: Generator) => void,
): Augmentation {
  let source = new Float32Array(0);
  return ({ data, shape: [batch, height, width, channels] }, rng) => {
    const length = height * width * channels;
    if (source.length !== length) source = new Float32Array(length);
    for (let i = 0; i < batch; i++) {
      const image = data.subarray(i * length, (i + 1) * length);
      source.set(image);
      change(image, source, { height, width, channels }, rng);
    }
  };
}
