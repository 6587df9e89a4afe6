import * as tf from "@tensorflow/tfjs-core";
import type { OptimizerConfig } from "../optimizers/config.js";
import type { Update } from "../optimizers/memory.js";
import type { NativeBackend } from "./backend.js";
import { Op, type OpCode } from "./operations.js";

/** Gives variables memory of their own, which updates may change in place. */
export function prepareNatively(variables: readonly tf.Variable[]): void {
  const backend = tf.backend() as NativeBackend;
  for (const variable of variables) {
    if (backend.memoryOf(variable).refCount > 1) {
      const copy = tf.tensor(backend.arrayOf(variable).slice() as Float32Array, variable.shape);
      variable.assign(copy);
      copy.dispose();
    }
    const memory = backend.memoryOf(variable);
    if (memory.mutable) continue;
    // Whoever has read the variable keeps what he read.
    if (!memory.pooled) memory.values = (backend.arrayOf(variable) as Float32Array).slice();
    memory.mutable = true;
  }
}

/** One update of all variables in place; recorded while a step is captured. */
export function applyNatively({ config, control, parameters, guard }: Update): void {
  const backend = tf.backend() as NativeBackend;
  parameters.forEach(({ gradient }, index) => {
    backend.execute(Op.sumSquares, [index === 0 ? 1 : 0], [gradient, control], []);
  });
  const clipNorm = config.clipNorm ?? 0;
  backend.execute(Op.clip, [clipNorm, guard ? 1 : 0], guard ? [control, guard] : [control], []);
  const { op, constants } = operationOf(config);
  for (const { variable, gradient, slots } of parameters) {
    backend.execute(op, constants, [variable, gradient, control, ...slots], []);
  }
}

function operationOf(config: OptimizerConfig): { op: OpCode; constants: number[] } {
  switch (config.name) {
    case "sgd":
      return { op: Op.sgd, constants: [config.momentum, config.nesterov ? 1 : 0] };
    case "rmsprop":
      return {
        op: Op.rmsProp,
        constants: [config.decay, config.epsilon, config.centered ? 1 : 0, config.momentum],
      };
    case "adam":
    case "radam":
      return { op: Op.adam, constants: [config.beta1, config.beta2, config.epsilon] };
    default:
      throw new Error(`There is no optimiser ${JSON.stringify(config satisfies never)}.`);
  }
}
