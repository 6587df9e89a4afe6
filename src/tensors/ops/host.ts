import * as tf from "@tensorflow/tfjs-core";

export const hostKernel = "LudusHost";

/** Reads inputs and fills outputs. The arrays are valid during the call only; inputs must not be changed. */
export type HostCompute = (inputs: readonly tf.TypedArray[], outputs: readonly Float32Array[]) => void;

export interface HostAttributes {
  shapes: readonly (readonly number[])[];
  compute: HostCompute;
}

/**
 * Computes small tensors in plain JavaScript, on any engine: what a batch of losses needs is a few hundred numbers, for
 * which a loop is quicker to read and to run than tensor operations. Unlike a host read it can be part of a captured
 * step, where the function is called at each run. No gradient flows through it; wrap it in `tf.customGrad`.
 *
 * @param shapes of the outputs, which are float32
 */
export function hostStep(
  inputs: readonly tf.Tensor[],
  shapes: readonly (readonly number[])[],
  compute: HostCompute,
): tf.Tensor[] {
  registerHostKernel();
  const named = Object.fromEntries(inputs.map((tensor, index) => [`x${index}`, tensor]));
  const attributes: HostAttributes = { shapes, compute };
  return tf
    .engine()
    .runKernel(hostKernel, named, attributes as unknown as tf.NamedAttrMap) as unknown as tf.Tensor[];
}

/** Gives the engine in use the kernel, if it has none of its own: it reads the inputs and writes the outputs. */
function registerHostKernel(): void {
  const backendName = tf.getBackend();
  if (tf.getKernel(hostKernel, backendName)) return;
  tf.registerKernel({
    kernelName: hostKernel,
    backendName,
    kernelFunc: ({ inputs, attrs, backend }) => {
      const { shapes, compute } = attrs as unknown as HostAttributes;
      const engine = backend as tf.KernelBackend;
      const arrays = Object.values(inputs).map(
        (x) => engine.readSync((x as tf.TensorInfo).dataId) as tf.TypedArray,
      );
      const outputs = shapes.map((shape) => new Float32Array(tf.util.sizeFromShape([...shape])));
      compute(arrays, outputs);
      return outputs.map((values, index) => {
        const shape = [...shapes[index]!];
        return { dataId: engine.write(values, shape, "float32"), shape, dtype: "float32" as const };
      });
    },
  });
}
