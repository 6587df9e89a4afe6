import type { ModelSpec } from "../models/spec.js";
import { alexnet, alexnetSmall } from "./alexnet.js";
import { densenet121, densenetSmall } from "./densenet.js";
import { gcn } from "./gcn.js";
import { googlenet, googlenetSmall } from "./googlenet.js";
import { lenet5 } from "./lenet.js";
import { multitask } from "./multitask.js";
import { mlp, perceptron } from "./perceptrons.js";
import { resnet, resnet18Small, resnetSmall } from "./resnet.js";
import { encoderDecoder, manyToMany, manyToOne, oneToMany } from "./sequences.js";
import { textCnn } from "./text-cnn.js";
import { vgg, vggSmall } from "./vgg.js";

/** A net that is known by name. */
export interface ZooEntry {
  /** One line for people, with the paper. */
  about: string;
  /** At its published size, or at the one that the entry is about. */
  build(): ModelSpec;
  /** Parameters that the paper or its usual implementation has; null where there is no such figure. */
  published: number | null;
}

/** Nets by name. The same builders take other sizes. */
export const zoo = {
  perceptron: {
    about: "a single linear unit (Rosenblatt 1958)",
    build: () => perceptron(),
    published: null,
  },
  mlp: { about: "300 and 100 hidden units (LeCun et al. 1998)", build: () => mlp(), published: 266_610 },
  lenet5: { about: "LeNet-5, 28x28 (LeCun et al. 1998)", build: () => lenet5(), published: 61_706 },
  alexnet: {
    about: "AlexNet, 224x224, one-weird-trick variant (Krizhevsky 2014)",
    build: () => alexnet(),
    published: 61_100_840,
  },
  vgg16: {
    about: "VGG-16, 224x224 (Simonyan & Zisserman 2015)",
    build: () => vgg(16),
    published: 138_357_544,
  },
  vgg19: {
    about: "VGG-19, 224x224 (Simonyan & Zisserman 2015)",
    build: () => vgg(19),
    published: 143_667_240,
  },
  googlenet: {
    about: "GoogLeNet, 224x224, with auxiliary heads (Szegedy et al. 2015)",
    build: () => googlenet(),
    published: 13_378_280,
  },
  resnet18: { about: "ResNet-18, 224x224 (He et al. 2016)", build: () => resnet(18), published: 11_689_512 },
  resnet34: { about: "ResNet-34, 224x224 (He et al. 2016)", build: () => resnet(34), published: 21_797_672 },
  resnet50: { about: "ResNet-50, 224x224 (He et al. 2016)", build: () => resnet(50), published: 25_557_032 },
  resnet152: {
    about: "ResNet-152, 224x224 (He et al. 2016)",
    build: () => resnet(152),
    published: 60_192_808,
  },
  densenet121: {
    about: "DenseNet-121, 224x224 (Huang et al. 2017)",
    build: () => densenet121(),
    published: 7_978_856,
  },
  "alexnet-small": {
    about: "AlexNet's five convolutions at 32x32",
    build: () => alexnetSmall(),
    published: null,
  },
  "vgg-small": { about: "VGG's stages at 32x32", build: () => vggSmall(), published: null },
  "googlenet-small": {
    about: "three inceptions at 32x32, with an auxiliary head",
    build: () => googlenetSmall(),
    published: null,
  },
  resnet20: {
    about: "ResNet-20, 32x32 (He et al. 2016, section 4.2, with projections)",
    build: () => resnetSmall(),
    published: null,
  },
  "resnet18-small": {
    about: "ResNet-18 with a stem for 32x32",
    build: () => resnet18Small(),
    published: 11_173_962,
  },
  "densenet-small": { about: "dense blocks at 32x32", build: () => densenetSmall(), published: null },
  "one-to-many": {
    about: "a vector in, a sequence out, by an LSTM",
    build: () => oneToMany(),
    published: null,
  },
  "many-to-one": {
    about: "a sequence in, a class out, by an LSTM",
    build: () => manyToOne(),
    published: null,
  },
  "many-to-many": {
    about: "a token in and one out at each step, by an LSTM",
    build: () => manyToMany(),
    published: null,
  },
  "encoder-decoder": {
    about: "a sequence in, another out, with attention (Luong et al. 2015)",
    build: () => encoderDecoder(),
    published: null,
  },
  "text-cnn": { about: "convolutions over word vectors (Kim 2014)", build: () => textCnn(), published: null },
  gcn: {
    about: "two graph convolutions, Cora's size (Kipf & Welling 2017)",
    build: () => gcn(),
    published: 23_040,
  },
  multitask: { about: "one trunk, three heads (Caruana 1997)", build: () => multitask(), published: null },
} as const satisfies Record<string, ZooEntry>;

export type ZooName = keyof typeof zoo;

export { type AlexnetOptions, alexnet, alexnetSmall } from "./alexnet.js";
export {
  bottleneckBlock,
  convNormRelu,
  type DenseBlockOptions,
  denseBlock,
  type InceptionOptions,
  inceptionBlock,
  type ResidualOptions,
  residualBlock,
} from "./blocks.js";
export { type DensenetOptions, densenet121, densenetSmall } from "./densenet.js";
export { type GcnOptions, gcn } from "./gcn.js";
export { type GooglenetOptions, googlenet, googlenetSmall } from "./googlenet.js";
export { type LenetOptions, lenet5 } from "./lenet.js";
export { type MultitaskOptions, multitask } from "./multitask.js";
export { type MlpOptions, mlp, perceptron } from "./perceptrons.js";
export { type ResnetOptions, type ResnetSmallOptions, resnet, resnet18Small, resnetSmall } from "./resnet.js";
export {
  type Cell,
  type EncoderDecoderOptions,
  encoderDecoder,
  manyToMany,
  manyToOne,
  oneToMany,
  type SequenceOptions,
} from "./sequences.js";
export { type TextCnnOptions, textCnn } from "./text-cnn.js";
export { type VggOptions, vgg, vggSmall } from "./vgg.js";
