import { z } from "zod";
import { type Model, type ModelSpec, NetError, parseModelSpec } from "../../nets/index.js";

/** What is done to the input of an autoencoder that has to restore it. */
export const corruptionSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("none") }),
  z.strictObject({
    type: z.literal("masking").describe("some values become 0, the others larger, so that the mean stays"),
    rate: z.number().min(0).lt(1).default(0.3).describe("share of the values; default 0.3"),
  }),
  z.strictObject({
    type: z.literal("gaussian").describe("normal noise is added"),
    deviation: z.number().positive().default(0.3).describe("in units of the input; default 0.3"),
  }),
]);

export type Corruption = z.output<typeof corruptionSchema>;

type ModelNode = ModelSpec["nodes"][number];

type LayerSettings = { type: ModelNode["layer"]["type"] } & Record<string, unknown>;

/** Name of the output of an autoencoder. */
export const reconstruction = "reconstruction";

/**
 * A layer of a model as an encoder, and a decoder of the same kind that is linear and has weights of its own: a dense layer, or a
 * convolution over all windows that hold a pixel. It takes `inputs` as the layer gets them, and puts out its `reconstruction`.
 *
 * Source: Vincent et al. 2008, https://www.cs.toronto.edu/~larocheh/publications/icml-2008-denoising-autoencoders.pdf; convolutional:
 * Masci et al. 2011
 *
 * @throws {NetError} `invalid-net` if there is no such layer, or if it is neither dense nor a convolution of stride and dilation 1
 */
export function autoencoderSpec(model: Model, name: string, corruption: Corruption): ModelSpec {
  const encoder = nodeOf(model.spec, name);
  const shape = inputShape(model, encoder);
  return parseModelSpec({
    initializer: model.spec.initializer,
    inputs: { inputs: { shape } },
    nodes: [
      { name: "corruption", inputs: ["inputs"], layer: corruptionLayer(corruption) },
      { ...encoder, inputs: ["corruption"] },
      { name: "decoder", inputs: [name], layer: decoderLayer(encoder, shape.at(-1)!) },
    ],
    outputs: { [reconstruction]: "decoder" },
  });
}

/** Which tensor of the model a layer sees. */
export function inputOf({ spec }: Model, name: string): string {
  return nodeOf(spec, name).inputs[0]!;
}

function nodeOf({ nodes }: ModelSpec, wanted: string): ModelNode {
  const node = nodes.find(({ name }) => name === wanted);
  if (node !== undefined) return node;
  const names = nodes.map(({ name }) => name).join(", ");
  throw new NetError("invalid-net", `The model has no layer "${wanted}" to pretrain; it has ${names}.`);
}

function inputShape({ shapes }: Model, { inputs }: ModelNode): (number | null)[] {
  const [node = "", output = "0"] = inputs[0]!.split(":");
  return [...shapes.get(node)![Number(output)]!];
}

function corruptionLayer(corruption: Corruption): LayerSettings {
  switch (corruption.type) {
    case "none":
      return { type: "activation", activation: "linear" };
    case "masking":
      return { type: "dropout", rate: corruption.rate };
    case "gaussian":
      return { type: "gaussianNoise", deviation: corruption.deviation };
    default:
      throw new Error(`There is no corruption "${corruption satisfies never}".`);
  }
}

function decoderLayer({ name, layer }: ModelNode, channels: number): LayerSettings {
  if (layer.type === "dense") return { type: "dense", units: channels };
  if (layer.type === "conv2d" && isPlain(layer.stride) && isPlain(layer.dilation)) {
    const size = typeof layer.size === "number" ? layer.size : layer.size[0];
    const square = typeof layer.size === "number" || layer.size[1] === size;
    const around = layer.padding === "valid" ? 0 : layer.padding;
    if (around === "same" || square) {
      const padding = around === "same" ? around : size - 1 - around;
      return { type: "conv2d", filters: channels, size: layer.size, padding };
    }
  }
  throw new NetError(
    "invalid-net",
    `"${name}" cannot be pretrained: dense layers can be, and convolutions of stride and dilation 1 whose windows are square or padded "same".`,
  );
}

function isPlain(extent: number | [number, number]): boolean {
  return extent === 1 || (Array.isArray(extent) && extent.every((side) => side === 1));
}
