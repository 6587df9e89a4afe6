import { chain, layers, type Node } from "../models/builder.js";

/** Height, width and channels of a net's images. */
export type ImageShape = readonly [height: number, width: number, channels: number];

export interface ConvBlockOptions {
  filters: number;
  size: number;
  stride?: number;
  padding?: number;
  /** Prefix of the nodes' names. */
  name: string;
  /** Default true. */
  relu?: boolean;
}

/** Convolution without a bias, batch norm, relu. Nodes: `conv`, `norm`, `relu`. */
export function convNormRelu(options: ConvBlockOptions): (x: Node) => Node {
  const { filters, size, stride = 1, padding = Math.floor(size / 2), name, relu = true } = options;
  return chain(
    layers.conv2d({ filters, size, stride, padding, bias: false, name: `${name}.conv` }),
    layers.batchNorm({ name: `${name}.norm` }),
    ...(relu ? [layers.activation({ activation: "relu", name: `${name}.relu` })] : []),
  );
}

export interface ResidualOptions {
  /** Of the block's inside; a bottleneck puts out four times as many. */
  filters: number;
  stride?: number;
  /** Whether the input has another size or width than the output, and so is brought to it by a convolution of 1 x 1. */
  project: boolean;
  name: string;
}

/** relu(x + two convolutions of 3 x 3) (He et al. 2016, figure 5 left, https://arxiv.org/abs/1512.03385). */
export function residualBlock({ filters, stride = 1, project, name }: ResidualOptions): (x: Node) => Node {
  return (x) => {
    const inner = chain(
      convNormRelu({ filters, size: 3, stride, name: `${name}.first` }),
      convNormRelu({ filters, size: 3, relu: false, name: `${name}.second` }),
    )(x);
    return joined(x, inner, { filters, stride, project, name });
  };
}

/** relu(x + convolutions of 1 x 1, 3 x 3 and 1 x 1), with the stride in the middle (the same, figure 5 right; torchvision's v1.5). */
export function bottleneckBlock({ filters, stride = 1, project, name }: ResidualOptions): (x: Node) => Node {
  return (x) => {
    const inner = chain(
      convNormRelu({ filters, size: 1, name: `${name}.first` }),
      convNormRelu({ filters, size: 3, stride, name: `${name}.second` }),
      convNormRelu({ filters: 4 * filters, size: 1, relu: false, name: `${name}.third` }),
    )(x);
    return joined(x, inner, { filters: 4 * filters, stride, project, name });
  };
}

function joined(x: Node, inner: Node, { filters, stride = 1, project, name }: ResidualOptions): Node {
  const shortcut = project
    ? convNormRelu({ filters, size: 1, stride, relu: false, name: `${name}.shortcut` })(x)
    : x;
  const sum = layers.add({ name: `${name}.add` })(inner, shortcut);
  return layers.activation({ activation: "relu", name: `${name}.relu` })(sum);
}

export interface InceptionOptions {
  /** Filters of 1 x 1. */
  one: number;
  /** Filters of 1 x 1, then of 3 x 3. */
  three: readonly [number, number];
  five: readonly [number, number];
  /** Filters of 1 x 1 after a pooling of 3 x 3. */
  pooled: number;
  name: string;
}

/**
 * Four ways beside each other: 1 x 1, 3 x 3, 5 x 5 and pooling (Szegedy et al. 2015, figure 2b, https://arxiv.org/abs/1409.4842). The
 * activations follow the convolutions at once.
 */
export function inceptionBlock({ one, three, five, pooled, name }: InceptionOptions): (x: Node) => Node {
  const conv = (filters: number, size: number, part: string) =>
    layers.conv2d({
      ...{ filters, size, padding: Math.floor(size / 2), activation: "relu" as const },
      name: `${name}.${part}`,
    });
  return (x) =>
    layers.concat({ name: `${name}.concat` })(
      conv(one, 1, "one")(x),
      chain(conv(three[0], 1, "threeReduce"), conv(three[1], 3, "three"))(x),
      chain(conv(five[0], 1, "fiveReduce"), conv(five[1], 5, "five"))(x),
      chain(
        layers.maxPool({ size: 3, stride: 1, padding: 1, name: `${name}.pool` }),
        conv(pooled, 1, "pooled"),
      )(x),
    );
}

export interface DenseBlockOptions {
  /** How many layers; each sees the outputs of all before it. */
  layers: number;
  /** Channels that a layer adds. */
  growth: number;
  /** A layer first narrows to so many times the growth; default 4. */
  bottleneck?: number;
  name: string;
}

/** Layers of norm, relu, 1 x 1, norm, relu, 3 x 3 (Huang et al. 2017, section 3, https://arxiv.org/abs/1608.06993). */
export function denseBlock(options: DenseBlockOptions): (x: Node) => Node {
  const { layers: count, growth, bottleneck = 4, name } = options;
  return (x) => {
    const seen = [x];
    for (let i = 1; i <= count; i++) {
      const prefix = `${name}.layer${i}`;
      const all = seen.length > 1 ? layers.concat({ name: `${prefix}.concat` })(...seen) : x;
      const added = chain(
        normReluConv({ filters: bottleneck * growth, size: 1, name: `${prefix}.first` }),
        normReluConv({ filters: growth, size: 3, name: `${prefix}.second` }),
      )(all);
      seen.push(added);
    }
    return layers.concat({ name: `${name}.concat` })(...seen);
  };
}

/** Batch norm and relu before a convolution without a bias. */
export function normReluConv({ filters, size, name }: ConvBlockOptions): (x: Node) => Node {
  return chain(
    layers.batchNorm({ name: `${name}.norm` }),
    layers.activation({ activation: "relu", name: `${name}.relu` }),
    layers.conv2d({ filters, size, padding: Math.floor(size / 2), bias: false, name: `${name}.conv` }),
  );
}
