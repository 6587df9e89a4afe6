import { conv2d, dense, layerNorm, tf } from "../../src/tensors/index.js";
import { layerCases } from "./conformance-layers.js";

/** One op as a function of float32 inputs, checked forward and by its gradient on every engine. */
export interface ConformanceCase {
  name: string;
  /** Shape of each differentiable input. */
  inputs: readonly (readonly number[])[];
  /** Values of the inputs: by default in (-1, 1); `positive` in (0.5, 2); `apart` distinct, at least 0.05 apart. */
  values?: "signed" | "positive" | "apart";
  compute(...inputs: tf.Tensor[]): tf.Tensor;
  /** Largest relative error against cpu; default 1e-5. */
  tolerance?: number;
}

type Unary = (x: tf.Tensor) => tf.Tensor;

const elementwise = (values: ConformanceCase["values"], ops: Record<string, Unary>): ConformanceCase[] =>
  Object.entries(ops).map(([name, compute]) => ({
    name,
    inputs: [[3, 7]],
    values,
    compute,
    tolerance: 3e-5,
  }));

const gelu: Unary = (x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.mul(x, Math.SQRT1_2)), 1));
const huber: Unary = (x) => {
  const size = tf.abs(x);
  const quadratic = tf.minimum(size, 0.4);
  return tf.add(tf.mul(tf.square(quadratic), 0.5), tf.mul(tf.sub(size, quadratic), 0.4));
};

const unary = [
  ...elementwise("apart", {
    abs: tf.abs,
    clipByValue: (x) => tf.clipByValue(x, -0.52, 0.52),
    elu: tf.elu,
    erf: tf.erf,
    exp: tf.exp,
    gelu,
    huber,
    leakyRelu: (x) => tf.leakyRelu(x, 0.1),
    neg: tf.neg,
    relu: tf.relu,
    relu6: (x) => tf.relu6(tf.mul(x, 9)),
    sigmoid: tf.sigmoid,
    sin: tf.sin,
    cos: tf.cos,
    softplus: tf.softplus,
    square: tf.square,
    tanh: tf.tanh,
    "step and sign (flat)": (x) => tf.add(tf.mul(tf.step(x), x), tf.mul(tf.sign(x), x)),
    cast: (x) => tf.cast(x, "float32"),
    clone: tf.clone,
  }),
  ...elementwise("positive", {
    log: tf.log,
    log1p: tf.log1p,
    expm1: tf.expm1,
    sqrt: tf.sqrt,
    rsqrt: tf.rsqrt,
    reciprocal: tf.reciprocal,
    pow: (x) => tf.pow(x, 2.5),
  }),
];

const binary: ConformanceCase[] = [
  {
    name: "add, broadcast",
    inputs: [
      [4, 1, 3],
      [5, 1],
    ],
    compute: (a, b) => tf.add(a!, b!),
  },
  { name: "sub, broadcast", inputs: [[2, 3], [3]], compute: (a, b) => tf.sub(a!, b!) },
  { name: "mul, broadcast", inputs: [[2, 3], []], compute: (a, b) => tf.mul(a!, b!) },
  {
    name: "div, broadcast",
    inputs: [
      [2, 3],
      [2, 1],
    ],
    values: "positive",
    compute: (a, b) => tf.div(a!, b!),
  },
  {
    name: "pow, both",
    inputs: [[6], [6]],
    values: "positive",
    compute: (a, b) => tf.pow(a!, b!),
    tolerance: 3e-5,
  },
  { name: "maximum", inputs: [[3, 5], [5]], values: "apart", compute: (a, b) => tf.maximum(a!, b!) },
  {
    name: "minimum",
    inputs: [
      [3, 5],
      [3, 5],
    ],
    values: "apart",
    compute: (a, b) => tf.minimum(a!, b!),
  },
  { name: "squaredDifference", inputs: [[4, 2], [2]], compute: (a, b) => tf.squaredDifference(a!, b!) },
  { name: "addN", inputs: [[3], [3], [3]], compute: (...all) => tf.addN(all) },
  { name: "prelu", inputs: [[3, 5], [5]], values: "apart", compute: (x, alpha) => tf.prelu(x!, alpha!) },
  {
    name: "where",
    inputs: [
      [2, 3],
      [2, 3],
    ],
    compute: (a, b) =>
      tf.where(
        tf.tensor2d(
          [
            [1, 0, 1],
            [0, 1, 1],
          ],
          [2, 3],
          "bool",
        ),
        a!,
        b!,
      ),
  },
];

