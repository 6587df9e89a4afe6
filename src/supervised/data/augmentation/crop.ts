import { DataError } from "../errors.js";
import { type Augmentation, eachImage } from "./image-batch.js";

export interface CropOptions {
  /** Pixels added on each side before a window of the old size is cut out. */
  padding: number;
  /** What is added: zeros, or the image mirrored without its border pixel. */
  mode: "zero" | "reflect";
}

/**
 * Random crops of padded images, as for CIFAR in He et al. 2016, section 4.2 (https://arxiv.org/abs/1512.03385).
 * @throws {DataError} `invalid-options`, when it first runs, if a mirrored padding is not below the image's sides
 */
export function randomCrop({ padding, mode }: CropOptions): Augmentation {
  return eachImage((image, source, { height, width, channels }, rng) => {
    if (mode === "reflect" && padding >= Math.min(height, width)) {
      throw new DataError(
        "invalid-options",
        `A mirrored padding of ${padding} pixels needs images larger than that, but they are ${width} x ${height}.`,
      );
    }
    const down = rng.integers(-padding, padding, { endpoint: true });
    const right = rng.integers(-padding, padding, { endpoint: true });
    const at = mode === "reflect" ? mirrored : inside;
    const columns = Int32Array.from({ length: width }, (_, x) => at(x + right, width) * channels);
    for (let y = 0; y < height; y++) {
      const fromRow = at(y + down, height) * width * channels;
      for (let x = 0; x < width; x++) {
        const fromColumn = columns[x]!;
        const to = (y * width + x) * channels;
        const missing = fromRow < 0 || fromColumn < 0;
        for (let c = 0; c < channels; c++) image[to + c] = missing ? 0 : source[fromRow + fromColumn + c]!;
      }
    }
  });
}

/** Where a position along a side of the image comes from; negative if from nowhere. */
function inside(at: number, side: number): number {
  return at < side ? at : -1;
}

function mirrored(at: number, side: number): number {
  const positive = Math.abs(at);
  return positive < side ? positive : 2 * (side - 1) - positive;
}
