import * as tf from "@tensorflow/tfjs-core";
import { defineGradient, keptShape } from "./define.js";

type Axes = number | number[] | undefined;

function defineSums(): void {
  defineGradient<{ axis: Axes }>({
    kernel: "Sum",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => tf.broadcastTo(tf.reshape(dy, keptShape(x!.shape, attrs.axis)), x!.shape),
    }),
  });
  defineGradient<{ axis: Axes }>({
    kernel: "Mean",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => {
        const share = tf.mul(dy, dy.size / x!.size);
        return tf.broadcastTo(tf.reshape(share, keptShape(x!.shape, attrs.axis)), x!.shape);
      },
    }),
  });
  defineGradient<{ axis: number; exclusive: boolean; reverse: boolean }>({
    kernel: "Cumsum",
    backward: ({ dy, attrs }) => ({ x: () => tf.cumsum(dy, attrs.axis, attrs.exclusive, !attrs.reverse) }),
  });
  // Each factor's gradient is the product of the others: products of those before it and of those after it.
  defineGradient<{ axis: Axes }>({
    kernel: "Prod",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => {
        const axes = tf.util.parseAxisParam(attrs.axis as number | number[], x!.shape);
        const rest = x!.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
        const order = [...rest, ...axes];
        const moved = tf.transpose(x!, order);
        const rows = tf.reshape(moved, [tf.util.sizeFromShape(rest.map((axis) => x!.shape[axis]!)), -1]);
        const others = tf.mul(tf.cumprod(rows, 1, true, false), tf.cumprod(rows, 1, true, true));
        const back = tf.transpose(
          tf.reshape(others, moved.shape),
          tf.backend_util.getUndoAxesPermutation(order),
        );
        return tf.mul(tf.reshape(dy, keptShape(x!.shape, axes)), back);
      },
    }),
  });
}

/** Max and Min: the gradient goes whole to every element that equals the extreme, as tfjs-core's specs have it. */
function defineExtremes(): void {
  const extremes = [
    ["Max", (attrs: Record<string, Axes>) => attrs["reductionIndices"]],
    ["Min", (attrs: Record<string, Axes>) => attrs["axis"]],
  ] as const;
  for (const [kernel, axesOf] of extremes) {
    defineGradient<Record<string, Axes>>({
      kernel,
      inputs: ["x"],
      output: true,
      backward: ({ dy, inputs: [x], outputs: [y], attrs }) => ({
        x: () => {
          const kept = keptShape(x!.shape, axesOf(attrs));
          const hit = tf.cast(tf.equal(x!, tf.reshape(y!, kept)), "float32");
          return tf.mul(tf.reshape(dy, kept), hit);
        },
      }),
    });
  }
  for (const kernel of ["ArgMax", "ArgMin"]) {
    defineGradient({
      kernel,
      inputs: ["x"],
      backward: ({ inputs: [x] }) => ({ x: () => tf.zerosLike(x!) }),
    });
  }
}

/** Gradients of kernels that reduce axes. */
export function defineReductionGradients(): void {
  defineSums();
  defineExtremes();
}
