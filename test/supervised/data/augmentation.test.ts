import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  type Augmentation,
  augmentationSchema,
  createAugmentation,
  cutout,
  gaussianNoise,
  horizontalFlip,
  type ImageBatch,
  randomAffine,
  randomCrop,
  warpInto,
} from "../../../src/supervised/data/index.js";

/** A batch of images whose values are all different and not zero. */
function numbered(batch: number, height: number, width: number, channels: number): ImageBatch {
  const length = batch * height * width * channels;
  return { data: Float32Array.from({ length }, (_, i) => i + 1), shape: [batch, height, width, channels] };
}

function augmented(augment: Augmentation, images: ImageBatch, seed = 1): number[] {
  augment(images, new Generator(seed));
  return [...images.data];
}

const rotated = (degrees: number) => {
  const angle = (degrees * Math.PI) / 180;
  return [Math.cos(angle), Math.sin(angle), -Math.sin(angle), Math.cos(angle)] as const;
};

describe("affine maps", () => {
  const size = { height: 3, width: 3, channels: 1 };
  const source = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  const warped = (matrix: readonly [number, number, number, number], shift: readonly [number, number]) => {
    const image = new Float32Array(9);
    warpInto(image, source, size, { matrix, shift });
    return [...image].map((value) => Math.round(value * 1e4) / 1e4);
  };

  test("leave an image as it is, shift it, and rotate it clockwise as seen", () => {
    expect(warped([1, 0, 0, 1], [0, 0])).toEqual([...source]);
    expect(warped([1, 0, 0, 1], [1, 0])).toEqual([0, 1, 2, 0, 4, 5, 0, 7, 8]);
    expect(warped([1, 0, 0, 1], [0, -1])).toEqual([4, 5, 6, 7, 8, 9, 0, 0, 0]);
    expect(warped(rotated(90), [0, 0])).toEqual([7, 4, 1, 8, 5, 2, 9, 6, 3]);
  });

  test("are bilinear between pixels", () => {
    expect(warped([1, 0, 0, 1], [0.5, 0])).toEqual([0.5, 1.5, 2.5, 2, 4.5, 5.5, 3.5, 7.5, 8.5]);
  });

  test("drawn within nothing, change nothing; drawn wider, each image differently", () => {
    const still = { rotate: 0, shift: 0, scale: [1, 1], shear: 0 } as const;
    expect(augmented(randomAffine(still), numbered(2, 4, 4, 2))).toEqual([...numbered(2, 4, 4, 2).data]);
    const same = {
      data: Float32Array.from({ length: 32 }, (_, i) => (i % 16) + 1),
      shape: [2, 4, 4, 1],
    } as const;
    const moved = augmented(randomAffine({ rotate: 30, shift: 0.2, scale: [0.8, 1.2], shear: 10 }), same);
    expect(moved.slice(0, 16)).not.toEqual(moved.slice(16));
  });

  test("turn, slant and enlarge in that order, by the draws", () => {
    const options = { rotate: 40, shift: 0.2, scale: [0.7, 1.5], shear: 30 } as const;
    const rng = new Generator(5);
    const angle = (rng.uniform(-40, 40) * Math.PI) / 180;
    const slant = Math.tan((rng.uniform(-30, 30) * Math.PI) / 180);
    const scale = rng.uniform(0.7, 1.5);
    const shift = [8 * rng.uniform(-0.2, 0.2), 6 * rng.uniform(-0.2, 0.2)] as const;
    const [cos, sin] = [scale * Math.cos(angle), scale * Math.sin(angle)];
    // Rotation times shear, and the inverse of that.
    const [a, b, c, d] = [cos, cos * slant - sin, sin, sin * slant + cos] as const;
    const determinant = a * d - b * c;
    const inverse = [d / determinant, -b / determinant, -c / determinant, a / determinant] as const;
    const source = numbered(1, 6, 8, 2).data;
    const expected = new Float32Array(source.length);
    warpInto(expected, source, { height: 6, width: 8, channels: 2 }, { matrix: inverse, shift });
    const out = augmented(randomAffine(options), numbered(1, 6, 8, 2), 5);
    out.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 3);
    });
  });

  test("larger scales show less of the image", () => {
    const dot = new Float32Array(81);
    dot[40] = 1;
    const grown = { data: dot, shape: [1, 9, 9, 1] } as const;
    const sum = augmented(randomAffine({ rotate: 0, shift: 0, scale: [2, 2], shear: 0 }), grown);
    expect(sum.reduce((total, value) => total + value, 0)).toBeCloseTo(4, 5);
  });
});

