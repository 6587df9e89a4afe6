import type { Env, ResetOptions, ResetResult, RgbFrame, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import type { Generator } from "../seeding/generator.js";
import { requirePicture, requirePictures } from "./rendered.js";
import { Wrapper } from "./wrapper.js";

/** Most of red, green and blue in grey noise: 255 times 0.2989, 0.587 and 0.114, rounded down. */
const greyBounds = [76, 149, 29] as const;

/** A wrapper that spoils the pictures of `render`; a subclass says where. */
abstract class RenderNoise<Observation, Action> extends Wrapper<Observation, Action> {
  constructor(
    env: Env<Observation, Action>,
    private readonly isNoiseGrayscale: boolean,
    private readonly what: string,
  ) {
    super(env);
    requirePictures(env as Env<never, never>, what);
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    return this.env.reset(options);
  }

  step(action: Action): StepResult<Observation> {
    return this.env.step(action);
  }

  override render(): RgbFrame {
    const picture = requirePicture(this.env.render(), this.what);
    const { width, height } = picture;
    const data = picture.data.slice();
    this.spoil({ width, height, data }, (size) => drawNoise(this.rng, size, this.isNoiseGrayscale));
    return { width, height, data };
  }

  /** Writes noise over parts of the picture. @param noise draws as many bytes of it */
  protected abstract spoil(picture: RgbFrame, noise: (size: number) => Uint8Array): void;
}

function drawNoise(rng: Generator, size: number, isGrey: boolean): Uint8Array {
  const noise = new Uint8Array(size);
  if (!isGrey) return rng.integersFill(noise, 0, 255, { dtype: "uint8" });
  const bounds = Array.from(noise, (_, i) => greyBounds[i % 3]!);
  rng.integersFill(noise, 0, bounds, { dtype: "uint8" });
  for (let i = 0; i < size; i += 3) noise.fill(noise[i]! + noise[i + 1]! + noise[i + 2]!, i, i + 3);
  return noise;
}

/**
 * Replaces each pixel of what is rendered by noise, with a probability. As in Gymnasium noise is drawn from the
 * environment's own generator, so that rendering changes what is drawn next.
 *
 * @throws GymnasiumError `invalid-options` if the environment renders no pictures, or the probability is not in [0, 1)
 */
export class AddWhiteNoise<Observation, Action> extends RenderNoise<Observation, Action> {
  constructor(
    env: Env<Observation, Action>,
    readonly probabilityOfNoisePerPixel: number,
    options: { isNoiseGrayscale?: boolean } = {},
  ) {
    super(env, options.isNoiseGrayscale ?? false, "AddWhiteNoise");
    requireShare("AddWhiteNoise", "probabilityOfNoisePerPixel", probabilityOfNoisePerPixel);
  }

  protected spoil({ width, height, data }: RgbFrame, noise: (size: number) => Uint8Array): void {
    const values = noise(data.length);
    for (let pixel = 0; pixel < width * height; pixel++) {
      if (this.rng.random() >= this.probabilityOfNoisePerPixel) continue;
      data.set(values.subarray(3 * pixel, 3 * pixel + 3), 3 * pixel);
    }
  }
}

/**
 * Covers what is rendered with squares of noise in places drawn anew each time; together they have at most
 * `obstructedPixelsRatio` of the pixels. Drawn from the environment's own generator, as in `AddWhiteNoise`.
 *
 * @throws GymnasiumError `invalid-options` if the environment renders no pictures, the ratio is not in [0, 1) or the
 * width no positive integer
 */
export class ObstructView<Observation, Action> extends RenderNoise<Observation, Action> {
  constructor(
    env: Env<Observation, Action>,
    readonly obstructedPixelsRatio: number,
    readonly obstructionWidth: number,
    options: { isNoiseGrayscale?: boolean } = {},
  ) {
    super(env, options.isNoiseGrayscale ?? false, "ObstructView");
    requireShare("ObstructView", "obstructedPixelsRatio", obstructedPixelsRatio);
    if (!Number.isSafeInteger(obstructionWidth) || obstructionWidth < 1) {
      throw new GymnasiumError(
        "invalid-options",
        `ObstructView: obstructionWidth is ${obstructionWidth}, expected a positive integer number of pixels.`,
      );
    }
  }

  protected spoil({ width, height, data }: RgbFrame, noise: (size: number) => Uint8Array): void {
    const pixels = width * height;
    const squares = Math.floor(pixels * (this.obstructedPixelsRatio / this.obstructionWidth ** 2));
    const centres = this.rng.integersFill(new Int32Array(squares), 0, pixels);
    const values = noise(data.length);
    const before = this.obstructionWidth >> 1;
    for (const centre of centres) {
      const [row, column] = [Math.floor(centre / width), centre % width];
      const [top, left] = [row - before, Math.max(column - before, 0)];
      const right = Math.min(column - before + this.obstructionWidth, width);
      for (let y = Math.max(top, 0); y < Math.min(top + this.obstructionWidth, height); y++) {
        const [from, to] = [3 * (y * width + left), 3 * (y * width + right)];
        data.set(values.subarray(from, to), from);
      }
    }
  }
}

function requireShare(what: string, name: string, share: number): void {
  if (share >= 0 && share < 1) return;
  throw new GymnasiumError(
    "invalid-options",
    `${what}: ${name} is ${share}, expected a number from 0 to below 1.`,
  );
}
