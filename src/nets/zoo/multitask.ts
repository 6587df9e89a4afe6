import { chain, input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import type { ImageShape } from "./blocks.js";

export interface MultitaskOptions {
  /** Default 28 x 28 x 1. */
  shape?: ImageShape;
  /** Outputs of each head, by its name; default a digit (10), whether it is odd (1), and its ink (1). */
  heads?: Readonly<Record<string, number>>;
  /** Of the first convolution; default 16. */
  filters?: number;
}

/** One trunk for images, and as many heads as there are tasks (Caruana 1997, Multitask Learning). */
export function multitask(options: MultitaskOptions = {}): ModelSpec {
  const { shape = [28, 28, 1], heads = { digit: 10, odd: 1, ink: 1 }, filters = 16 } = options;
  const features = chain(
    layers.conv2d({ filters, size: 3, padding: "same", activation: "relu" }),
    layers.maxPool(),
    layers.conv2d({ filters: 2 * filters, size: 3, padding: "same", activation: "relu" }),
    layers.maxPool(),
    layers.flatten(),
    layers.dense({ units: 128, activation: "relu", name: "features" }),
  )(input("inputs", shape));
  const outputs = Object.entries(heads).map(
    ([name, units]) => [name, layers.dense({ units, name })(features)] as const,
  );
  return modelSpec(Object.fromEntries(outputs), { initializer: "he-normal" });
}
