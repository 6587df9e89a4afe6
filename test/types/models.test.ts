import { Generator } from "gymnasium-js";
import { describe, expectTypeOf, test } from "vitest";
import {
  buildModel,
  input,
  type LayerFunction,
  layers,
  type ModelSpec,
  modelSpec,
  type Node,
  parseModelSpec,
  type Shape,
  sequential,
} from "../../src/nets/index.js";
import { type tf, useEngine } from "../../src/tensors/index.js";

await useEngine("cpu");

const never = false as boolean;

describe("layers", () => {
  test("are functions of their settings, then of their inputs", () => {
    const dense = layers.dense({ units: 3, activation: "relu", name: "hidden" });
    expectTypeOf(dense).toEqualTypeOf<LayerFunction>();
    expectTypeOf(dense(input("x", [2]))).toEqualTypeOf<Node>();
    expectTypeOf(layers.conv2d({ filters: 2, size: [3, 1], padding: "same" })).toEqualTypeOf<LayerFunction>();
    expectTypeOf(
      layers
        .lstm({ units: 2 })(input("x", [null, 2]))
        .output(2),
    ).toEqualTypeOf<Node>();
  });

  test("need no settings where all have defaults", () => {
    expectTypeOf(layers.dropout()).toEqualTypeOf<LayerFunction>();
    expectTypeOf(layers.flatten({ name: "flat" })).toEqualTypeOf<LayerFunction>();
    // @ts-expect-error the number of units has none
    if (never) layers.dense();
    // @ts-expect-error neither here
    if (never) layers.dense({ activation: "relu" });
  });

  test("know their settings and types", () => {
    // @ts-expect-error misspelt
    if (never) layers.dense({ units: 3, activatoin: "relu" });
    // @ts-expect-error there is no such activation
    if (never) layers.dense({ units: 3, activation: "gelu" });
    // @ts-expect-error a word is no number
    if (never) layers.dropout({ rate: "half" });
    // @ts-expect-error three numbers are no pair
    if (never) layers.conv2d({ filters: 1, size: [3, 3, 3] });
    // @ts-expect-error only conv1d can be causal
    if (never) layers.conv2d({ filters: 1, size: 3, padding: "causal" });
    // @ts-expect-error the type is told by the function
    if (never) layers.flatten({ type: "dense" });
    // @ts-expect-error there is no such layer
    if (never) layers.desne({ units: 3 });
  });

  test("take nodes", () => {
    // @ts-expect-error a name is no node
    if (never) layers.flatten()("x");
    // @ts-expect-error dtypes are float32 and int32
    if (never) input("x", [2], "bool");
    // @ts-expect-error a model's outputs are nodes, not layers
    if (never) modelSpec({ y: layers.flatten() });
  });
});

describe("models", () => {
  test("have a description that JSON can hold, and tensors by name", () => {
    const spec = sequential([2], [layers.dense({ units: 1 })], { initializer: "he-normal" });
    expectTypeOf(spec).toEqualTypeOf<ModelSpec>();
    expectTypeOf(parseModelSpec).parameter(0).toBeUnknown();
    expectTypeOf(parseModelSpec).returns.toEqualTypeOf<ModelSpec>();
    const model = buildModel(spec, new Generator(1));
    expectTypeOf(model.apply).returns.toEqualTypeOf<Record<string, tf.Tensor>>();
    expectTypeOf(model.shapes).toEqualTypeOf<ReadonlyMap<string, readonly Shape[]>>();
    expectTypeOf(model.parametersOf("dense1")).toEqualTypeOf<ReadonlyMap<string, tf.Variable>>();
    // @ts-expect-error there is no such initialiser
    if (never) sequential([2], [], { initializer: "he" });
    // @ts-expect-error a model's parts cannot be exchanged
    if (never) model.parameters = new Map();
    model.dispose();
  });

  test("know the settings of a layer by its type", () => {
    type LayerSpec = ModelSpec["nodes"][number]["layer"];
    const settings = (layer: LayerSpec) => {
      if (layer.type === "dropout") {
        expectTypeOf(layer.rate).toEqualTypeOf<number>();
        expectTypeOf(layer.whole).toEqualTypeOf<"none" | "channels" | "steps">();
      }
      // @ts-expect-error not all layers have units
      if (layer.type === "softmax") layer.units;
    };
    expectTypeOf(settings).parameter(0).toEqualTypeOf<LayerSpec>();
  });
});
