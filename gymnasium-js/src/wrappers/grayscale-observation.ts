import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import { Box, box } from "../spaces/box.js";
import type { Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/** Luminance of red, green and blue (ITU-R BT.709, as Gymnasium rounds it). */
const weights = [0.2125, 0.7154, 0.0721] as const;

/**
 * Pictures `[height, width, 3]` of uint8 to grey `[height, width]`, or `[height, width, 1]` with `keepChannel`.
 *
 * @throws GymnasiumError `invalid-options` if observations are not RGB pictures of bytes
 */
export class GrayscaleObservation<Action> extends ObservationWrapper<Uint8Array, Action> {
  private readonly gray: DoubleBuffer<Uint8Array>;

  constructor(env: Env<Uint8Array, Action>, options: { keepChannel?: boolean } = {}) {
    const space: Space<unknown> = env.observationSpace;
    const shape = space.shape ?? [];
    const isBytes = space instanceof Box && space.dtype === "uint8";
    const isFullRange = isBytes && isFilledWith(space.low, 0) && isFilledWith(space.high, 255);
    if (!isFullRange || shape.length !== 3 || shape[2] !== 3) {
      throw new GymnasiumError(
        "invalid-options",
        `GrayscaleObservation: the observation space is ${describeSpace(space)}, expected a Box [height, width, 3] of uint8 from 0 to 255.`,
      );
    }
    const [height, width] = shape as [number, number, number];
    const grayShape = options.keepChannel ? [height, width, 1] : [height, width];
    const observationSpace = box({ low: 0, high: 255, shape: grayShape, dtype: "uint8" });
    super(env, { observationSpace: observationSpace as unknown as Space<Uint8Array> });
    this.gray = new DoubleBuffer(() => new Uint8Array(height * width));
  }

  protected transform(picture: Uint8Array): Uint8Array {
    const gray = this.gray.next();
    const [red, green, blue] = weights;
    for (let i = 0, j = 0; i < gray.length; i++, j += 3) {
      gray[i] = picture[j]! * red + picture[j + 1]! * green + picture[j + 2]! * blue;
    }
    return gray;
  }
}

function isFilledWith(values: ArrayLike<number | bigint>, expected: number): boolean {
  return Array.from(values).every((value) => value === expected);
}
