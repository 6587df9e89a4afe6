import type { z } from "zod";
import { NetError } from "../errors.js";
import type { InitializerName } from "../initializers.js";
import type { Shape } from "./layer.js";
import { type LayerType, layerDefinitions } from "./layers/index.js";
import { parseModelSpec } from "./parse-spec.js";
import type { ModelSpec } from "./spec.js";

/** A tensor of a model that is being described: an input, or an output of a layer. */
export interface Node {
  readonly source: InputSource | LayerSource;
  /** Which of the layer's outputs. */
  readonly index: number;
  /** Another output of the same layer, such as 1 for the state of a GRU. */
  output(index: number): Node;
}

interface InputSource {
  kind: "input";
  name: string;
  shape: Shape;
  dtype: "float32" | "int32";
}

interface LayerSource {
  kind: "layer";
  /** Null: by its type and a number. */
  name: string | null;
  layer: { type: LayerType } & Record<string, unknown>;
  inputs: readonly Node[];
}

/** A layer that waits for its inputs. Each call makes a layer of its own, with weights of its own. */
export type LayerFunction = (...inputs: readonly Node[]) => Node;

type SettingsOf<Type extends LayerType> = Omit<z.input<(typeof layerDefinitions)[Type]["schema"]>, "type"> & {
  /** Of the node; by default its type and a number. */
  name?: string;
};

type LayerMakers = {
  readonly [Type in LayerType]: Record<never, never> extends SettingsOf<Type>
    ? (settings?: SettingsOf<Type>) => LayerFunction
    : (settings: SettingsOf<Type>) => LayerFunction;
};

/**
 * Every layer as a function of its settings, which gives a function of its inputs.
 *
 * @example
 * const image = input("image", [28, 28, 1]);
 * const features = layers.dense({ units: 32, activation: "relu" })(layers.flatten()(image));
 * const spec = modelSpec({ digit: layers.dense({ units: 10 })(features) });
 */
export const layers = Object.fromEntries(
  (Object.keys(layerDefinitions) as LayerType[]).map((type) => [
    type,
    ({ name = null, ...settings }: { name?: string | null } = {}): LayerFunction =>
      (...inputs) => {
        const layer = name === null ? `the layer ${type}` : `the ${type} layer "${name}"`;
        for (const node of inputs) checkNode(node, `An input of ${layer}`);
        return nodeOf({ kind: "layer", name, layer: { type, ...settings }, inputs }, 0);
      },
  ]),
) as unknown as LayerMakers;

/** @param shape of one row; null for an extent that is only known when data comes, such as time */
export function input(name: string, shape: Shape, dtype: "float32" | "int32" = "float32"): Node {
  if (!Array.isArray(shape)) {
    throw new NetError(
      "invalid-net",
      `The shape of the input "${name}" is ${String(shape)}; give a list, such as [4].`,
    );
  }
  return nodeOf({ kind: "input", name, shape, dtype }, 0);
}

/** Layers one after the other, as one. */
export function chain(...parts: readonly LayerFunction[]): (x: Node) => Node {
  return (x) =>
    parts.reduce((node, part, index) => {
      if (typeof part === "function") return part(node);
      throw new NetError(
        "invalid-net",
        `Part ${index} of a chain is no layer that waits for its input; give layers.dense({ units: 3 }), say, without inputs.`,
      );
    }, x);
}

export interface ModelSettings {
  initializer?: InitializerName;
}

/**
 * The description of the model that has these outputs. Inputs and layers that no output depends on are no part of it.
 *
 * @throws {NetError} `invalid-net` if two inputs or layers have one name, or a setting of a layer is not valid
 */
export function modelSpec(outputs: Readonly<Record<string, Node>>, settings: ModelSettings = {}): ModelSpec {
  const names = new Map<Node["source"], string>();
  const taken = new Set<string>();
  const take = (source: Node["source"], name: string) => {
    if (taken.has(name)) {
      throw new NetError(
        "invalid-net",
        `Two parts of the model are called "${name}"; give one another name, or make it once and use it twice.`,
      );
    }
    taken.add(name);
    names.set(source, name);
  };
  const inputs: Record<string, { shape: (number | null)[]; dtype: "float32" | "int32" }> = {};
  const nodes: { name: string; inputs: string[]; layer: unknown }[] = [];
  const counts = new Map<string, number>();
  const visit = ({ source }: Node): void => {
    if (names.has(source)) return;
    if (source.kind === "input") {
      const { name, shape, dtype } = source;
      take(source, name);
      inputs[name] = { shape: [...shape], dtype };
      return;
    }
    for (const node of source.inputs) visit(node);
    const { type } = source.layer;
    const count = (counts.get(type) ?? 0) + 1;
    counts.set(type, count);
    const name = source.name ?? `${type}${count}`;
    take(source, name);
    nodes.push({ name, inputs: source.inputs.map((node) => referenceTo(node, names)), layer: source.layer });
  };
  for (const [name, node] of Object.entries(outputs)) {
    checkNode(node, `The output "${name}"`);
    visit(node);
  }
  return parseModelSpec({
    ...settings,
    inputs,
    nodes,
    outputs: Object.fromEntries(
      Object.entries(outputs).map(([name, node]) => [name, referenceTo(node, names)]),
    ),
  });
}

/** A model of layers one after the other, from `input` to `output`. */
export function sequential(
  shape: Shape,
  parts: readonly LayerFunction[],
  settings: ModelSettings = {},
): ModelSpec {
  return modelSpec({ output: chain(...parts)(input("input", shape)) }, settings);
}

function nodeOf(source: Node["source"], index: number): Node {
  return { source, index, output: (other) => nodeOf(source, other) };
}

/** For callers whose types nobody checks. @param place such as `The output "y"` */
function checkNode(node: unknown, place: string): void {
  if (typeof node === "object" && node !== null && "source" in node) return;
  const found = typeof node === "function" ? "a layer that waits for its inputs" : "something else";
  throw new NetError(
    "invalid-net",
    `${place} has to be a node, as input() and a layer with its inputs make it, but is ${found}.`,
  );
}

function referenceTo({ source, index }: Node, names: ReadonlyMap<Node["source"], string>): string {
  const name = names.get(source)!;
  return index === 0 ? name : `${name}:${index}`;
}
