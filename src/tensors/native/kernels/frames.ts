import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type FrameAttributes, frameKernel } from "../../ops/frames.js";
import { type HostAttributes, hostKernel } from "../../ops/host.js";
import { Op } from "../operations.js";
import { kernel, type NativeKernel, sizeOf } from "./define.js";

const encode = kernel<"x", FrameAttributes>(({ inputs: { x }, attrs, backend }) => {
  const { outer, pixels, inner, scale, shape } = attrs;
  const y = backend.allocate(shape, "float32");
  const size = outer * pixels * inner;
  const rows = size === 0 ? 0 : sizeOf(shape) / size;
  backend.execute(Op.encode, [rows, outer, pixels, inner, scale], [x, y], [1]);
  return y;
});

/** Runs a declared function of the host; while a step is captured, it becomes an instruction of it. */
const host: NativeKernel = ({ inputs, attrs, backend }) => {
  const { shapes, compute } = attrs as HostAttributes;
  const tensors = Object.values(inputs);
  const outputs: TensorInfo[] = shapes.map((shape) => backend.allocate(shape, "float32"));
  const arrays = (list: readonly TensorInfo[]) =>
    list.map((tensor) => backend.arrayOf(tensor) as Float32Array);
  compute(arrays(tensors), arrays(outputs));
  backend.recorder?.recordHost(tensors, outputs, compute);
  return outputs;
};

export const frameKernels: Record<string, NativeKernel> = { [frameKernel]: encode, [hostKernel]: host };
