import { tf } from "../../tensors/index.js";
import { NetError } from "../errors.js";
import { type Shape, shapesText } from "./layer.js";
import { type Plan, type Reference, referenceOf } from "./plan.js";

/** Tensors of a model by where they come from. */
export type Values = Map<string, tf.Tensor>;

export function keyOf({ node, output }: Reference): string {
  return `${node}:${output}`;
}

/**
 * What is given to a model, checked for names, shapes, dtypes and equal numbers of rows.
 *
 * @throws {NetError} `invalid-input`
 */
export function valuesOf(feeds: Readonly<Record<string, tf.Tensor>>, plan: Plan): Values {
  const { shapes, dtypes, rows } = plan;
  const values: Values = new Map();
  const firsts = new Map<string, string>();
  for (const [name, tensor] of Object.entries(feeds)) {
    const reference = referenceOf(name, shapes, { request: "The caller gives", code: "invalid-input" });
    // For callers whose types nobody checks, and fields that a batch has not.
    if (!(tensor instanceof tf.Tensor))
      throw invalid(`"${name}" has to be a tensor, but is ${typeof tensor}.`);
    checkShape(name, tensor, shapes.get(reference.node)![reference.output]!);
    const dtype = dtypes.get(reference.node)!;
    if (dtype !== tensor.dtype) {
      const given = tensor.dtype === "bool" ? "bool, as bytes are; convert them" : tensor.dtype;
      throw invalid(`"${name}" has to be ${dtype}, not ${given}.`);
    }
    const group = rows.get(reference.node)!;
    if (tensor.shape[0] === 0 && hasOutput(group, plan)) {
      throw invalid(`"${name}" has no rows; one pass takes one batch, of at least one.`);
    }
    const first = firsts.get(group) ?? name;
    firsts.set(group, first);
    if (feeds[first]!.shape[0] !== tensor.shape[0]) {
      throw invalid(
        `"${first}" has ${feeds[first]!.shape[0]} rows and "${name}" has ${tensor.shape[0]}; one pass takes one batch, so make them equal.`,
      );
    }
    values.set(keyOf(reference), tensor);
  }
  return values;
}

/** Whether outputs have its rows: a graph may have no edges, but nodes. */
function hasOutput(group: string, { outputs, rows }: Plan): boolean {
  return [...outputs.values()].some(({ node }) => rows.get(node) === group);
}

function checkShape(name: string, tensor: tf.Tensor, shape: Shape): void {
  const [, ...row] = tensor.shape;
  const fits =
    row.length === shape.length && shape.every((extent, axis) => extent === null || extent === row[axis]);
  if (fits && tensor.rank > 0) {
    // Engines differ in what a mean or a maximum of nothing is.
    if (!row.includes(0)) return;
    throw invalid(`"${name}" is of shape [${tensor.shape.join(", ")}]; a row has to hold something.`);
  }
  throw invalid(
    `"${name}" has to be of shape ${shapesText([[null, ...shape]])}, with the batch first, not [${tensor.shape.join(", ")}].`,
  );
}

function invalid(message: string): NetError {
  return new NetError("invalid-input", message);
}
