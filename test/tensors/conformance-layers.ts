import {
  avgPool,
  batchNormTraining,
  conv2d,
  globalAvgPool,
  localResponseNormalization,
  lstmCell,
  maxPool,
  type Padding,
  tf,
} from "../../src/tensors/index.js";
import type { ConformanceCase } from "./conformance-cases.js";

/** Cases of the layers that supervised nets add: geometry of convolutions and pools, normalisation by batch and channel. */

interface Geometry {
  x: readonly [number, number, number, number];
  filter: readonly [number, number, number, number];
  stride?: number | [number, number];
  dilation?: number | [number, number];
  padding: Padding;
}

const geometries: readonly Geometry[] = [
  { x: [2, 9, 8, 3], filter: [3, 3, 3, 4], dilation: 2, padding: "valid" },
  { x: [1, 7, 7, 2], filter: [3, 2, 2, 9], dilation: [1, 3], padding: "same" },
  { x: [1, 11, 12, 2], filter: [3, 3, 2, 3], stride: 2, dilation: 3, padding: 2 },
  { x: [1, 13, 10, 1], filter: [3, 4, 1, 2], stride: [4, 2], dilation: [2, 2], padding: "same" },
  { x: [1, 12, 12, 2], filter: [2, 3, 2, 3], stride: [3, 2], dilation: [6, 4], padding: "same" },
  { x: [2, 5, 6, 3], filter: [3, 3, 3, 17], padding: 1 },
  { x: [2, 5, 6, 3], filter: [2, 4, 3, 4], stride: [1, 2], padding: 2 },
  {
    x: [1, 5, 4, 2],
    filter: [3, 3, 2, 3],
    padding: [
      [2, 0],
      [1, 3],
    ],
  },
  {
    x: [2, 1, 9, 3],
    filter: [1, 2, 3, 4],
    dilation: [1, 4],
    padding: [
      [0, 0],
      [4, 0],
    ],
  },
];

const convolutions: ConformanceCase[] = geometries.flatMap(({ x, filter, ...geometry }) => {
  const shape = `[${x}] by [${filter}], ${JSON.stringify(geometry)}`;
  return [
    {
      name: `conv2d ${shape}`,
      inputs: [x, filter, [filter[3]]],
      compute: (image, weights, bias) =>
        conv2d(image!, weights!, { ...geometry, bias: bias!, activation: "sigmoid" }),
      tolerance: 3e-5,
    },
    {
      name: `conv2d without bias ${shape}`,
      inputs: [x, filter],
      compute: (image, weights) => tf.square(conv2d(image!, weights!, geometry)),
      tolerance: 3e-5,
    },
  ] satisfies ConformanceCase[];
});

const withoutBias: ConformanceCase[] = (["linear", "relu", "tanh", "sigmoid"] as const).map((activation) => ({
  name: `conv2d without bias, ${activation}`,
  inputs: [
    [2, 4, 5, 3],
    [3, 2, 3, 5],
  ],
  compute: (x, filter) => tf.square(conv2d(x!, filter!, { activation })),
}));

const pools: ConformanceCase[] = (
  [
    { size: 2, padding: "valid" },
    { size: 3, stride: 2, padding: 1 },
    { size: [3, 2], stride: [2, 1], padding: "same" },
    {
      size: 3,
      stride: [1, 2],
      padding: [
        [2, 0],
        [0, 1],
      ],
    },
  ] as const
).flatMap(({ size, padding, ...rest }) => {
  const options = { size, padding, ...rest } as Parameters<typeof maxPool>[1];
  return [
    {
      name: `maxPool ${JSON.stringify(options)}`,
      inputs: [[1, 6, 5, 2]],
      values: "apart",
      compute: (x) => tf.square(maxPool(x!, options)),
    },
    {
      name: `avgPool ${JSON.stringify(options)}`,
      inputs: [[2, 6, 7, 3]],
      compute: (x) => tf.square(avgPool(x!, options)),
    },
  ] satisfies ConformanceCase[];
});

