import { NetError } from "../errors.js";
import { type ModelLayer, type Shape, shapesText, type VariableMaker } from "./layer.js";
import { layerDefinitions } from "./layers/index.js";
import type { ModelSpec } from "./spec.js";

/** Where a tensor of a model comes from: an input, or the output of a node of this number. */
export interface Reference {
  node: string;
  output: number;
}

export interface PlannedNode {
  name: string;
  type: ModelSpec["nodes"][number]["layer"]["type"];
  inputs: readonly Reference[];
  layer: ModelLayer;
}

/** A model's layers, built and joined. */
export interface Plan {
  nodes: readonly PlannedNode[];
  /** Of inputs and nodes: the shapes of their outputs. */
  shapes: ReadonlyMap<string, readonly Shape[]>;
  outputs: Readonly<Record<string, Reference>>;
}

/**
 * Builds the layers of a model.
 *
 * @throws {NetError} `invalid-net` if names are twice or not there, or layers do not fit each other
 */
export function planModel(spec: ModelSpec, make: VariableMaker): Plan {
  const shapes = new Map<string, readonly Shape[]>();
  const declare = (name: string, outputs: readonly Shape[]) => {
    if (shapes.has(name)) {
      throw new NetError("invalid-net", `Two parts of the model are called "${name}"; names have to differ.`);
    }
    shapes.set(name, outputs);
  };
  for (const [name, { shape }] of Object.entries(spec.inputs)) declare(name, [shape]);
  const nodes: PlannedNode[] = [];
  for (const { name, inputs, layer: layerSpec } of spec.nodes) {
    const references = inputs.map((text) => referenceOf(text, shapes, `Node "${name}"`));
    const inputShapes = references.map(({ node, output }) => shapes.get(node)![output]!);
    const definition = layerDefinitions[layerSpec.type];
    const layer = definition.build({ spec: layerSpec as never, inputShapes, name, make });
    nodes.push({ name, type: layerSpec.type, inputs: references, layer });
    declare(name, layer.outputShapes);
  }
  const outputs = Object.fromEntries(
    Object.entries(spec.outputs).map(([name, text]) => [name, referenceOf(text, shapes, `Output "${name}"`)]),
  );
  if (Object.keys(outputs).length === 0) {
    throw new NetError("invalid-net", "The model has no output; name one of its nodes.");
  }
  return { nodes, shapes, outputs };
}

/** @param asker whose reference it is, for the sentence */
export function referenceOf(
  text: string,
  shapes: ReadonlyMap<string, readonly Shape[]>,
  asker: string,
): Reference {
  const [node = "", number = "0"] = text.split(":");
  const outputs = shapes.get(node);
  if (outputs === undefined) {
    throw new NetError(
      "invalid-net",
      `${asker} asks for "${node}", which does not come before it; there are ${[...shapes.keys()].join(", ")}.`,
    );
  }
  const output = Number(number);
  if (outputs[output] === undefined) {
    throw new NetError(
      "invalid-net",
      `${asker} asks for "${text}", but "${node}" puts out ${shapesText(outputs)}.`,
    );
  }
  return { node, output };
}
