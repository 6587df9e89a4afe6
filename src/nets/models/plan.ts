import { NetError } from "../errors.js";
import { type Dtype, dtypeOf } from "./dtypes.js";
import { type ModelLayer, type Shape, shapesText, type VariableMaker } from "./layer.js";
import { layerDefinitions } from "./layers/index.js";
import { rowGroups } from "./rows.js";
import type { ModelSpec } from "./spec.js";
import { suggestion } from "./suggestion.js";

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
  /** Of inputs and nodes. */
  dtypes: ReadonlyMap<string, Dtype>;
  /** By the names of the description. */
  outputs: ReadonlyMap<string, Reference>;
  /** Of inputs and nodes: those of one value have the same number of rows. */
  rows: ReadonlyMap<string, string>;
}

/**
 * Builds the layers of a model.
 *
 * @throws {NetError} `invalid-net` if names are twice or not there, or layers do not fit each other
 */
export function planModel(spec: ModelSpec, make: VariableMaker): Plan {
  const shapes = new Map<string, readonly Shape[]>();
  const dtypes = new Map<string, Dtype>();
  const checkFree = (name: string) => {
    if (!shapes.has(name)) return;
    throw new NetError("invalid-net", `Two parts of the model are called "${name}"; names have to differ.`);
  };
  const declare = (name: string, outputs: readonly Shape[], dtype: Dtype) => {
    shapes.set(name, outputs);
    dtypes.set(name, dtype);
  };
  for (const [name, { shape, dtype }] of Object.entries(spec.inputs)) declare(name, [shape], dtype);
  const nodes: PlannedNode[] = [];
  for (const { name, inputs, layer: layerSpec } of spec.nodes) {
    checkFree(name);
    const asker = { request: `Node "${name}" asks for`, scope: "before it" };
    const references = inputs.map((text) => referenceOf(text, shapes, asker));
    const inputShapes = references.map(({ node, output }) => shapes.get(node)![output]!);
    const definition = layerDefinitions[layerSpec.type];
    const layer = definition.build({ spec: layerSpec as never, inputShapes, name, make });
    const { type } = layerSpec;
    nodes.push({ name, type, inputs: references, layer });
    const sources = references.map(({ node }) => node);
    declare(name, layer.outputShapes, dtypeOf({ name, type, inputs: sources }, dtypes));
  }
  const outputs = new Map(
    Object.entries(spec.outputs).map(([name, text]) => [
      name,
      referenceOf(text, shapes, { request: `Output "${name}" asks for` }),
    ]),
  );
  if (outputs.size === 0) {
    throw new NetError("invalid-net", "The model has no output; name one of its nodes.");
  }
  return { nodes, shapes, dtypes, outputs, rows: rowGroups(Object.keys(spec.inputs), nodes) };
}

interface Asker {
  /** The beginning of a sentence, such as `Node "head" asks for`. */
  request: string;
  /** Which nodes it may mean, default "of the model". */
  scope?: string;
  /** Default `invalid-net`. */
  code?: "invalid-net" | "invalid-input";
}

/**
 * @param text `node`, or `node:1` for another than its first output
 * @param shapes of the inputs and nodes that may be meant
 * @throws {NetError} of the asker's code if there is none of that name or number
 */
export function referenceOf(
  text: string,
  shapes: ReadonlyMap<string, readonly Shape[]>,
  { request, scope = "of the model", code = "invalid-net" }: Asker,
): Reference {
  const [, node = text, number = "0"] = /^(.*):(\d+)$/.exec(text) ?? [];
  const outputs = shapes.get(node);
  if (outputs === undefined) {
    const known = suggestion(node, [...shapes.keys()]);
    throw new NetError(code, `${request} "${text}", which is no input and no node ${scope}; ${known}`);
  }
  const output = Number(number);
  if (outputs[output] === undefined) {
    const last = outputs.length === 1 ? "" : ` to "${node}:${outputs.length - 1}"`;
    throw new NetError(
      code,
      `${request} "${text}", but the outputs of "${node}" are "${node}"${last}: ${shapesText(outputs)}.`,
    );
  }
  return { node, output };
}
