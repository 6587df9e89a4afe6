import { AreaResizer } from "../atari/area-resize.js";
import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace, describeValue } from "../explain.js";
import { Box, box } from "../spaces/box.js";
import type { Space } from "../spaces/space.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Resizes pictures `[height, width]` or `[height, width, channels]` of uint8 to `shape`, [height, width], by the areas
 * that new pixels cover (OpenCV's `INTER_AREA`, within one level; to enlarge too).
 *
 * @throws GymnasiumError `invalid-options` if observations are not pictures of bytes, or the shape is not one
 */
export class ResizeObservation<Action> extends ObservationWrapper<Uint8Array, Action> {
  private readonly resizer: AreaResizer;
  private readonly resized: DoubleBuffer<Uint8Array>;

  constructor(env: Env<Uint8Array, Action>, shape: readonly [height: number, width: number]) {
    const space: Space<unknown> = env.observationSpace;
    const [height = 0, width = 0, ...channels] = space.shape ?? [];
    const isPicture = space instanceof Box && space.dtype === "uint8" && width > 0 && channels.length < 2;
    const isFullRange =
      isPicture && isFilledWith(space.low, 0) && isFilledWith(space.high as ArrayLike<number>, 255);
    const isShape = shape.length === 2 && shape.every((side) => Number.isSafeInteger(side) && side > 0);
    if (!isFullRange || !isShape) {
      throw new GymnasiumError(
        "invalid-options",
        `ResizeObservation: the shape is ${describeValue(shape)} and the observation space ${describeSpace(space)}, expected [height, width] and a Box [height, width] or [height, width, channels] of uint8 from 0 to 255.`,
      );
    }
    const [outHeight, outWidth] = shape;
    const observationSpace = box({ low: 0, high: 255, shape: [...shape, ...channels], dtype: "uint8" });
    super(env, { observationSpace: observationSpace as unknown as Space<Uint8Array> });
    const resizer = new AreaResizer({ height, width, outHeight, outWidth, channels: channels[0] ?? 1 });
    this.resizer = resizer;
    this.resized = new DoubleBuffer(() => new Uint8Array(resizer.size));
  }

  protected transform(picture: Uint8Array): Uint8Array {
    const resized = this.resized.next();
    this.resizer.resize(picture, resized);
    return resized;
  }
}

function isFilledWith(values: ArrayLike<number | bigint>, expected: number): boolean {
  return Array.from(values).every((value) => value === expected);
}
