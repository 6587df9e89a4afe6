import { chain, input, layers, modelSpec, type Node } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import { convNormRelu, denseBlock, type ImageShape, normReluConv } from "./blocks.js";

export interface DensenetOptions {
  /** Default 224 x 224 x 3, of the small one 32 x 32 x 3. */
  shape?: ImageShape;
  classes?: number;
}

/**
 * DenseNet-121 for images of 224 x 224: growth 32, blocks of 6, 12, 24 and 16 layers, 7,978,856 parameters for 1,000 classes.
 *
 * Source: Huang et al. 2017, table 1, https://arxiv.org/abs/1608.06993
 */
export function densenet121({ shape = [224, 224, 3], classes = 1000 }: DensenetOptions = {}): ModelSpec {
  const stem = chain(
    convNormRelu({ filters: 64, size: 7, stride: 2, name: "stem" }),
    layers.maxPool({ size: 3, stride: 2, padding: 1, name: "stem.pool" }),
  );
  const body = dense({ blocks: [6, 12, 24, 16], growth: 32, entering: 64 });
  return classifier(body(stem(input("inputs", shape))), classes);
}

/** DenseNet for images of 32 x 32: three blocks of 4 layers, growth 12. */
export function densenetSmall({ shape = [32, 32, 3], classes = 10 }: DensenetOptions = {}): ModelSpec {
  const stem = layers.conv2d({ filters: 24, size: 3, padding: 1, bias: false, name: "stem" });
  const body = dense({ blocks: [4, 4, 4], growth: 12, entering: 24 });
  return classifier(body(stem(input("inputs", shape))), classes);
}

interface Blocks {
  blocks: readonly number[];
  growth: number;
  /** Channels of what comes in. */
  entering: number;
}

/** Dense blocks, and between them transitions that halve the channels and the sides. */
function dense({ blocks, growth, entering }: Blocks): (x: Node) => Node {
  return (x) => {
    let y = x;
    let channels = entering;
    for (const [index, count] of blocks.entries()) {
      y = denseBlock({ layers: count, growth, name: `block${index + 1}` })(y);
      channels += count * growth;
      if (index === blocks.length - 1) break;
      channels = Math.floor(channels / 2);
      const name = `transition${index + 1}`;
      y = chain(
        normReluConv({ filters: channels, size: 1, name }),
        layers.avgPool({ name: `${name}.pool` }),
      )(y);
    }
    return y;
  };
}

function classifier(x: Node, classes: number): ModelSpec {
  const head = chain(
    layers.batchNorm({ name: "norm" }),
    layers.activation({ activation: "relu", name: "relu" }),
    layers.globalAvgPool({ name: "pool" }),
    layers.dense({ units: classes, name: "classes" }),
  );
  return modelSpec({ classes: head(x) }, { initializer: "he-normal" });
}
