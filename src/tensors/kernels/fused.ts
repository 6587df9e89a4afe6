import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { backend_util, getKernel, type TensorInfo } from "@tensorflow/tfjs-core";
import type { Activation } from "../ops/activation.js";
import type { Conv2dAttributes, DenseAttributes } from "../ops/fused.js";
import { convolve } from "../simd/convolution.js";
import { addressOf, simdOf } from "../simd/instance.js";
import { multiply } from "../simd/matmul.js";
import { asKernel } from "./memory.js";

/** y = activation(x w + b). */
export const fusedDense = asKernel<"x" | "weights" | "bias", DenseAttributes>(
  ({ inputs, attrs, backend }) => {
    const { x, weights, bias } = inputs;
    const [rows, depth] = x.shape as [number, number];
    const columns = weights.shape[1]!;
    const y = backend.makeOutput([rows, columns], "float32");
    multiply(simdOf(backend), {
      a: { address: addressOf(backend, x), transposed: false },
      b: { address: addressOf(backend, weights), transposed: false },
      c: addressOf(backend, y),
      rows,
      depth,
      columns,
    });
    return finish(backend, y, bias, attrs.activation);
  },
);

/** y = activation(x * filter + b), NHWC; without b, if there is none. */
export const fusedConv2d = asKernel<"x" | "filter" | "bias", Conv2dAttributes>(
  ({ inputs, attrs, backend }) => {
    const { x, filter, bias } = inputs;
    const shape = (tensor: TensorInfo) => tensor.shape as [number, number, number, number];
    const { strides, dilations, pad } = attrs;
    const info = backend_util.computeConv2DInfo(shape(x), shape(filter), strides, dilations, pad);
    const y = backend.makeOutput(info.outShape, "float32");
    const address = (tensor: TensorInfo) => addressOf(backend, tensor);
    convolve(simdOf(backend), info, { x: address(x), filter: address(filter), y: address(y) });
    return finish(backend, y, bias, attrs.activation);
  },
);

const activationKernels = { relu: "Relu", tanh: "Tanh", sigmoid: "Sigmoid" } as const;

/** Adds the bias and applies the activation, in place where that can be. */
function finish(
  backend: BackendWasm,
  y: TensorInfo,
  bias: TensorInfo | undefined,
  activation: Activation,
): TensorInfo {
  if (bias) {
    const columns = bias.shape[0]!;
    const rows = y.shape.reduce((product, dimension) => product * dimension, 1) / columns;
    const rectify = activation === "relu" ? 1 : 0;
    simdOf(backend).call.addBias(addressOf(backend, y), rows, columns, addressOf(backend, bias), rectify);
  }
  if (activation === "linear" || (activation === "relu" && bias)) return y;
  const kernel = getKernel(activationKernels[activation], "wasm");
  const activated = kernel.kernelFunc({ inputs: { x: y }, attrs: {}, backend }) as TensorInfo;
  backend.disposeData(y.dataId);
  return activated;
}

const gradientNames = { relu: "reluGradient", tanh: "tanhGradient", sigmoid: "sigmoidGradient" } as const;

/** dy times the activation's derivative, which its output y gives. */
export const activationGradient = asKernel<"dy" | "y", { activation: Exclude<Activation, "linear"> }>(
  ({ inputs, attrs, backend }) => {
    const { dy, y } = inputs;
    const out = backend.makeOutput(y.shape, "float32");
    const size = y.shape.reduce((product, dimension) => product * dimension, 1);
    const address = (tensor: TensorInfo) => addressOf(backend, tensor);
    simdOf(backend).call[gradientNames[attrs.activation]](address(dy), address(y), address(out), size);
    return out;
  },
);

/** Sums over all axes but the last: the gradient of a bias. */
export const biasGradient = asKernel<"dy", object>(({ inputs, backend }) => {
  const { dy } = inputs;
  const columns = dy.shape.at(-1)!;
  const rows = dy.shape.slice(0, -1).reduce((product, dimension) => product * dimension, 1);
  const out = backend.makeOutput([columns], "float32");
  simdOf(backend).call.columnSums(addressOf(backend, dy), rows, columns, addressOf(backend, out));
  return out;
});
