import { chain, input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import type { ImageShape } from "./blocks.js";

export interface VggOptions {
  /** Default 224 x 224 x 3, of the small one 32 x 32 x 3. */
  shape?: ImageShape;
  classes?: number;
  dropout?: number;
}

/** Convolutions of 3 x 3 before each of the five poolings: configurations D and E of the paper's table 1. */
const configurations = { 16: [2, 2, 3, 3, 3], 19: [2, 2, 4, 4, 4] } as const;

/**
 * VGG-16 (138,357,544 parameters) and VGG-19 (143,667,240) for 1,000 classes of images of 224 x 224.
 *
 * Source: Simonyan & Zisserman 2015, https://arxiv.org/abs/1409.1556
 */
export function vgg(depth: 16 | 19, options: VggOptions = {}): ModelSpec {
  const { shape = [224, 224, 3], classes = 1000, dropout = 0.5 } = options;
  const body = chain(
    ...stages(configurations[depth], [64, 128, 256, 512, 512]),
    layers.flatten(),
    ...["hidden1", "hidden2"].flatMap((name) => [
      layers.dense({ units: 4096, activation: "relu", name }),
      layers.dropout({ rate: dropout }),
    ]),
    layers.dense({ units: classes, name: "classes" }),
  );
  return modelSpec({ classes: body(input("inputs", shape)) }, { initializer: "he-normal" });
}

/** Three stages of two convolutions at 32 x 32. */
export function vggSmall(options: VggOptions = {}): ModelSpec {
  const { shape = [32, 32, 3], classes = 10, dropout = 0.5 } = options;
  const body = chain(
    ...stages([2, 2, 2], [32, 64, 128]),
    layers.flatten(),
    layers.dense({ units: 256, activation: "relu", name: "hidden1" }),
    layers.dropout({ rate: dropout }),
    layers.dense({ units: classes, name: "classes" }),
  );
  return modelSpec({ classes: body(input("inputs", shape)) }, { initializer: "he-normal" });
}

function stages(counts: readonly number[], filters: readonly number[]) {
  return counts.flatMap((count, stage) => [
    ...Array.from({ length: count }, (_, i) =>
      layers.conv2d({
        ...{ filters: filters[stage]!, size: 3, padding: 1, activation: "relu" as const },
        name: `stage${stage + 1}.conv${i + 1}`,
      }),
    ),
    layers.maxPool({ name: `stage${stage + 1}.pool` }),
  ]);
}
