import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { applyNatively } from "../native/optimizers.js";
import { addressOf, type SimdFunction, simdOf } from "../simd/instance.js";
import type { OptimizerConfig } from "./config.js";
import { adamConstants, type StepConstants, updateParameter } from "./rules.js";

/** A variable with its gradient and moments, all of one shape. */
export interface ParameterTensors {
  variable: tf.Variable;
  gradient: tf.Tensor;
  slots: readonly tf.Variable[];
}

/**
 * What an update and its host share: [0] sum of squares of all gradients, [1] their L2 norm, [2] factor of the gradients
 * (NaN: nothing was changed), [3] learning rate (Adam and RAdam: their step size), [4] their root
 * correction.
 */
export type OptimizerControl = Float64Array;

/** One update of all variables. */
export interface Update {
  config: OptimizerConfig;
  control: OptimizerControl;
  /** What changes from step to step; its scale is computed by the update. */
  constants: Omit<StepConstants, "gradientScale">;
  parameters: readonly ParameterTensors[];
  /** A scalar; if it or the gradients' norm is not finite, nothing changes. */
  guard: tf.Tensor | null;
}

/** How an engine gives an optimiser access to its memory. */
interface GradientMemory {
  /** Sum of the squares of all elements, accumulated in float64. */
  sumOfSquares(gradient: tf.Tensor): number;
  /** Applies one update: the variable and the moments change, the gradient does not. */
  update(config: OptimizerConfig, tensors: ParameterTensors, constants: StepConstants): void;
}

/** PyTorch's guard against division by a zero norm, in `clip_grad_norm_`. */
const normEpsilon = 1e-6;

/** Does an update on the engine in use. On the native engine it can be part of a captured step. */
export function applyUpdate(update: Update): void {
  if (tf.getBackend() === "native") {
    applyNatively(update);
    return;
  }
  const { config, control, constants, parameters, guard } = update;
  const memory = tf.getBackend() === "wasm" ? wasmMemory : hostMemory;
  control[0] = parameters.reduce((sum, { gradient }) => sum + memory.sumOfSquares(gradient), 0);
  const norm = Math.sqrt(control[0]);
  control[1] = norm;
  control[2] = config.clipNorm === null ? 1 : Math.min(1, config.clipNorm / (norm + normEpsilon));
  if (!Number.isFinite(norm) || (guard !== null && !Number.isFinite(guard.dataSync()[0]))) {
    control[2] = Number.NaN;
    return;
  }
  for (const tensors of parameters) {
    memory.update(config, tensors, { ...constants, gradientScale: control[2] });
  }
}

function sumOfSquares(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  return sum;
}

/** Any engine: reads, computes in JavaScript, and writes new tensors. */
const hostMemory: GradientMemory = {
  sumOfSquares: (gradient) => sumOfSquares(gradient.dataSync()),
  update(config, { variable, gradient, slots }, constants) {
    // Copies, because the cpu engine hands out its own memory.
    const copyOf = (tensor: tf.Tensor) => (tensor.dataSync() as Float32Array).slice();
    const weights = copyOf(variable);
    const moments = slots.map(copyOf);
    updateParameter(
      config,
      { weights, gradient: gradient.dataSync() as Float32Array, slots: moments },
      constants,
    );
    const updated = tf.tensor(weights, variable.shape);
    variable.assign(updated);
    updated.dispose();
    moments.forEach((moment, index) => {
      const next = tf.tensor(moment, variable.shape);
      slots[index]!.assign(next);
      next.dispose();
    });
  },
};

/** The wasm engine: works in its linear memory, in place. */
const wasmMemory: GradientMemory = {
  sumOfSquares(gradient) {
    const backend = tf.backend() as BackendWasm;
    return simdOf(backend).call.sumOfSquares(addressOf(backend, gradient), gradient.size);
  },
  update(config, { variable, gradient, slots }, constants) {
    const backend = tf.backend() as BackendWasm;
    ownMemory(backend, variable);
    const address = (tensor: tf.Tensor) => addressOf(backend, tensor);
    const pointers = [variable, gradient, ...slots].map(address);
    const { name, values } = simdUpdate(config, constants);
    simdOf(backend).call[name](...pointers, variable.size, ...values);
    forgetPacked(backend, variable);
  },
};

/** Which function updates, and its constants in the order of its parameters. */
function simdUpdate(
  config: OptimizerConfig,
  constants: StepConstants,
): { name: SimdFunction; values: number[] } {
  const { gradientScale, learningRate } = constants;
  switch (config.name) {
    case "sgd": {
      const { momentum, nesterov } = config;
      if (momentum === 0) return { name: "sgd", values: [gradientScale, learningRate] };
      return {
        name: nesterov ? "sgdNesterov" : "sgdMomentum",
        values: [gradientScale, learningRate, momentum],
      };
    }
    case "rmsprop": {
      const { decay, epsilon, centered, momentum } = config;
      const values = [gradientScale, learningRate, decay, 1 - decay, epsilon];
      const name = centered ? "rmspropCentered" : "rmsprop";
      return momentum === 0 ? { name, values } : { name: `${name}Momentum`, values: [...values, momentum] };
    }
    case "adam":
    case "radam": {
      const { beta1, beta2, epsilon } = config;
      const { stepSize, rootCorrection } = adamConstants(config, constants);
      const values = [gradientScale, beta1, 1 - beta1, beta2, 1 - beta2, stepSize, rootCorrection, epsilon];
      return { name: "adam", values };
    }
    default:
      throw new Error(`There is no optimiser ${JSON.stringify(config satisfies never)}.`);
  }
}

/** Gives a variable memory of its own if it shares it with another tensor, such as a target net's copy. */
function ownMemory(backend: BackendWasm, variable: tf.Variable): void {
  if (backend.refCount(variable.dataId) <= 1) return;
  const copy = tf.tensor(variable.dataSync(), variable.shape);
  variable.assign(copy);
  copy.dispose();
}

/** tfjs-wasm keeps packed copies of filters by tensor id; after a change in place they must be packed again. */
function forgetPacked(backend: BackendWasm, variable: tf.Variable): void {
  const { id, memoryOffset } = backend.dataIdMap.get(variable.dataId);
  backend.wasm.tfjs.disposeData(id);
  backend.wasm.tfjs.registerTensor(id, variable.size, memoryOffset);
}
