import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { floatsOf } from "../kernels/memory.js";
import type { OptimizerConfig } from "./config.js";
import { type StepConstants, updateParameter } from "./rules.js";

/** A variable with its gradient and moments, all of one shape; `slots` may be replaced by the update. */
export interface ParameterTensors {
  variable: tf.Variable;
  gradient: tf.Tensor;
  slots: tf.Tensor[];
}

/** How an engine gives an optimiser access to its memory. */
export interface GradientMemory {
  /** Sum of the squares of all elements, accumulated in float64. */
  sumOfSquares(gradient: tf.Tensor): number;
  /** Applies one update: the variable and the moments change, the gradient does not. */
  update(config: OptimizerConfig, tensors: ParameterTensors, constants: StepConstants): void;
}

/** The memory of the engine in use. */
export function gradientMemory(): GradientMemory {
  return tf.getBackend() === "wasm" ? wasmMemory : hostMemory;
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
      slots[index]!.dispose();
      slots[index] = tf.keep(tf.tensor(moment, variable.shape));
    });
  },
};

/** The wasm engine: works in its linear memory, in place. */
const wasmMemory: GradientMemory = {
  sumOfSquares: (gradient) => sumOfSquares(floatsOf(tf.backend() as BackendWasm, gradient)),
  update(config, { variable, gradient, slots }, constants) {
    const backend = tf.backend() as BackendWasm;
    ownMemory(backend, variable);
    const view = (tensor: tf.Tensor) => floatsOf(backend, tensor);
    const memory = { weights: view(variable), gradient: view(gradient), slots: slots.map(view) };
    updateParameter(config, memory, constants);
    forgetPacked(backend, variable);
  },
};

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
