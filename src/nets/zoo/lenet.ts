import { chain, input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import type { ImageShape } from "./blocks.js";

export interface LenetOptions {
  /** Default 28 x 28 x 1. */
  shape?: ImageShape;
  /** `tanh` with mean pooling, as in the paper, or `relu` with max pooling; default tanh. */
  activation?: "tanh" | "relu";
  classes?: number;
  /** Before the last layer; default 0. */
  dropout?: number;
}

/**
 * LeNet-5 on 28 x 28 images: 61,706 parameters. Its third layer sees all maps of the second, where the paper's table 1 leaves out
 * some, and its last layer is plain, where the paper's has radial units: so 61,706 and not 60,000.
 *
 * Source: LeCun et al. 1998, Gradient-based learning applied to document recognition
 */
export function lenet5(options: LenetOptions = {}): ModelSpec {
  const { shape = [28, 28, 1], activation = "tanh", classes = 10, dropout = 0 } = options;
  const pool = () => (activation === "tanh" ? layers.avgPool() : layers.maxPool());
  const body = chain(
    layers.conv2d({ filters: 6, size: 5, padding: 2, activation }),
    pool(),
    layers.conv2d({ filters: 16, size: 5, activation }),
    pool(),
    layers.flatten(),
    layers.dense({ units: 120, activation }),
    layers.dense({ units: 84, activation }),
    ...(dropout !== 0 ? [layers.dropout({ rate: dropout })] : []),
    layers.dense({ units: classes, name: "classes" }),
  );
  const initializer = activation === "tanh" ? "glorot-uniform" : "he-normal";
  return modelSpec({ classes: body(input("inputs", shape)) }, { initializer });
}