const structural: ConformanceCase[] = [
  { name: "reshape", inputs: [[2, 6]], compute: (x) => tf.square(tf.reshape(x!, [3, 4])) },
  {
    name: "expandDims and squeeze",
    inputs: [[2, 3]],
    compute: (x) => tf.squeeze(tf.square(tf.expandDims(x!, 1))),
  },
  { name: "transpose", inputs: [[2, 3, 4]], compute: (x) => tf.square(tf.transpose(x!, [2, 0, 1])) },
  { name: "reverse", inputs: [[2, 5]], compute: (x) => tf.square(tf.reverse(x!, 1)) },
  { name: "slice", inputs: [[4, 5]], compute: (x) => tf.square(tf.slice(x!, [1, 2], [2, -1])) },
  {
    name: "pad",
    inputs: [[2, 3]],
    compute: (x) =>
      tf.square(
        tf.pad(x!, [
          [1, 0],
          [2, 1],
        ]),
      ),
  },
  { name: "tile", inputs: [[2, 3]], compute: (x) => tf.square(tf.tile(x!, [2, 3])) },
  { name: "broadcastTo", inputs: [[2, 1]], compute: (x) => tf.square(tf.broadcastTo(x!, [3, 2, 4])) },
  {
    name: "concat",
    inputs: [
      [2, 3],
      [2, 1],
    ],
    compute: (a, b) => tf.square(tf.concat([a!, b!], 1)),
  },
  {
    name: "stack",
    inputs: [
      [2, 3],
      [2, 3],
    ],
    compute: (a, b) => tf.square(tf.stack([a!, b!], 1)),
  },
  { name: "unstack, one part unused", inputs: [[3, 2]], compute: (x) => tf.mul(...unstacked(x!)) },
  {
    name: "split, one part unused",
    inputs: [[2, 6]],
    compute: (x) => tf.square(tf.split(x!, [1, 2, 3], 1)[1]!),
  },
  { name: "gather rows", inputs: [[5, 3]], compute: (x) => tf.square(tf.gather(x!, [4, 0, 4, 2])) },
  { name: "gather columns", inputs: [[3, 5]], compute: (x) => tf.square(tf.gather(x!, [4, 0, 4, 2], 1)) },
  {
    name: "oneHot picks Q(s, a)",
    inputs: [[3, 4]],
    compute: (q) => tf.square(tf.sum(tf.mul(q!, tf.oneHot(tf.tensor1d([2, 0, 3], "int32"), 4)), 1)),
  },
  {
    name: "unsortedSegmentSum",
    inputs: [[4, 2]],
    compute: (x) => tf.square(tf.unsortedSegmentSum(x!, tf.tensor1d([1, 0, 1, 2], "int32"), 3)),
  },
];

function unstacked(x: tf.Tensor): [tf.Tensor, tf.Tensor] {
  const [first, , third] = tf.unstack(x);
  return [first!, third!];
}

