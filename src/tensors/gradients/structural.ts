import * as tf from "@tensorflow/tfjs-core";
import { defineGradient } from "./define.js";

/** Kernels that only rename or move elements. */
function defineViews(): void {
  defineGradient({ kernel: "Identity", backward: ({ dy }) => ({ x: () => tf.clone(dy) }) });
  defineGradient({ kernel: "Cast", backward: ({ dy }) => ({ x: () => tf.clone(dy) }) });
  for (const [kernel, input] of [
    ["Reshape", "x"],
    ["ExpandDims", "input"],
  ] as const) {
    defineGradient({
      kernel,
      inputs: [input],
      backward: ({ dy, inputs: [x] }) => ({ [input]: () => tf.reshape(dy, x!.shape) }),
    });
  }
  defineGradient<{ perm: number[] }>({
    kernel: "Transpose",
    backward: ({ dy, attrs }) => ({
      x: () => tf.transpose(dy, tf.backend_util.getUndoAxesPermutation(attrs.perm)),
    }),
  });
  defineGradient<{ dims: number | number[] }>({
    kernel: "Reverse",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => tf.reverse(dy, tf.util.parseAxisParam(attrs.dims, x!.shape)),
    }),
  });
}

/** Kernels that take parts of a tensor or put one into a larger one. */
function defineParts(): void {
  defineGradient<{ begin: number | number[]; size: number | number[] }>({
    kernel: "Slice",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => {
        const [begin, size] = tf.slice_util.parseSliceParams(x!, attrs.begin, attrs.size) as [
          number[],
          number[],
        ];
        const paddings = begin.map((first, axis): [number, number] => [
          first,
          x!.shape[axis]! - first - size[axis]!,
        ]);
        return tf.pad(dy, paddings);
      },
    }),
  });
  defineGradient<{ paddings: [number, number][] }>({
    kernel: "PadV2",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () =>
        tf.slice(
          dy,
          attrs.paddings.map(([before]) => before),
          x!.shape,
        ),
    }),
  });
  defineGradient<{ reps: number[] }>({
    kernel: "Tile",
    inputs: ["x"],
    backward: ({ dy, inputs: [x], attrs }) => ({
      x: () => {
        // [reps0, d0, reps1, d1, ...], summed over the repetitions.
        const split = x!.shape.flatMap((dimension, axis) => [attrs.reps[axis]!, dimension]);
        const repetitions = x!.shape.map((_, axis) => 2 * axis);
        return x!.rank === 0 ? tf.clone(dy) : tf.sum(tf.reshape(dy, split), repetitions);
      },
    }),
  });
  defineGradient<{ axis: number; batchDims: number }>({
    kernel: "GatherV2",
    inputs: ["x", "indices"],
    backward: ({ dy, inputs: [x, indices], attrs }) => ({
      x: () => gatherGradient(dy, x!, indices!, attrs),
      indices: () => tf.zerosLike(tf.cast(indices!, "float32")),
    }),
  });
}

function gatherGradient(
  dy: tf.Tensor,
  x: tf.Tensor,
  indices: tf.Tensor,
  attrs: { axis: number; batchDims: number },
): tf.Tensor {
  const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
  if (attrs.batchDims > 0) {
    const [dys, xs, indexRows] = [dy, x, indices].map((tensor) => tf.unstack(tensor)) as [
      tf.Tensor[],
      tf.Tensor[],
      tf.Tensor[],
    ];
    const inner = { axis: axis - 1, batchDims: attrs.batchDims - 1 };
    return tf.stack(dys.map((row, i) => gatherGradient(row, xs[i]!, indexRows[i]!, inner)));
  }
  // dy is [...before, ...indices, ...after]: bring the gathered axis to the front, add up, and bring it back.
  const before = x.shape.slice(0, axis);
  const after = x.shape.slice(axis + 1);
  const flat = tf.reshape(dy, [...before, indices.size, ...after]);
  const toFront = [axis, ...x.shape.map((_, i) => i).filter((i) => i !== axis)];
  const rows = tf.transpose(flat, toFront);
  const ids = tf.cast(tf.reshape(indices, [indices.size]), "int32") as tf.Tensor1D;
  const sums = tf.unsortedSegmentSum(rows, ids, x.shape[axis]!);
  return tf.transpose(sums, tf.backend_util.getUndoAxesPermutation(toFront));
}

/** Kernels that join tensors or split one. */
function defineJoins(): void {
  defineGradient<{ axis: number }>({
    kernel: "Concat",
    inputs: "all",
    backward: ({ dy, inputs, attrs }) => {
      const axis = tf.util.parseAxisParam(attrs.axis, dy.shape)[0]!;
      let start = 0;
      const pieces = inputs.map((input, index) => {
        const begin = dy.shape.map((_, i) => (i === axis ? start : 0));
        start += input.shape[axis]!;
        return [index, () => tf.slice(dy, begin, input.shape)] as const;
      });
      return Object.fromEntries(pieces);
    },
  });
  defineGradient<{ axis: number }>({
    kernel: "Pack",
    inputs: "all",
    backward: ({ dy, inputs, attrs }) => {
      const pieces = tf.unstack(dy, attrs.axis);
      return Object.fromEntries(inputs.map((_, index) => [index, () => tf.clone(pieces[index]!)]));
    },
  });
  defineGradient<{ axis: number }>({
    kernel: "Unpack",
    inputs: ["value"],
    backward: ({ dys, inputs: [value], attrs }) => ({
      value: () =>
        tf.stack(
          filled(dys, () => value!.shape.toSpliced(attrs.axis, 1)),
          attrs.axis,
        ),
    }),
  });
  defineGradient<{ axis: number; numOrSizeSplits: number | number[] }>({
    kernel: "SplitV",
    inputs: ["x"],
    backward: ({ dys, inputs: [x], attrs }) => ({
      x: () => {
        const axis = tf.util.parseAxisParam(attrs.axis, x!.shape)[0]!;
        const sizes = tf.backend_util.prepareSplitSize(x!, attrs.numOrSizeSplits, axis);
        return tf.concat(
          filled(dys, (index) => x!.shape.toSpliced(axis, 1, sizes[index]!)),
          axis,
        );
      },
    }),
  });
}

/** Zeros in place of the gradients of outputs that nothing uses, which tfjs gives as null. */
function filled(dys: readonly (tf.Tensor | null)[], shapeOf: (index: number) => number[]): tf.Tensor[] {
  return dys.map((dy, index) => dy ?? tf.zeros(shapeOf(index)));
}

/** Gradients of kernels that move elements without changing them. */
export function defineStructuralGradients(): void {
  defineViews();
  defineParts();
  defineJoins();
  defineGradient({
    kernel: "OneHot",
    inputs: ["indices"],
    backward: ({ inputs: [indices] }) => ({ indices: () => tf.zeros(indices!.shape) }),
  });
}
