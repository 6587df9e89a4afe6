import { chain, input, type LayerFunction, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import type { ImageShape } from "./blocks.js";

export interface AlexnetOptions {
  /** Default 224 x 224 x 3, of the small one 32 x 32 x 3. */
  shape?: ImageShape;
  classes?: number;
  dropout?: number;
}

/**
 * AlexNet as in the one-weird-trick variant (64-192-384-256-256, without groups and without normalisation): 61,100,840 parameters for
 * 1,000 classes of images of 224 x 224.
 *
 * Source: Krizhevsky et al. 2012; Krizhevsky 2014, https://arxiv.org/abs/1404.5997
 */
export function alexnet(options: AlexnetOptions = {}): ModelSpec {
  const { shape = [224, 224, 3], classes = 1000, dropout = 0.5 } = options;
  const body = chain(
    conv({ filters: 64, size: 11, stride: 4, padding: 2 }),
    pool(),
    conv({ filters: 192, size: 5, padding: 2 }),
    pool(),
    conv({ filters: 384, size: 3, padding: 1 }),
    conv({ filters: 256, size: 3, padding: 1 }),
    conv({ filters: 256, size: 3, padding: 1 }),
    pool(),
    layers.flatten(),
    ...head({ units: 4096, classes, dropout }),
  );
  return modelSpec({ classes: body(input("inputs", shape)) }, { initializer: "he-normal" });
}

/** The same idea at 32 x 32, with the paper's local response normalisation: five convolutions and two hidden layers. */
export function alexnetSmall(options: AlexnetOptions = {}): ModelSpec {
  const { shape = [32, 32, 3], classes = 10, dropout = 0.5 } = options;
  const body = chain(
    conv({ filters: 32, size: 5, padding: 2 }),
    layers.localResponseNorm(),
    layers.maxPool({ size: 3, stride: 2, padding: 1 }),
    conv({ filters: 64, size: 3, padding: 1 }),
    layers.localResponseNorm(),
    layers.maxPool({ size: 3, stride: 2, padding: 1 }),
    conv({ filters: 96, size: 3, padding: 1 }),
    conv({ filters: 64, size: 3, padding: 1 }),
    conv({ filters: 64, size: 3, padding: 1 }),
    layers.maxPool({ size: 3, stride: 2, padding: 1 }),
    layers.flatten(),
    ...head({ units: 256, classes, dropout }),
  );
  return modelSpec({ classes: body(input("inputs", shape)) }, { initializer: "he-normal" });
}

function conv(settings: { filters: number; size: number; stride?: number; padding: number }): LayerFunction {
  return layers.conv2d({ ...settings, activation: "relu" });
}

function pool(): LayerFunction {
  return layers.maxPool({ size: 3, stride: 2 });
}

function head({ units, classes, dropout }: { units: number; classes: number; dropout: number }) {
  const hidden = () => [layers.dropout({ rate: dropout }), layers.dense({ units, activation: "relu" })];
  return [...hidden(), ...hidden(), layers.dense({ units: classes, name: "classes" })];
}