describe("crops", () => {
  test("are windows of the padded image", () => {
    const [height, width] = [3, 4];
    for (let seed = 0; seed < 20; seed++) {
      const image = numbered(1, height, width, 1);
      const out = augmented(randomCrop({ padding: 2, mode: "zero" }), image, seed);
      const at = out.findIndex((value) => value > 0);
      const shift = out[at]! - 1 - at;
      for (let i = 0; i < out.length; i++) if (out[i] !== 0) expect(out[i]! - 1 - i).toBe(shift);
    }
  });

  test("with zeros, move the image by the draws", () => {
    const rng = new Generator(3);
    const [down, right] = [0, 1].map(() => rng.integers(-1, 1, { endpoint: true })) as [number, number];
    const out = augmented(randomCrop({ padding: 1, mode: "zero" }), numbered(1, 3, 3, 1), 3);
    const expected = Array.from({ length: 9 }, (_, i) => {
      const [y, x] = [Math.floor(i / 3) + down, (i % 3) + right];
      return y < 0 || x < 0 || y > 2 || x > 2 ? 0 : y * 3 + x + 1;
    });
    expect([down, right]).not.toEqual([0, 0]);
    expect(out).toEqual(expected);
  });

  test("mirrored, have no zeros and repeat no border", () => {
    const rng = new Generator(3);
    const [down, right] = [0, 1].map(() => rng.integers(-2, 2, { endpoint: true })) as [number, number];
    const mirrored = [2, 1, 0, 1, 2, 1, 0];
    const expected = Array.from({ length: 9 }, (_, i) => {
      return mirrored[Math.floor(i / 3) + down + 2]! * 3 + mirrored[(i % 3) + right + 2]! + 1;
    });
    expect(augmented(randomCrop({ padding: 2, mode: "reflect" }), numbered(1, 3, 3, 1), 3)).toEqual(expected);
    expect(() => augmented(randomCrop({ padding: 3, mode: "reflect" }), numbered(1, 3, 3, 1))).toThrow(
      /padding of 3 pixels needs images larger/,
    );
  });
});

describe("pixels", () => {
  test("flip mirrors rows, channels kept together, with its probability", () => {
    expect(augmented(horizontalFlip(1), numbered(1, 2, 2, 2))).toEqual([3, 4, 1, 2, 7, 8, 5, 6]);
    expect(augmented(horizontalFlip(0), numbered(1, 2, 2, 2))).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    const out = augmented(horizontalFlip(0.5), numbered(1000, 1, 2, 1));
    const flipped = out.filter((value, i) => i % 2 === 0 && value > out[i + 1]!).length;
    expect(flipped).toBeGreaterThan(440);
    expect(flipped).toBeLessThan(560);
  });

  test("noise has its deviation", () => {
    const out = augmented(gaussianNoise(0.5), { data: new Float32Array(10_000), shape: [100, 10, 10, 1] });
    const mean = out.reduce((sum, value) => sum + value, 0) / out.length;
    const deviation = Math.sqrt(out.reduce((sum, value) => sum + (value - mean) ** 2, 0) / out.length);
    expect(mean).toBeCloseTo(0, 1);
    expect(deviation).toBeGreaterThan(0.48);
    expect(deviation).toBeLessThan(0.52);
  });

  test("cutout sets a square to zero, less of it at the border", () => {
    const counts = new Set<number>();
    for (let seed = 0; seed < 40; seed++) {
      const out = augmented(cutout(3), numbered(1, 6, 6, 2), seed);
      const zeros = out.flatMap((value, i) => (value === 0 ? [i >> 1] : []));
      const rows = new Set(zeros.map((at) => Math.floor(at / 6)));
      const columns = new Set(zeros.map((at) => at % 6));
      expect(zeros).toHaveLength(2 * rows.size * columns.size);
      counts.add(zeros.length / 2);
    }
    expect(Math.max(...counts)).toBe(9);
    expect(Math.min(...counts)).toBeLessThan(9);
  });
});

describe("augmentation as JSON", () => {
  test("has defaults, refuses what it does not know, and runs the steps in order", () => {
    const config = augmentationSchema.parse([{ type: "crop", padding: 1 }, { type: "flip" }]);
    expect(config).toEqual([
      { type: "crop", padding: 1, mode: "zero" },
      { type: "flip", probability: 0.5 },
    ]);
    expect(augmentationSchema.safeParse([{ type: "flip", odds: 1 }]).success).toBe(false);
    expect(augmentationSchema.safeParse([{ type: "affine", scale: [2, 1] }]).success).toBe(false);
    const both = augmented(createAugmentation(config), numbered(3, 4, 4, 1), 7);
    const images = numbered(3, 4, 4, 1);
    const rng = new Generator(7);
    randomCrop({ padding: 1, mode: "zero" })(images, rng);
    horizontalFlip(0.5)(images, rng);
    expect(both).toEqual([...images.data]);
  });

  test("of each kind depends on its draws only", () => {
    const steps = augmentationSchema.parse([
      { type: "affine", rotate: 10, shift: 0.1, scale: [0.9, 1.1], shear: 5 },
      { type: "noise", deviation: 0.1 },
      { type: "cutout", size: 2 },
    ]);
    for (const step of steps) {
      const run = (seed: number) => augmented(createAugmentation([step]), numbered(2, 5, 5, 1), seed);
      expect(run(1)).toEqual(run(1));
      expect(run(1)).not.toEqual(run(2));
    }
  });
});