const normalisations: ConformanceCase[] = [
  ...[
    [7, 5],
    [2, 3, 4, 18],
  ].map(
    (shape): ConformanceCase => ({
      name: `batchNormTraining [${shape}]`,
      inputs: [shape, shape.slice(-1), shape.slice(-1)],
      compute: (x, scale, offset) => batchNormTraining(x!, scale!, offset!, 1e-3).y,
      tolerance: 1e-4,
    }),
  ),
  ...[0.75, 0.5, 1.25].map(
    (beta): ConformanceCase => ({
      name: `localResponseNormalization, beta ${beta}`,
      inputs: [[2, 3, 19]],
      compute: (x) => localResponseNormalization(x!, { size: 5, bias: 1.5, alpha: 0.7, beta }),
      tolerance: 3e-5,
    }),
  ),
  {
    name: "localResponseNormalization over more channels than there are",
    inputs: [[4, 3]],
    compute: (x) => localResponseNormalization(x!, { size: 9, bias: 2, alpha: 0.3, beta: 0.75 }),
    tolerance: 3e-5,
  },
];

const recurrent: ConformanceCase[] = (["hidden", "cell"] as const).map((output) => ({
  name: `lstmCell, ${output}`,
  inputs: [
    [3, 20],
    [3, 5],
  ],
  compute: (gates, cell) => lstmCell(gates as tf.Tensor2D, cell as tf.Tensor2D)[output],
}));

const attention: ConformanceCase[] = [
  ...[false, true].flatMap((transposeA) =>
    [false, true].map(
      (transposeB): ConformanceCase => ({
        name: `batches of matMul${transposeA ? " A^T" : " A"}${transposeB ? " B^T" : " B"}`,
        inputs: [transposeA ? [3, 6, 4] : [3, 4, 6], transposeB ? [3, 5, 6] : [3, 6, 5]],
        compute: (a, b) => tf.square(tf.matMul(a!, b!, transposeA, transposeB)),
      }),
    ),
  ),
  { name: "softmax of rank 3", inputs: [[2, 3, 5]], compute: (x) => tf.softmax(x!), tolerance: 3e-5 },
  { name: "logSoftmax of rank 3", inputs: [[2, 3, 5]], compute: (x) => tf.logSoftmax(x!), tolerance: 3e-5 },
  {
    name: "transpose of rank 4",
    inputs: [[2, 3, 4, 5]],
    compute: (x) => tf.square(tf.transpose(x!, [0, 2, 1, 3])),
  },
  {
    name: "gather by ids of rank 2",
    inputs: [[6, 4]],
    compute: (x) => tf.square(tf.gather(x!, tf.tensor2d([5, 0, 2, 5, 1, 5], [2, 3], "int32"))),
  },
  {
    name: "a mask where",
    inputs: [[2, 3, 3]],
    compute: (x) => tf.square(tf.where(tf.greater(x!, 0.1), x!, tf.fill([2, 3, 3], -2))),
    values: "apart",
  },
  {
    name: "reverse of two axes",
    inputs: [[2, 5, 3]],
    compute: (x) => tf.mul(tf.reverse(x!, [0, 1]), tf.add(x!, 1)),
  },
  { name: "mean, outer axes", inputs: [[2, 3, 4, 5]], compute: (x) => tf.square(tf.mean(x!, [0, 1, 2])) },
  { name: "sum, inner axes", inputs: [[2, 3, 4, 5]], compute: (x) => tf.square(tf.sum(x!, [1, 2], true)) },
];

const sums: ConformanceCase[] = [false, true].flatMap((exclusive) =>
  [false, true].map((reverse) => ({
    name: `cumsum of a middle axis${exclusive ? ", exclusive" : ""}${reverse ? ", reverse" : ""}`,
    inputs: [[2, 4, 3]],
    compute: (x: tf.Tensor) => tf.square(tf.cumsum(x, 1, exclusive, reverse)),
  })),
);

export const layerCases: readonly ConformanceCase[] = [
  ...convolutions,
  ...withoutBias,
  ...pools,
  { name: "globalAvgPool", inputs: [[2, 3, 4, 5]], compute: (x) => tf.square(globalAvgPool(x!)) },
  ...normalisations,
  ...recurrent,
  ...attention,
  ...sums,
];
