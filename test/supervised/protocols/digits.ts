import { Generator } from "gymnasium-js";
import { layers, type ModelSpec, sequential } from "../../../src/nets/index.js";
import { type Dataset, glyphDigits, takeRows } from "../../../src/supervised/index.js";

/** Drawn digits of 28x28 pixels as 7x7, each the mean of 16, from 0 to 1. */
export function smallDigits(size: number, seed: number): Dataset {
  const digits = glyphDigits({ size, rng: new Generator(seed) });
  const { data } = digits.fields["inputs"]!;
  const small = new Float32Array(size * 49);
  for (let i = 0; i < data.length; i++) {
    const [row, y, x] = [Math.floor(i / 784), Math.floor((i % 784) / 28), i % 28];
    small[row * 49 + Math.floor(y / 4) * 7 + Math.floor(x / 4)]! += data[i]! / (16 * 255);
  }
  return { ...digits, fields: { ...digits.fields, inputs: { data: small, shape: [7, 7, 1] } } };
}

export function firstRows(data: Dataset, count: number): Dataset {
  return takeRows(
    data,
    Int32Array.from({ length: count }, (_, row) => row),
  );
}

/** A convolution, two dense layers and a classifier. */
export function smallNet(classes: number): ModelSpec {
  return sequential(
    [7, 7, 1],
    [
      layers.conv2d({ filters: 6, size: 3, activation: "relu", name: "conv" }),
      layers.batchNorm({ name: "norm" }),
      layers.flatten(),
      layers.dense({ units: 32, activation: "relu", name: "hidden" }),
      layers.dense({ units: 24, activation: "relu", name: "features" }),
      layers.dense({ units: classes, name: "classifier" }),
    ],
    { initializer: "he-normal" },
  );
}
