import * as tf from "@tensorflow/tfjs-core";

/** What a gradient may use. `inputs` and `outputs` hold those that its definition saves, in that order. */
interface BackwardCall<Attributes> {
  /** Gradient by the kernel's (first) output. */
  dy: tf.Tensor;
  /** Gradients by all outputs, of kernels that have several. */
  dys: tf.Tensor[];
  inputs: tf.Tensor[];
  outputs: tf.Tensor[];
  attrs: Attributes;
}

export interface GradientDefinition<Attributes> {
  kernel: string;
  /** Inputs to save for the backward pass, by name; "all" for kernels with a list of inputs. */
  inputs?: readonly string[] | "all";
  /** Saves the first output, or of several those that are marked. */
  output?: boolean | readonly boolean[];
  /** One function per differentiable input; only those that are needed are called. */
  backward(call: BackwardCall<Attributes>): Record<string, () => tf.Tensor>;
}

/** Registers a kernel's gradient for all engines; one that is registered already stays. */
export function defineGradient<Attributes = unknown>(definition: GradientDefinition<Attributes>): void {
  const { kernel, inputs = [], output = false, backward } = definition;
  if (tf.getGradient(kernel)) return;
  const outputsToSave = typeof output === "boolean" ? [output] : [...output];
  const outputs = outputsToSave.filter(Boolean).length;
  tf.registerGradient({
    kernelName: kernel,
    ...(inputs === "all" ? { saveAllInputs: true } : { inputsToSave: [...inputs] }),
    outputsToSave,
    gradFunc: (dy, saved, attrs) => {
      const dys = Array.isArray(dy) ? dy : [dy];
      const split = saved.length - outputs;
      return backward({
        dy: dys[0]!,
        dys,
        inputs: saved.slice(0, split),
        outputs: saved.slice(split),
        attrs: attrs as unknown as Attributes,
      });
    },
  });
}

/** Sums a gradient over the axes along which an input of this shape was broadcast. */
export function sumTo(dy: tf.Tensor, shape: readonly number[]): tf.Tensor {
  const axes = tf.broadcast_util.getReductionAxes([...shape], dy.shape);
  return tf.reshape(axes.length > 0 ? tf.sum(dy, axes) : dy, [...shape]);
}

/** `shape` with the reduced axes kept as 1, so that a reduced tensor broadcasts against its input again. */
export function keptShape(shape: readonly number[], axes: number | readonly number[] | undefined): number[] {
  const reduced = tf.util.parseAxisParam(axes as number | number[], [...shape]);
  return shape.map((dimension, axis) => (reduced.includes(axis) ? 1 : dimension));
}

/** The tensor as float32: itself, if it is that already. */
export function asFloat(x: tf.Tensor): tf.Tensor {
  return x.dtype === "float32" ? x : tf.cast(x, "float32");
}