const reductions: ConformanceCase[] = [
  { name: "sum, first axis", inputs: [[4, 3]], compute: (x) => tf.square(tf.sum(x!, 0)) },
  { name: "sum, middle axis kept", inputs: [[2, 3, 4]], compute: (x) => tf.square(tf.sum(x!, 1, true)) },
  { name: "sum of all", inputs: [[2, 3]], compute: (x) => tf.square(tf.sum(x!)) },
  { name: "mean, two axes", inputs: [[2, 3, 4]], compute: (x) => tf.square(tf.mean(x!, [0, 2])) },
  { name: "mean of all", inputs: [[5, 7]], compute: (x) => tf.square(tf.mean(x!)) },
  { name: "max", inputs: [[3, 5]], values: "apart", compute: (x) => tf.square(tf.max(x!, 1)) },
  { name: "min, kept", inputs: [[3, 5]], values: "apart", compute: (x) => tf.square(tf.min(x!, 0, true)) },
  { name: "prod", inputs: [[3, 4]], values: "positive", compute: (x) => tf.prod(x!, 1), tolerance: 3e-5 },
  { name: "cumsum", inputs: [[3, 4]], compute: (x) => tf.square(tf.cumsum(x!, 1)) },
  { name: "logSumExp", inputs: [[3, 4]], compute: (x) => tf.logSumExp(x!, 1), tolerance: 3e-5 },
  { name: "softmax", inputs: [[3, 5]], compute: (x) => tf.softmax(x!), tolerance: 3e-5 },
  { name: "logSoftmax", inputs: [[3, 5]], compute: (x) => tf.logSoftmax(x!), tolerance: 3e-5 },
];

const products: ConformanceCase[] = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({
    name: `matMul${transposeA ? " A^T" : " A"}${transposeB ? " B^T" : " B"}`,
    inputs: [transposeA ? [9, 7] : [7, 9], transposeB ? [13, 9] : [9, 13]],
    compute: (a: tf.Tensor, b: tf.Tensor) => tf.matMul(a, b, transposeA, transposeB),
  })),
);

const layers: ConformanceCase[] = [
  ...products,
  {
    name: "matMul, deep",
    inputs: [
      [2, 1100],
      [1100, 3],
    ],
    compute: (a, b) => tf.matMul(a!, b!),
    tolerance: 1e-4,
  },
  {
    name: "matMul, batches broadcast",
    inputs: [
      [3, 2, 4],
      [1, 4, 5],
    ],
    compute: (a, b) => tf.matMul(a!, b!),
  },
  ...(["linear", "relu", "tanh", "sigmoid"] as const).map((activation) => ({
    name: `dense, ${activation}`,
    inputs: [[5, 12], [12, 10], [10]],
    compute: (x: tf.Tensor, w: tf.Tensor, b: tf.Tensor) => dense(x, w, b, activation),
    tolerance: 3e-5,
  })),
  {
    name: "dense without bias",
    inputs: [
      [2, 3],
      [3, 4],
    ],
    compute: (x, w) => dense(x!, w!, null, "relu"),
  },
];

/** Geometry of convolutions: both paddings, strides, sizes that do not divide, 1 x 1, one and several channels. */
const geometries = [
  { x: [2, 6, 5, 3], filter: [3, 3, 3, 4], stride: 1, padding: "valid" },
  { x: [1, 7, 7, 2], filter: [3, 2, 2, 9], stride: 2, padding: "same" },
  { x: [2, 9, 9, 1], filter: [4, 4, 1, 2], stride: [3, 2], padding: "valid" },
  { x: [2, 4, 4, 5], filter: [1, 1, 5, 8], stride: 1, padding: "same" },
  { x: [1, 3, 3, 2], filter: [5, 5, 2, 3], stride: 1, padding: "same" },
] as const;

