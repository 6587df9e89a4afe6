import { type Augmentation, eachImage } from "./image-batch.js";

/** Mirrors an image left to right with that probability. */
export function horizontalFlip(probability: number): Augmentation {
  return eachImage((image, source, { height, width, channels }, rng) => {
    if (rng.random() >= probability) return;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const from = (y * width + (width - 1 - x)) * channels;
        const to = (y * width + x) * channels;
        for (let c = 0; c < channels; c++) image[to + c] = source[from + c]!;
      }
    }
  });
}

/** Adds normal noise to each value; the deviation is in the units of the images. */
export function gaussianNoise(deviation: number): Augmentation {
  return ({ data }, rng) => {
    for (let i = 0; i < data.length; i++) data[i]! += deviation * rng.standardNormal();
  };
}

/**
 * Sets a square of each image to zero; its centre may lie at the border, and then less of it is seen (DeVries & Taylor
 * 2017, https://arxiv.org/abs/1708.04552).
 * @param size side in pixels
 */
export function cutout(size: number): Augmentation {
  return eachImage((image, _source, { height, width, channels }, rng) => {
    const top = rng.integers(0, height) - Math.floor(size / 2);
    const left = rng.integers(0, width) - Math.floor(size / 2);
    const from = Math.max(0, left);
    const to = Math.min(width, left + size);
    for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
      image.fill(0, (y * width + from) * channels, (y * width + to) * channels);
    }
  });
}
