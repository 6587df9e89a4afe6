import type { Generator } from "gymnasium-js";
import type { z } from "zod";
import type { tf } from "../../tensors/index.js";
import { NetError } from "../errors.js";
import type { Fan, InitializerName } from "../initializers.js";

/** Of one row of a tensor, without the batch; null where the extent (of time, say) is only known when data comes. */
export type Shape = readonly (number | null)[];

/** What changes from one pass through a model to the next. */
export interface Pass {
  /** Dropout drops, and batch norm uses and learns the batch's statistics. */
  training: boolean;
  /** Draws masks and noise of training passes. */
  random: Generator;
}

/** What one node of a model does. */
export interface ModelLayer {
  /** Of each output, the first of which is what the node's name stands for. */
  outputShapes: readonly Shape[];
  /** Multiplications with an addition, per row; where a time is not known beforehand, per step of it. */
  multiplyAdds: number;
  apply(inputs: readonly tf.Tensor[], pass: Pass): tf.Tensor[];
}

/** Makes and registers the variables of a model, in the order in which they are asked for. */
export interface VariableMaker {
  /** Weights by an initialiser, the model's by default, seen as a matrix `[fan.inputs, fan.outputs]`. */
  weights(name: string, shape: readonly number[], fan: Fan, initializer?: InitializerName): tf.Variable;
  bias(name: string, fan: Fan): tf.Variable;
  constant(name: string, shape: readonly number[], value: number): tf.Variable;
  /** Normal with a mean of 0. */
  normal(name: string, shape: readonly number[], deviation: number): tf.Variable;
  /** Uniform on +-limit. */
  uniform(name: string, shape: readonly number[], limit: number): tf.Variable;
  /** What training keeps beside the parameters, such as moving averages: saved with them, but never in a gradient. */
  buffer(name: string, shape: readonly number[], value: number): tf.Variable;
}

export interface LayerContext<Spec> {
  spec: Spec;
  inputShapes: readonly Shape[];
  /** Of the node: prefix of the variables' names. */
  name: string;
  make: VariableMaker;
}

/** A kind of layer: its settings, and how it is built from them. */
export interface LayerDefinition<Schema extends z.ZodObject = z.ZodObject> {
  schema: Schema;
  build(context: LayerContext<z.output<Schema>>): ModelLayer;
}

export function defineLayer<Schema extends z.ZodObject>(
  schema: Schema,
  build: (context: LayerContext<z.output<Schema>>) => ModelLayer,
): LayerDefinition<Schema> {
  return { schema, build };
}

/** A layer of one output. */
export function oneOutput(
  outputShape: Shape,
  multiplyAdds: number,
  apply: (inputs: readonly tf.Tensor[], pass: Pass) => tf.Tensor,
): ModelLayer {
  return { outputShapes: [outputShape], multiplyAdds, apply: (inputs, pass) => [apply(inputs, pass)] };
}

type Named = Pick<LayerContext<unknown>, "name" | "inputShapes">;

/** The only input, checked for its number of dimensions. @param what such as "[height, width, channels]" */
export function soleShape(context: Named, rank: number | null, what: string): Shape {
  const { inputShapes } = context;
  const [shape] = inputShapes;
  if (inputShapes.length !== 1 || shape === undefined || (rank !== null && shape.length !== rank)) {
    throw misfit(context, `one input of shape ${what}`);
  }
  return shape;
}

/** The only input, checked for having a last dimension. @param what such as "[..., features]" */
export function vectorShape(context: Named, what: string): Shape {
  const shape = soleShape(context, null, what);
  if (shape.length === 0) throw misfit(context, `one input of shape ${what}`);
  return shape;
}

/** Inputs checked for their number, and each for its number of dimensions (null: any). @param what all of them in words */
export function checkInputs(context: Named, ranks: readonly (number | null)[], what: string): void {
  const { inputShapes } = context;
  const fits =
    inputShapes.length === ranks.length &&
    ranks.every((rank, index) => rank === null || inputShapes[index]!.length === rank);
  if (!fits) throw misfit(context, what);
}

function misfit({ name, inputShapes }: Named, what: string): NetError {
  return new NetError("invalid-net", `"${name}" needs ${what}, but gets ${shapesText(inputShapes)}.`);
}

/** An extent that has to be known before data comes. @param what such as "the number of channels" */
export function known(extent: number | null | undefined, name: string, what: string): number {
  if (typeof extent === "number") return extent;
  throw new NetError("invalid-net", `"${name}" has to know ${what} beforehand, but it is left open (null).`);
}

export function shapesText(shapes: readonly Shape[]): string {
  if (shapes.length === 0) return "none";
  return shapes.map((shape) => `[${shape.map((extent) => extent ?? "?").join(", ")}]`).join(" and ");
}

/** Product of the extents that are known. */
export function knownSize(shape: Shape): number {
  return shape.reduce<number>((product, extent) => product * (extent ?? 1), 1);
}

/** The last extent of a shape, and the rest. */
export function lastOf(shape: Shape, name: string, what = "the last dimension"): [Shape, number] {
  return [shape.slice(0, -1), known(shape.at(-1), name, what)];
}
