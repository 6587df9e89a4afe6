import { Generator } from "gymnasium-js";
import { z } from "zod";
import { buildModel, type Model } from "../../nets/index.js";
import { optimizerSchema } from "../../tensors/index.js";
import { batchesOf, type Conversion, type Dataset } from "../data/index.js";
import { fitConfigSchema } from "../fit/index.js";
import { autoencoderSpec, corruptionSchema, inputOf, reconstruction } from "./autoencoder.js";
import { codesOf } from "./codes.js";
import { type EpochFigures, fitToEnd } from "./fit-to-end.js";
import { transferLayers } from "./transfer-layers.js";

/** How each layer is pretrained. */
export const pretrainConfigSchema = z.strictObject({
  corruption: corruptionSchema
    .default(() => corruptionSchema.parse({ type: "masking" }))
    .describe("of what a layer has to restore; default masking"),
  loss: z
    .enum(["mse", "binaryCrossEntropy"])
    .default("mse")
    .describe("of the reconstruction; binaryCrossEntropy for values from 0 to 1; default mse"),
  epochs: z.int().min(1).default(10).describe("passes through the data for each layer; default 10"),
  batchSize: z.int().min(1).default(64).describe("rows in a batch; default 64"),
  optimizer: optimizerSchema.default(() => optimizerSchema.parse({ name: "adam" })),
});

export type PretrainConfig = z.output<typeof pretrainConfigSchema>;

export interface PretrainOptions {
  /** Names of the layers from the input on. */
  layers: readonly string[];
  config: PretrainConfig;
  /** Of the data's `inputs`, on their way into the model. */
  convert?: Conversion;
  /** Of decoders, orders and corruption. */
  seed: number;
  /** Told after each epoch; if it throws, the pretraining ends. */
  onEpoch?(layer: string, figures: EpochFigures): Promise<void> | void;
}

/** What a layer's pretraining has come to. */
export interface PretrainedLayer {
  layer: string;
  /** Mean reconstruction loss in the first and in the last epoch, of corrupted inputs. */
  firstLoss: number;
  lastLoss: number;
}

/**
 * Greedy layer-wise pretraining without labels: each layer in turn learns, as a denoising autoencoder, to restore what the layers below
 * it, already pretrained, make of the data. It then takes the encoder's weights over; decoders are thrown away.
 *
 * Source: Bengio et al. 2007 (Greedy layer-wise training of deep networks); Vincent et al. 2008
 *
 * @param data `inputs` alone are read
 * @throws {NetError} `invalid-net` as `autoencoderSpec`; {FitError} as `fit`
 */
export async function pretrainLayers(
  model: Model,
  data: Dataset,
  options: PretrainOptions,
): Promise<PretrainedLayer[]> {
  const inputs = { size: data.size, fields: { inputs: data.fields["inputs"]! } };
  const done: PretrainedLayer[] = [];
  for (const [index, layer] of options.layers.entries()) {
    const { convert } = options;
    const seen = codesOf(model, inputs, {
      node: inputOf(model, layer),
      ...(convert === undefined ? {} : { convert }),
    });
    done.push(await pretrainLayer({ model, layer, seen, index }, options));
  }
  return done;
}

interface Turn {
  model: Model;
  layer: string;
  /** What the layer gets of the data. */
  seen: Dataset;
  index: number;
}

async function pretrainLayer(
  { model, layer, seen, index }: Turn,
  { config, seed, onEpoch }: PretrainOptions,
): Promise<PretrainedLayer> {
  const { corruption, loss, epochs, batchSize, optimizer } = config;
  const autoencoder = buildModel(autoencoderSpec(model, layer, corruption), new Generator([seed, index]));
  try {
    transferLayers(model, autoencoder, [layer]);
    const { curve } = await fitToEnd(
      autoencoder,
      { train: batchesOf(seen, { batchSize, seed }) },
      fitConfigSchema.parse({
        objective: { heads: { [reconstruction]: { target: "inputs", loss: { name: loss } } } },
        epochs,
        optimizer,
      }),
      (figures) => onEpoch?.(layer, figures),
    );
    transferLayers(autoencoder, model, [layer]);
    return { layer, firstLoss: curve[0]!.train["loss"]!, lastLoss: curve.at(-1)!.train["loss"]! };
  } finally {
    autoencoder.dispose();
  }
}
