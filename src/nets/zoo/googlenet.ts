import { chain, input, layers, modelSpec, type Node } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import { type ImageShape, type InceptionOptions, inceptionBlock } from "./blocks.js";

export interface GooglenetOptions {
  /** Default 224 x 224 x 3, of the small one 32 x 32 x 3. */
  shape?: ImageShape;
  classes?: number;
  /** Two more classifiers half-way, for training; default true. */
  auxiliary?: boolean;
}

type Widths = Omit<InceptionOptions, "name">;

function widths(one: number, three: [number, number], five: [number, number], pooled: number): Widths {
  return { one, three, five, pooled };
}

/** Table 1 of the paper. */
const inceptions = {
  "3a": widths(64, [96, 128], [16, 32], 32),
  "3b": widths(128, [128, 192], [32, 96], 64),
  "4a": widths(192, [96, 208], [16, 48], 64),
  "4b": widths(160, [112, 224], [24, 64], 64),
  "4c": widths(128, [128, 256], [24, 64], 64),
  "4d": widths(112, [144, 288], [32, 64], 64),
  "4e": widths(256, [160, 320], [32, 128], 128),
  "5a": widths(256, [160, 320], [32, 128], 128),
  "5b": widths(384, [192, 384], [48, 128], 128),
} as const;

/**
 * GoogLeNet as in the paper: biases and local response normalisation, no batch norm. 6,998,552 parameters without the two auxiliary
 * classifiers, which BVLC's Caffe model has as well, and 13,378,280 with them. Outputs: `classes`, and `auxiliary1` and `auxiliary2`, whose losses
 * the paper weighs with 0.3.
 *
 * Source: Szegedy et al. 2015, https://arxiv.org/abs/1409.4842
 */
export function googlenet(options: GooglenetOptions = {}): ModelSpec {
  const { shape = [224, 224, 3], classes = 1000, auxiliary = true } = options;
  const stem = chain(
    layers.conv2d({ filters: 64, size: 7, stride: 2, padding: 3, activation: "relu", name: "stem.first" }),
    pool("stem.pool1"),
    layers.localResponseNorm({ name: "stem.norm1" }),
    layers.conv2d({ filters: 64, size: 1, activation: "relu", name: "stem.reduce" }),
    layers.conv2d({ filters: 192, size: 3, padding: 1, activation: "relu", name: "stem.second" }),
    layers.localResponseNorm({ name: "stem.norm2" }),
    pool("stem.pool2"),
  );
  const three = chain(block("3a"), block("3b"), pool("pool3"))(stem(input("inputs", shape)));
  const four = block("4a")(three);
  const middle = chain(block("4b"), block("4c"), block("4d"))(four);
  const last = chain(
    ...[block("4e"), pool("pool4"), block("5a"), block("5b")],
    layers.globalAvgPool({ name: "pool5" }),
    layers.dropout({ rate: 0.4, name: "dropout" }),
    layers.dense({ units: classes, name: "classes" }),
  )(middle);
  const outputs = { classes: last };
  if (!auxiliary) return modelSpec(outputs, { initializer: "glorot-uniform" });
  const helpers = {
    auxiliary1: auxiliaryHead("auxiliary1", classes)(four),
    auxiliary2: auxiliaryHead("auxiliary2", classes)(middle),
  };
  return modelSpec({ ...outputs, ...helpers }, { initializer: "glorot-uniform" });
}

/** Three inceptions at 32 x 32, with one auxiliary classifier. */
export function googlenetSmall(options: GooglenetOptions = {}): ModelSpec {
  const { shape = [32, 32, 3], classes = 10, auxiliary = true } = options;
  const conv = layers.conv2d({ filters: 32, size: 3, padding: 1, activation: "relu", name: "stem" });
  const first = chain(
    conv,
    inceptionBlock({ ...widths(16, [16, 24], [8, 12], 12), name: "inception1" }),
    pool("pool1"),
  )(input("inputs", shape));
  const second = inceptionBlock({ ...widths(32, [32, 48], [12, 24], 24), name: "inception2" })(first);
  const last = chain(
    pool("pool2"),
    inceptionBlock({ ...widths(48, [48, 80], [16, 32], 32), name: "inception3" }),
    layers.globalAvgPool({ name: "pool3" }),
    layers.dropout({ rate: 0.4, name: "dropout" }),
    layers.dense({ units: classes, name: "classes" }),
  )(second);
  const outputs = { classes: last };
  if (!auxiliary) return modelSpec(outputs, { initializer: "he-normal" });
  const helper = chain(
    layers.globalAvgPool({ name: "auxiliary1.pool" }),
    layers.dense({ units: classes, name: "auxiliary1" }),
  )(second);
  return modelSpec({ ...outputs, auxiliary1: helper }, { initializer: "he-normal" });
}

function block(name: keyof typeof inceptions): (x: Node) => Node {
  return inceptionBlock({ ...inceptions[name], name: `inception${name}` });
}

function pool(name: string) {
  return layers.maxPool({ size: 3, stride: 2, padding: 1, name });
}

function auxiliaryHead(name: string, classes: number): (x: Node) => Node {
  return chain(
    layers.avgPool({ size: 5, stride: 3, name: `${name}.pool` }),
    layers.conv2d({ filters: 128, size: 1, activation: "relu", name: `${name}.conv` }),
    layers.flatten({ name: `${name}.flatten` }),
    layers.dense({ units: 1024, activation: "relu", name: `${name}.hidden` }),
    layers.dropout({ rate: 0.7, name: `${name}.dropout` }),
    layers.dense({ units: classes, name }),
  );
}
