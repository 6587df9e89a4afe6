import { z } from "zod";
import { type ActivationName, activation, activationNames } from "./activations.js";
import { initializerNames } from "./initializers.js";

const norm = z
  .enum(["none", "layer"])
  .default("none")
  .describe(
    "layer: LayerNorm between each layer's sums and its activation, the output layer aside; default none (Ba et al. 2016)",
  );

/** Added to the variance (PyTorch's constant). */
export const layerNormEpsilon = 1e-5;

const units = z.int().min(1).max(65_536).describe("number of outputs");

const widthOrPair = z.union([z.int().min(1), z.tuple([z.int().min(1), z.int().min(1)])]);

/** One layer of a net of type `layers`. */
export const layerSpecSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("dense"), units, activation: activation("linear"), norm }),
  z.strictObject({
    type: z.literal("conv2d"),
    filters: z.int().min(1).describe("number of output channels"),
    size: widthOrPair.describe("height and width of the filter, in pixels; one number for both"),
    stride: widthOrPair.default(1).describe("pixels from one window to the next; default 1"),
    padding: z
      .enum(["valid", "same"])
      .default("valid")
      .describe("valid: only whole windows; same: zeros around the edges; default valid"),
    activation: activation("linear"),
    norm,
  }),
  z.strictObject({ type: z.literal("flatten") }),
  z.strictObject({
    type: z.literal("activation"),
    activation: z.enum(activationNames).describe("activation function"),
  }),
  z.strictObject({
    type: z.literal("layerNorm"),
    epsilon: z
      .number()
      .positive()
      .default(layerNormEpsilon)
      .describe("added to the variance; default 1e-5 (Ba et al. 2016, PyTorch's constant)"),
  }),
]);

/** A layer with all its settings. */
export type LayerSpec = z.output<typeof layerSpecSchema>;

const shared = (inputScale: number, scaleText: string) => ({
  initializer: z
    .enum(initializerNames)
    .default("pytorch-uniform")
    .describe("how weights start; default pytorch-uniform: weights and biases uniform on +-1/sqrt(inputs)"),
  inputScale: z
    .number()
    .positive()
    .default(inputScale)
    .describe(`factor by which every observation value is multiplied; default ${scaleText}`),
  channels: z
    .enum(["last", "first"])
    .default("last")
    .describe(
      "where an observation of three dimensions has its channels (frame stacks come on top); default last",
    ),
});

/** The body of a net as JSON; the head (what comes out) is given apart. Unknown keys are errors. */
export const netSpecSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("mlp").describe("dense layers over the flattened observation"),
    hidden: z.array(units).default([128, 128]).describe("units of each hidden layer; default [128,128]"),
    activation: activation("relu"),
    norm,
    ...shared(1, "1"),
  }),
  z.strictObject({
    type: z.literal("minatar").describe("16 filters of 3x3, dense 128, relu (Young & Tian 2019)"),
    norm,
    ...shared(1, "1"),
  }),
  z.strictObject({
    type: z
      .literal("nature")
      .describe("32 filters 8x8 stride 4, 64 of 4x4 stride 2, 64 of 3x3, dense 512, relu (Mnih et al. 2015)"),
    norm,
    ...shared(1 / 255, "1/255"),
  }),
  z.strictObject({
    type: z.literal("layers").describe("any layers, one after the other"),
    layers: z.array(layerSpecSchema).describe("layers from the input on"),
    ...shared(1, "1"),
  }),
]);

/** A net's body with all its settings, as `netSpecSchema.parse` returns it. */
export type NetSpec = z.output<typeof netSpecSchema>;

/** A net's body as a person writes it: what has a default may be left out. */
export type NetSpecInput = z.input<typeof netSpecSchema>;

/** What comes out of a net: one value per action. */
export const headSpecSchema = z.strictObject({
  type: z.literal("q"),
  dueling: z
    .boolean()
    .default(false)
    .describe("state value and advantages in two streams (Wang et al. 2016); default false"),
});

export type HeadSpec = z.output<typeof headSpecSchema>;

/** Spells the named nets out as layers. */
export function layersOf(spec: NetSpec): readonly LayerSpec[] {
  if (spec.type === "layers") return spec.layers;
  const { norm } = spec;
  const conv = (filters: number, size: number, stride: number): LayerSpec => {
    return { type: "conv2d", filters, size, stride, padding: "valid", activation: "relu", norm };
  };
  switch (spec.type) {
    case "mlp":
      return spec.hidden.map((width) => dense(width, spec.activation, norm));
    case "minatar":
      return [conv(16, 3, 1), { type: "flatten" }, dense(128, "relu", norm)];
    case "nature":
      return [conv(32, 8, 4), conv(64, 4, 2), conv(64, 3, 1), { type: "flatten" }, dense(512, "relu", norm)];
    default:
      throw new Error(`There is no net of type ${JSON.stringify(spec satisfies never)}.`);
  }
}

function dense(units: number, activation: ActivationName, norm: "none" | "layer"): LayerSpec {
  return { type: "dense", units, activation, norm };
}
