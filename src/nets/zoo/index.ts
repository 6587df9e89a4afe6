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
  /** Parameters that the paper or its usual implementation has, and multiply-adds for one row as torchvision counts them; null where there are no such figures. */
  published: { parameters: number; multiplyAdds?: number } | null;
}

/** Nets by name. The same builders take other sizes. */
export const zoo = {
  perceptron: {
    about: "a single linear unit (Rosenblatt 1958)",
    build: () => perceptron(),
    published: null,
  },
  mlp: {
    about: "300 and 100 hidden units (LeCun et al. 1998)",
    build: () => mlp(),
    published: { parameters: 266_610 },
  },
  lenet5: {
    about: "LeNet-5, 28x28 (LeCun et al. 1998)",
    build: () => lenet5(),
    published: { parameters: 61_706 },
  },
  "lenet5-relu": {
    about: "LeNet-5 with relu, max pooling and dropout",
    build: () => lenet5({ activation: "relu", dropout: 0.5 }),
    published: null,
  },
  alexnet: {
    about: "AlexNet, 224x224, one-weird-trick variant (Krizhevsky 2014)",
    build: () => alexnet(),
    published: { parameters: 61_100_840, multiplyAdds: 0.714e9 },
  },
  vgg16: {
    about: "VGG-16, 224x224 (Simonyan & Zisserman 2015)",
    build: () => vgg(16),
    published: { parameters: 138_357_544, multiplyAdds: 15.47e9 },
  },
  vgg19: {
    about: "VGG-19, 224x224 (Simonyan & Zisserman 2015)",
    build: () => vgg(19),
    published: { parameters: 143_667_240, multiplyAdds: 19.63e9 },
  },
  googlenet: {
    about: "GoogLeNet, 224x224, with auxiliary heads (Szegedy et al. 2015)",
    build: () => googlenet(),
    published: { parameters: 13_378_280 },
  },
  resnet18: {
    about: "ResNet-18, 224x224 (He et al. 2016)",
    build: () => resnet(18),
    published: { parameters: 11_689_512, multiplyAdds: 1.814e9 },
  },
  resnet34: {
    about: "ResNet-34, 224x224 (He et al. 2016)",
    build: () => resnet(34),
    published: { parameters: 21_797_672, multiplyAdds: 3.664e9 },
  },
  resnet50: {
    about: "ResNet-50, 224x224 (He et al. 2016)",
    build: () => resnet(50),
    published: { parameters: 25_557_032, multiplyAdds: 4.089e9 },
  },
  resnet152: {
    about: "ResNet-152, 224x224 (He et al. 2016)",
    build: () => resnet(152),
    published: { parameters: 60_192_808, multiplyAdds: 11.51e9 },
  },
  densenet121: {
    about: "DenseNet-121, 224x224 (Huang et al. 2017)",
    build: () => densenet121(),
    published: { parameters: 7_978_856, multiplyAdds: 2.834e9 },
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
  resnet8: {
    about: "ResNet-8, 32x32, one block a stage (He et al. 2016, section 4.2)",
    build: () => resnetSmall({ blocks: 1 }),
    published: null,
  },
  "resnet18-small": {
    about: "ResNet-18 with a stem for 32x32",
    build: () => resnet18Small(),
    published: { parameters: 11_173_962 },
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
    published: { parameters: 23_040 },
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
  type ImageShape,
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
