import { sizeOf } from "../../tensors/index.js";
import type { Shape } from "./layer.js";
import { parseModelSpec } from "./parse-spec.js";
import { planModel } from "./plan.js";
import type { ModelSpecInput } from "./spec.js";
import { type VariableShape, variableLister } from "./variables.js";

export interface LayerSummary {
  name: string;
  type: string;
  /** Names of the inputs. */
  inputs: string[];
  /** Of its first output, without the batch. */
  shape: Shape;
  /** Values that training changes along gradients. */
  parameters: number;
  /** Values that training keeps beside. */
  buffers: number;
  /** Multiplications with an addition for one row; per step where a time is left open. Half the floating-point operations. */
  multiplyAdds: number;
}

export interface ModelSummary {
  layers: LayerSummary[];
  parameters: number;
  buffers: number;
  multiplyAdds: number;
}

/**
 * What a model is made of, layer by layer, without making its weights.
 *
 * @throws {NetError} `invalid-net`, as `buildModel` does
 */
export function summarizeModel(spec: ModelSpecInput): ModelSummary {
  const whole = parseModelSpec(spec);
  const variables: VariableShape[] = [];
  const { nodes } = planModel(whole, variableLister(variables));
  const names = new Set(nodes.map(({ name }) => name));
  const layers = nodes.map(({ name, type, layer }, index): LayerSummary => {
    const own = variables.filter((variable) => nodeOf(variable.name, names) === name);
    const size = (trainable: boolean) =>
      own
        .filter((variable) => variable.trainable === trainable)
        .reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    return {
      name,
      type,
      inputs: [...whole.nodes[index]!.inputs],
      shape: layer.outputShapes[0]!,
      parameters: size(true),
      buffers: size(false),
      multiplyAdds: layer.multiplyAdds,
    };
  });
  const total = (key: "parameters" | "buffers" | "multiplyAdds") =>
    layers.reduce((sum, layer) => sum + layer[key], 0);
  return {
    layers,
    parameters: total("parameters"),
    buffers: total("buffers"),
    multiplyAdds: total("multiplyAdds"),
  };
}

/** Variables are called by their node and a part, which may have dots of their own. */
function nodeOf(variable: string, nodes: ReadonlySet<string>): string {
  let name = variable;
  while (!nodes.has(name)) name = name.slice(0, name.lastIndexOf("."));
  return name;
}