const convolutions: ConformanceCase[] = geometries.flatMap(({ x, filter, stride, padding }) => {
  const shape = `[${x}] by [${filter}], stride ${stride}, ${padding}`;
  const strides = typeof stride === "number" ? stride : ([...stride] as [number, number]);
  const asImage = (tensor: tf.Tensor) => tensor as tf.Tensor4D;
  return [
    {
      name: `conv2d with bias and tanh ${shape}`,
      inputs: [x, filter, [filter[3]]],
      compute: (image, weights, bias) =>
        conv2d(image!, weights!, { stride: strides, padding, bias: bias!, activation: "tanh" }),
      tolerance: 3e-5,
    },
    {
      name: `tf.conv2d ${shape}`,
      inputs: [x, filter],
      compute: (image, weights) => tf.conv2d(asImage(image!), asImage(weights!), strides, padding),
      tolerance: 3e-5,
    },
    {
      name: `tf.depthwiseConv2d ${shape}`,
      inputs: [x, [filter[0], filter[1], x[3], 2]],
      compute: (image, weights) => tf.depthwiseConv2d(asImage(image!), asImage(weights!), strides, padding),
      tolerance: 3e-5,
    },
  ] satisfies ConformanceCase[];
});

const images: ConformanceCase[] = [
  ...convolutions,
  {
    name: "conv2d with bias and relu",
    inputs: [[2, 6, 5, 3], [3, 3, 3, 4], [4]],
    compute: (x, filter, bias) => conv2d(x!, filter!, { bias: bias!, activation: "relu" }),
  },
  {
    name: "conv2dTranspose",
    inputs: [
      [2, 3, 3, 2],
      [3, 3, 4, 2],
    ],
    compute: (x, filter) =>
      tf.conv2dTranspose(x as tf.Tensor4D, filter as tf.Tensor4D, [2, 6, 6, 4], 2, "same"),
  },
  ...(["valid", "same"] as const).flatMap((padding): ConformanceCase[] => [
    {
      name: `maxPool ${padding}`,
      inputs: [[2, 5, 5, 3]],
      values: "apart",
      compute: (x) => tf.square(tf.maxPool(x as tf.Tensor4D, 2, 2, padding)),
    },
    {
      name: `avgPool ${padding}`,
      inputs: [[2, 5, 5, 3]],
      compute: (x) => tf.square(tf.avgPool(x as tf.Tensor4D, 3, 2, padding)),
    },
  ]),
  {
    name: "resizeNearestNeighbor",
    inputs: [[1, 2, 3, 2]],
    compute: (x) => tf.square(tf.image.resizeNearestNeighbor(x as tf.Tensor4D, [4, 6])),
  },
  {
    name: "resizeBilinear",
    inputs: [[1, 2, 3, 2]],
    compute: (x) => tf.square(tf.image.resizeBilinear(x as tf.Tensor4D, [4, 6])),
  },
];

const normalisations: ConformanceCase[] = [
  {
    name: "batchNorm",
    inputs: [[4, 3], [3], [3], [3], [3]],
    values: "positive",
    compute: (x, mean, variance, offset, scale) =>
      tf.batchNorm(
        x!,
        mean as tf.Tensor1D,
        variance as tf.Tensor1D,
        offset as tf.Tensor1D,
        scale as tf.Tensor1D,
      ),
    tolerance: 1e-4,
  },
  {
    name: "layerNorm",
    inputs: [[3, 6], [6], [6]],
    compute: (x, scale, offset) => layerNorm(x!, scale!, offset!, 1e-3),
    tolerance: 1e-4,
  },
  {
    name: "layerNorm of images",
    inputs: [
      [2, 3, 4, 5],
      [3, 4, 5],
      [3, 4, 5],
    ],
    compute: (x, scale, offset) => layerNorm(x!, scale!, offset!, 1e-5),
    tolerance: 1e-4,
  },
  {
    name: "layerNorm by formula",
    inputs: [[3, 6], [6], [6]],
    compute: (x, scale, offset) => {
      const { mean, variance } = tf.moments(x!, 1, true);
      return tf.add(tf.mul(tf.mul(tf.sub(x!, mean), tf.rsqrt(tf.add(variance, 1e-3))), scale!), offset!);
    },
    tolerance: 1e-4,
  },
];

export const conformanceCases: readonly ConformanceCase[] = [
  ...unary,
  ...binary,
  ...structural,
  ...reductions,
  ...layers,
  ...images,
  ...normalisations,
  ...layerCases,
];
