import { chain, input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";

/** A single linear unit of the inputs (Rosenblatt 1958). Outputs: `score`. */
export function perceptron({ inputs = 2 }: { inputs?: number } = {}): ModelSpec {
  return modelSpec({ score: layers.dense({ units: 1, name: "score" })(input("inputs", [inputs])) });
}

export interface MlpOptions {
  /** Default 784: a digit of MNIST. */
  inputs?: number;
  /** Units of each hidden layer; default 300 and 100, LeCun et al. 1998's. */
  hidden?: readonly number[];
  outputs?: number;
  activation?: "relu" | "tanh" | "sigmoid";
  dropout?: number;
}

/** Dense layers one after the other. Outputs: `classes`. */
export function mlp(options: MlpOptions = {}): ModelSpec {
  const { inputs = 784, hidden = [300, 100], outputs = 10, activation = "relu", dropout = 0 } = options;
  const body = hidden.flatMap((units) => [
    layers.dense({ units, activation }),
    ...(dropout !== 0 ? [layers.dropout({ rate: dropout })] : []),
  ]);
  const classes = chain(
    ...body,
    layers.dense({ units: outputs, name: "classes" }),
  )(input("inputs", [inputs]));
  return modelSpec({ classes }, { initializer: "glorot-uniform" });
}
