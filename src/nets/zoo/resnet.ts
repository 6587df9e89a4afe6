import { chain, input, layers, modelSpec, type Node } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";
import { bottleneckBlock, convNormRelu, type ImageShape, residualBlock } from "./blocks.js";

export interface ResnetOptions {
  /** Default 224 x 224 x 3, of the small ones 32 x 32 x 3. */
  shape?: ImageShape;
  classes?: number;
}

/** Blocks of each of the four stages (table 1 of the paper), and of which kind. */
const configurations = {
  18: { blocks: [2, 2, 2, 2], block: residualBlock, widening: 1 },
  34: { blocks: [3, 4, 6, 3], block: residualBlock, widening: 1 },
  50: { blocks: [3, 4, 6, 3], block: bottleneckBlock, widening: 4 },
  152: { blocks: [3, 8, 36, 3], block: bottleneckBlock, widening: 4 },
} as const;

/**
 * ResNet for images of 224 x 224: 11,689,512 parameters with 18 layers, 21,797,672 with 34, 25,557,032 with 50 and 60,192,808 with 152, for
 * 1,000 classes.
 *
 * Source: He et al. 2016, https://arxiv.org/abs/1512.03385
 */
export function resnet(
  depth: keyof typeof configurations,
  { shape = [224, 224, 3], classes = 1000 }: ResnetOptions = {},
): ModelSpec {
  const { blocks, block, widening } = configurations[depth];
  const stem = chain(
    convNormRelu({ filters: 64, size: 7, stride: 2, name: "stem" }),
    layers.maxPool({ size: 3, stride: 2, padding: 1, name: "stem.pool" }),
  );
  const body = stages({ blocks, filters: [64, 128, 256, 512], block, widening, entering: 64 });
  return classifier(body(stem(input("inputs", shape))), classes);
}

export interface ResnetSmallOptions extends ResnetOptions {
  /** Blocks of each stage, n in the paper; 6 n + 2 layers. Default 3: ResNet-20. */
  blocks?: number;
  /** Channels of the first of the three stages; default 16. */
  width?: number;
  /** Before the last layer; default 0. */
  dropout?: number;
}

/** ResNet for images of 32 x 32, three stages with 16, 32 and 64 channels (section 4.2 of the paper, with projections). */
export function resnetSmall(options: ResnetSmallOptions = {}): ModelSpec {
  const { shape = [32, 32, 3], classes = 10, blocks = 3, width = 16, dropout = 0 } = options;
  const body = stages({
    ...{ blocks: [blocks, blocks, blocks], filters: [width, 2 * width, 4 * width] },
    ...{ block: residualBlock, widening: 1, entering: width },
  });
  const stem = convNormRelu({ filters: width, size: 3, name: "stem" });
  return classifier(body(stem(input("inputs", shape))), classes, dropout);
}

/** ResNet-18 with a stem for images of 32 x 32: 11,173,962 parameters for 10 classes. */
export function resnet18Small({ shape = [32, 32, 3], classes = 10 }: ResnetOptions = {}): ModelSpec {
  const { blocks, block, widening } = configurations[18];
  const body = stages({ blocks, filters: [64, 128, 256, 512], block, widening, entering: 64 });
  const stem = convNormRelu({ filters: 64, size: 3, name: "stem" });
  return classifier(body(stem(input("inputs", shape))), classes);
}

interface Stages {
  blocks: readonly number[];
  filters: readonly number[];
  block: typeof residualBlock;
  /** How many times its filters a block puts out. */
  widening: number;
  /** Channels of what comes in. */
  entering: number;
}

function stages({ blocks, filters, block, widening, entering }: Stages): (x: Node) => Node {
  return (x) => {
    let y = x;
    let channels = entering;
    for (const [stage, count] of blocks.entries()) {
      const width = filters[stage]!;
      for (let i = 0; i < count; i++) {
        const stride = stage > 0 && i === 0 ? 2 : 1;
        const project = stride > 1 || channels !== width * widening;
        y = block({ filters: width, stride, project, name: `stage${stage + 1}.block${i + 1}` })(y);
        channels = width * widening;
      }
    }
    return y;
  };
}

function classifier(x: Node, classes: number, dropout = 0): ModelSpec {
  const head = chain(
    layers.globalAvgPool({ name: "pool" }),
    ...(dropout !== 0 ? [layers.dropout({ rate: dropout, name: "dropout" })] : []),
    layers.dense({ units: classes, name: "classes" }),
  );
  return modelSpec({ classes: head(x) }, { initializer: "he-normal" });
}
