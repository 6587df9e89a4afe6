import { z } from "zod";
import { initializerNames } from "../initializers.js";
import { layerDefinitions } from "./layers/index.js";

const name = z
  .string()
  .regex(/^[A-Za-z][\w.-]*$/, "a letter, then letters, digits, _, - or . are needed")
  .describe("how other nodes call it");

const [firstDefinition, ...otherDefinitions] = Object.values(layerDefinitions);

/** One layer of a model, by its type. */
export const modelLayerSchema = z.discriminatedUnion("type", [
  firstDefinition!.schema,
  ...otherDefinitions.map(({ schema }) => schema),
]) as unknown as z.ZodDiscriminatedUnion<
  [(typeof layerDefinitions)[keyof typeof layerDefinitions]["schema"]]
>;

const extent = z.union([z.int().min(1), z.null()]);

/**
 * A model as JSON: nodes in an order in which each comes after its inputs. An input is named by its node, with `:1`, `:2` for the
 * second or third output of a node (such as the states of an LSTM). Unknown keys are errors.
 */
export const modelSpecSchema = z.strictObject({
  initializer: z
    .enum(initializerNames)
    .default("pytorch-uniform")
    .describe("how weights start; default pytorch-uniform: weights and biases uniform on +-1/sqrt(inputs)"),
  inputs: z
    .record(
      name,
      z.strictObject({
        shape: z.array(extent).describe("of one row; null where an extent is only known when data comes"),
        dtype: z.enum(["float32", "int32"]).default("float32").describe("default float32"),
      }),
    )
    .describe("what the model is given"),
  nodes: z
    .array(
      z.strictObject({
        name,
        inputs: z.array(z.string()).describe("names of inputs and nodes"),
        layer: modelLayerSchema,
      }),
    )
    .describe("what it does"),
  outputs: z.record(name, z.string()).describe("what it puts out, by name: a node's name, or an input's"),
});

/** With all settings, as `modelSpecSchema.parse` returns it. */
export type ModelSpec = z.output<typeof modelSpecSchema>;

/** As a person writes it: what has a default may be left out. */
export type ModelSpecInput = z.input<typeof modelSpecSchema>;
