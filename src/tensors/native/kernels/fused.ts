import { type BatchNormAttributes, batchNormKernels } from "../../ops/batch-norm.js";
import { type LayerNormAttributes, layerNormKernels } from "../../ops/layer-norm.js";
import { type ResponseNormAttributes, responseNormKernels } from "../../ops/local-response-norm.js";
import { lstmCellKernels } from "../../ops/lstm-cell.js";
import { Op } from "../operations.js";
import { isFloat, kernel, type NativeKernel, sizeOf } from "./define.js";

const layerNorm = kernel<"x" | "scale" | "offset", LayerNormAttributes>(
  ({ inputs: { x, scale, offset }, attrs, backend }) => {
    const [rows, columns] = x.shape as [number, number];
    const y = backend.allocate(x.shape, "float32");
    const statistics = backend.allocate([rows, 2], "float32");
    const operands = [x, scale, offset, y, statistics];
    backend.execute(Op.layerNorm, [rows, columns, attrs.epsilon], operands, [3, 4]);
    return [y, statistics];
  },
);

const layerNormGradient = kernel<"dy" | "x" | "scale" | "statistics">(({ inputs, backend }) => {
  const { dy, x, scale, statistics } = inputs;
  const [rows, columns] = x.shape as [number, number];
  const dx = backend.allocate(x.shape, "float32");
  const [dscale, doffset] = [backend.allocate([columns], "float32"), backend.allocate([columns], "float32")];
  const operands = [dy, x, scale, statistics, dx, dscale, doffset];
  backend.execute(Op.layerNormGrad, [rows, columns], operands, [4, 5, 6]);
  return [dx, dscale, doffset];
});

/** `[rows, columns]` of a tensor whose last axis is the columns. */
function matrixOf(shape: readonly number[]): [number, number] {
  return [sizeOf(shape.slice(0, -1)), shape.at(-1)!];
}

const batchNorm = kernel<"x" | "scale" | "offset", BatchNormAttributes>(
  ({ inputs: { x, scale, offset }, attrs, backend }) => {
    if (!isFloat(x, scale, offset)) return null;
    const [rows, columns] = matrixOf(x.shape);
    const y = backend.allocate(x.shape, "float32");
    const [mean, variance] = [backend.allocate([columns], "float32"), backend.allocate([columns], "float32")];
    const operands = [x, scale, offset, y, mean, variance];
    backend.execute(Op.batchNormTraining, [rows, columns, attrs.epsilon], operands, [3, 4, 5]);
    return [y, mean, variance];
  },
);

const batchNormGradient = kernel<"dy" | "x" | "scale" | "mean" | "variance", BatchNormAttributes>(
  ({ inputs: { dy, x, scale, mean, variance }, attrs, backend }) => {
    const [rows, columns] = matrixOf(x.shape);
    const dx = backend.allocate(x.shape, "float32");
    const [dscale, doffset] = [
      backend.allocate([columns], "float32"),
      backend.allocate([columns], "float32"),
    ];
    const operands = [dy, x, scale, mean, variance, dx, dscale, doffset];
    backend.execute(Op.batchNormTrainingGrad, [rows, columns, attrs.epsilon], operands, [5, 6, 7]);
    return [dx, dscale, doffset];
  },
);

function responseNormParameters(shape: readonly number[], attrs: ResponseNormAttributes): number[] {
  const { radius, bias, alpha, beta } = attrs;
  const [rows, columns] = matrixOf(shape);
  return [rows, columns, Math.min(radius, columns), bias, alpha, beta];
}

const responseNorm = kernel<"x", ResponseNormAttributes>(({ inputs: { x }, attrs, backend }) => {
  if (!isFloat(x)) return null;
  const y = backend.allocate(x.shape, "float32");
  backend.execute(Op.responseNorm, responseNormParameters(x.shape, attrs), [x, y], [1]);
  return y;
});

const responseNormGradient = kernel<"dy" | "x", ResponseNormAttributes>(
  ({ inputs: { dy, x }, attrs, backend }) => {
    const dx = backend.allocate(x.shape, "float32");
    backend.execute(Op.responseNormGrad, responseNormParameters(x.shape, attrs), [dy, x, dx], [2]);
    return dx;
  },
);

const lstmCell = kernel<"gates" | "cell">(({ inputs: { gates, cell }, backend }) => {
  if (!isFloat(gates, cell)) return null;
  const [hidden, next] = [backend.allocate(cell.shape, "float32"), backend.allocate(cell.shape, "float32")];
  const activations = backend.allocate(gates.shape, "float32");
  backend.execute(Op.lstmCell, cell.shape, [gates, cell, hidden, next, activations], [2, 3, 4]);
  return [hidden, next, activations];
});

const lstmCellGradient = kernel<"dhidden" | "dnext" | "activations" | "cell" | "next">(
  ({ inputs: { dhidden, dnext, activations, cell, next }, backend }) => {
    const dgates = backend.allocate(activations.shape, "float32");
    const dcell = backend.allocate(cell.shape, "float32");
    const operands = [dhidden, dnext, activations, cell, next, dgates, dcell];
    backend.execute(Op.lstmCellGrad, cell.shape, operands, [5, 6]);
    return [dgates, dcell];
  },
);

/** Kernels that tfjs does not have: whole layers, which `ops` runs where an engine has them. */
export const fusedLayerKernels: Record<string, NativeKernel> = {
  [layerNormKernels.forward]: layerNorm,
  [layerNormKernels.backward]: layerNormGradient,
  [batchNormKernels.forward]: batchNorm,
  [batchNormKernels.backward]: batchNormGradient,
  [responseNormKernels.forward]: responseNorm,
  [responseNormKernels.backward]: responseNormGradient,
  [lstmCellKernels.forward]: lstmCell,
  [lstmCellKernels.backward]: lstmCellGradient,
};
