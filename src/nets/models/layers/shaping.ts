import { z } from "zod";
import { sizeOf, tf } from "../../../tensors/index.js";
import { activated, activationNames } from "../../activations.js";
import { NetError } from "../../errors.js";
import { defineLayer, known, oneOutput, type Shape, shapesText, soleShape, vectorShape } from "../layer.js";

export const flattenLayer = defineLayer(z.strictObject({ type: z.literal("flatten") }), (context) => {
  const size = rowSize(soleShape(context, null, "any"), context.name);
  return oneOutput([size], 0, ([x]) => tf.reshape(x!, [x!.shape[0]!, size]));
});

export const reshapeLayer = defineLayer(
  z.strictObject({
    type: z.literal("reshape"),
    shape: z.array(z.int().min(1)).describe("of one row, without the batch"),
  }),
  (context) => {
    const { shape } = context.spec;
    const before = soleShape(context, null, "any");
    if (rowSize(before, context.name) !== sizeOf(shape)) {
      throw new NetError(
        "invalid-net",
        `"${context.name}" cannot make [${shape.join(", ")}] of ${shapesText([before])}: they hold different numbers of values.`,
      );
    }
    return oneOutput(shape, 0, ([x]) => tf.reshape(x!, [x!.shape[0]!, ...shape]));
  },
);

function rowSize(shape: Shape, name: string): number {
  return sizeOf(shape.map((extent) => known(extent, name, "all dimensions")));
}

/** A vector `[features]` at each of so many steps. */
export const repeatLayer = defineLayer(
  z.strictObject({ type: z.literal("repeat"), times: z.int().min(1).describe("number of steps") }),
  (context) => {
    const { times } = context.spec;
    const [features] = soleShape(context, 1, "[features]") as [number];
    return oneOutput([times, features], 0, ([x]) => tf.tile(tf.expandDims(x!, 1), [1, times, 1]));
  },
);

export const activationLayer = defineLayer(
  z.strictObject({
    type: z.literal("activation"),
    activation: z.enum(activationNames).describe("activation function"),
  }),
  (context) => {
    const shape = soleShape(context, null, "any");
    return oneOutput(shape, 0, ([x]) => activated(x!, context.spec.activation));
  },
);

/** Probabilities along the last dimension. Losses take what comes before it. */
export const softmaxLayer = defineLayer(z.strictObject({ type: z.literal("softmax") }), (context) => {
  const shape = vectorShape(context, "[..., classes]");
  return oneOutput(shape, 0, ([x]) => tf.softmax(x!));
});

/** Element by element, without broadcasting. */
export const addLayer = defineLayer(z.strictObject({ type: z.literal("add") }), (context) =>
  oneOutput(commonShape(context), 0, (inputs) => {
    checkFit(context.name, inputs, 0);
    return inputs.reduce((sum, x) => tf.add(sum, x));
  }),
);

/** Element by element, without broadcasting. */
export const multiplyLayer = defineLayer(z.strictObject({ type: z.literal("multiply") }), (context) =>
  oneOutput(commonShape(context), 0, (inputs) => {
    checkFit(context.name, inputs, 0);
    return inputs.reduce((product, x) => tf.mul(product, x));
  }),
);

/** Side by side along the last dimension. */
export const concatLayer = defineLayer(z.strictObject({ type: z.literal("concat") }), (context) => {
  const { inputShapes, name } = context;
  commonShape({ name, inputShapes: inputShapes.map((shape) => shape.slice(0, -1)) }, inputShapes);
  const extents = inputShapes.map((shape) => known(shape.at(-1), name, "the extents that it joins"));
  const joined = extents.reduce((sum, extent) => sum + extent, 0);
  return oneOutput([...inputShapes[0]!.slice(0, -1), joined], 0, (inputs) => {
    checkFit(name, inputs, 1);
    return tf.concat([...inputs], -1);
  });
});

/** @param whole what to show in the sentence, where only a part has to be the same */
function commonShape(
  { name, inputShapes }: { name: string; inputShapes: readonly Shape[] },
  whole: readonly Shape[] = inputShapes,
): Shape {
  const [first] = inputShapes;
  const same = inputShapes.every((shape) =>
    tf.util.arraysEqual([...shape] as number[], [...first!] as number[]),
  );
  if (inputShapes.length < 2 || !same) {
    throw new NetError(
      "invalid-net",
      `"${name}" needs two inputs or more that fit each other, but gets ${shapesText(whole)}.`,
    );
  }
  return first!;
}

/**
 * Extents that were left open are known only now.
 *
 * @param free how many of the last axes may differ
 * @throws {NetError} `invalid-input` if others do
 */
function checkFit(name: string, inputs: readonly tf.Tensor[], free: 0 | 1): void {
  const [first, ...others] = inputs.map(({ shape }) => shape.slice(0, shape.length - free));
  if (others.every((shape) => tf.util.arraysEqual(shape, first!))) return;
  const rows = inputs.map(({ shape }) => shape.slice(1));
  throw new NetError(
    "invalid-input",
    `"${name}" needs inputs that fit each other, but gets ${shapesText(rows)}; make the extents that are left open (null) equal.`,
  );
}
