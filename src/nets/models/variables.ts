import type { Generator } from "gymnasium-js";
import { sizeOf, tf } from "../../tensors/index.js";
import { NetError } from "../errors.js";
import { type InitializerName, initialBias, initialWeights, normal, uniform } from "../initializers.js";
import type { VariableMaker } from "./layer.js";

/** Variables of a model, by name, in the order of its layers. */
export interface ModelVariables {
  parameters: Map<string, tf.Variable>;
  buffers: Map<string, tf.Variable>;
}

export function variableMaker(
  { parameters, buffers }: ModelVariables,
  { initializer: standard, rng }: { initializer: InitializerName; rng: Generator },
): VariableMaker {
  const add = (
    to: Map<string, tf.Variable>,
    name: string,
    shape: readonly number[],
    draw: () => Float32Array,
  ) => {
    checkVariable(name, shape, parameters.has(name) || buffers.has(name));
    const initial = tf.tensor(draw(), [...shape], "float32");
    const variable = tf.variable(initial, to === parameters);
    initial.dispose();
    to.set(name, variable);
    return variable;
  };
  const filled = (shape: readonly number[], value: number) => () =>
    new Float32Array(sizeOf(shape)).fill(value);
  return {
    weights: (name, shape, fan, initializer = standard) =>
      add(parameters, name, shape, () => initialWeights(initializer, fan, rng)),
    bias: (name, fan) => add(parameters, name, [fan.outputs], () => initialBias(standard, fan, rng)),
    constant: (name, shape, value) => add(parameters, name, shape, filled(shape, value)),
    normal: (name, shape, deviation) =>
      add(parameters, name, shape, () => normal(sizeOf(shape), deviation, rng)),
    uniform: (name, shape, limit) => add(parameters, name, shape, () => uniform(sizeOf(shape), limit, rng)),
    buffer: (name, shape, value) => add(buffers, name, shape, filled(shape, value)),
  };
}

/** What a variable that is only described is like. */
export interface VariableShape {
  name: string;
  shape: readonly number[];
  trainable: boolean;
}

/** Writes variables down instead of making them, so that a net of any size can be described. What it makes cannot compute. */
export function variableLister(variables: VariableShape[]): VariableMaker {
  const names = new Set<string>();
  const list = (name: string, shape: readonly number[], trainable = true) => {
    checkVariable(name, shape, names.has(name));
    names.add(name);
    variables.push({ name, shape, trainable });
    return { shape: [...shape] } as unknown as tf.Variable;
  };
  return {
    weights: (name, shape) => list(name, shape),
    bias: (name, fan) => list(name, [fan.outputs]),
    constant: (name, shape) => list(name, shape),
    normal: (name, shape) => list(name, shape),
    uniform: (name, shape) => list(name, shape),
    buffer: (name, shape) => list(name, shape, false),
  };
}

/** What the engines' 32-bit places reach. */
const mostValues = 2 ** 31 - 1;

/** @param taken the part `noise.weights` of a node "a" and the part `weights` of a node "a.noise" would be one */
function checkVariable(name: string, shape: readonly number[], taken: boolean): void {
  if (taken) {
    throw new NetError(
      "invalid-net",
      `Two layers have a variable "${name}"; call one of their nodes something else.`,
    );
  }
  if (sizeOf(shape) > mostValues) {
    throw new NetError(
      "invalid-net",
      `"${name}" would be [${shape.join(", ")}], which is more than ${mostValues} values; make the layer or its input smaller.`,
    );
  }
}
