import { NetError } from "../errors.js";
import type { LayerType } from "./layers/index.js";

export type Dtype = "float32" | "int32";

/** Layers that only move values: they put out the dtype that they are given. */
const movers: readonly LayerType[] = ["flatten", "reshape", "repeat", "concat"];

/** Inputs, by number, that are whole numbers. */
const wholeInputs: Partial<Record<LayerType, readonly number[]>> = { embedding: [0], graphConv: [1] };

interface TypedNode {
  name: string;
  type: LayerType;
  /** Names of the inputs. */
  inputs: readonly string[];
}

/**
 * The dtype of what a node puts out.
 *
 * @param dtypes of inputs and earlier nodes
 * @throws {NetError} `invalid-net` if the layer does not compute with the dtype of an input
 */
export function dtypeOf({ name, type, inputs }: TypedNode, dtypes: ReadonlyMap<string, Dtype>): Dtype {
  const moves = movers.includes(type);
  const first = dtypes.get(inputs[0]!)!;
  for (const [index, input] of inputs.entries()) {
    const dtype = dtypes.get(input)!;
    const whole = wholeInputs[type]?.includes(index) ? "int32" : "float32";
    const needed = moves ? first : whole;
    if (dtype === needed) continue;
    const fix = needed === "float32" ? "float32, or look it up in an embedding first" : "int32";
    throw new NetError(
      "invalid-net",
      `Node "${name}" needs ${needed}, but "${input}" is ${dtype}; declare the input that it comes from as ${fix}.`,
    );
  }
  return moves ? first : "float32";
}
