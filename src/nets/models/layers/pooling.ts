import { z } from "zod";
import { avgPool, maxPool, tf } from "../../../tensors/index.js";
import { NetError } from "../../errors.js";
import { checkInputs, defineLayer, type LayerContext, oneOutput, type Shape, soleShape } from "../layer.js";
import {
  checkMask,
  masked,
  maskFor,
  type Padding,
  type Pair,
  padding,
  pair,
  pairOf,
  windowsIn,
} from "./settings.js";

const window = {
  size: pair.default(2).describe("height and width of the window, in pixels; one number for both; default 2"),
  stride: pair.optional().describe("pixels from one window to the next; default the window's size"),
  padding,
};

/** The largest value of each window of an image. What is around the image never is. */
export const maxPoolLayer = defineLayer(
  z.strictObject({ type: z.literal("maxPool"), ...window }),
  (context) => poolLayer(context, maxPool),
);

/** The mean of each window of an image, of what is inside the image. */
export const avgPoolLayer = defineLayer(
  z.strictObject({ type: z.literal("avgPool"), ...window }),
  (context) => poolLayer(context, avgPool),
);

interface WindowSpec {
  size: Pair;
  stride?: Pair | undefined;
  padding: Padding;
}

function poolLayer(context: LayerContext<WindowSpec>, pool: typeof maxPool) {
  const { spec, name } = context;
  const shape = soleShape(context, 3, "[height, width, channels]");
  const size = pairOf(spec.size);
  const stride = pairOf(spec.stride ?? spec.size);
  const windows = { name, size, stride, padding: spec.padding };
  const counts = windowsIn(shape.slice(0, -1), windows);
  if (typeof spec.padding === "number" && spec.padding >= Math.min(...size)) {
    throw new NetError(
      "invalid-net",
      `"${name}" pools ${size.join("x")} windows with padding ${spec.padding}, so that some lie outside the image; pad by less than a window's sides.`,
    );
  }
  const options = { size, stride, padding: spec.padding };
  return oneOutput([...counts, shape[2]!], 0, ([x]) => {
    windowsIn(x!.shape.slice(1, -1), windows, "invalid-input");
    return pool(x!, options);
  });
}

/**
 * Mean of each channel over an image `[height, width, channels]` or the steps of a sequence `[time, channels]`; 0 of a sequence that
 * is all padding.
 */
export const globalAvgPoolLayer = defineLayer(
  z.strictObject({ type: z.literal("globalAvgPool"), masked }),
  (context) => {
    const { spec, name } = context;
    const shape = pooledShape(context);
    const axes = shape.slice(0, -1).map((_, axis) => axis + 1);
    return oneOutput(shape.slice(-1), 0, ([x, mask]) => {
      if (!spec.masked) return tf.mean(x!, axes);
      const present = tf.expandDims(maskFor(name, x!, mask!), -1);
      return tf.div(tf.sum(tf.mul(x!, present), 1), tf.maximum(tf.sum(present, 1), 1));
    });
  },
);

/** Largest value of each channel over an image or the steps of a sequence; 0 of a sequence that is all padding. */
export const globalMaxPoolLayer = defineLayer(
  z.strictObject({ type: z.literal("globalMaxPool"), masked }),
  (context) => {
    const { spec, name } = context;
    const shape = pooledShape(context);
    const axes = shape.slice(0, -1).map((_, axis) => axis + 1);
    return oneOutput(shape.slice(-1), 0, ([x, mask]) => {
      if (!spec.masked) return tf.max(x!, axes);
      const present = maskFor(name, x!, mask!);
      const absent = tf.mul(tf.expandDims(tf.sub(present, 1), -1), 1e9);
      const largest = tf.max(tf.add(x!, absent), 1);
      return tf.where(tf.greater(tf.max(present, 1, true), 0), largest, tf.zerosLike(largest));
    });
  },
);

function pooledShape(context: LayerContext<{ masked: boolean }>): Shape {
  if (context.spec.masked) {
    checkInputs(context, [2, 1], "a sequence [time, channels] and a mask [time]");
    const [shape, mask] = context.inputShapes as [Shape, Shape];
    checkMask(context.name, shape[0]!, mask[0]!);
    return shape;
  }
  const shape = soleShape(context, null, "[height, width, channels] or [time, channels]");
  if (shape.length >= 2) return shape;
  throw new NetError(
    "invalid-net",
    `"${context.name}" has nothing to pool over in an input of one dimension.`,
  );
}
