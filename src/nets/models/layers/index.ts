import { attentionLayer } from "./attention.js";
import { conv1dLayer, conv2dLayer } from "./convolution.js";
import { denseLayer, noisyDenseLayer } from "./dense.js";
import { embeddingLayer } from "./embedding.js";
import { graphConvLayer } from "./graph-convolution.js";
import { batchNormLayer, layerNormLayer, localResponseNormLayer } from "./normalisation.js";
import { avgPoolLayer, globalAvgPoolLayer, globalMaxPoolLayer, maxPoolLayer } from "./pooling.js";
import { dropoutLayer, gaussianNoiseLayer } from "./random.js";
import { gruLayer, lstmLayer, rnnLayer } from "./recurrent.js";
import {
  activationLayer,
  addLayer,
  concatLayer,
  flattenLayer,
  multiplyLayer,
  repeatLayer,
  reshapeLayer,
  softmaxLayer,
} from "./shaping.js";

/** Every kind of layer that a model can have, by the type that its description names. */
export const layerDefinitions = {
  dense: denseLayer,
  noisyDense: noisyDenseLayer,
  conv2d: conv2dLayer,
  conv1d: conv1dLayer,
  maxPool: maxPoolLayer,
  avgPool: avgPoolLayer,
  globalAvgPool: globalAvgPoolLayer,
  globalMaxPool: globalMaxPoolLayer,
  batchNorm: batchNormLayer,
  layerNorm: layerNormLayer,
  localResponseNorm: localResponseNormLayer,
  dropout: dropoutLayer,
  gaussianNoise: gaussianNoiseLayer,
  activation: activationLayer,
  softmax: softmaxLayer,
  flatten: flattenLayer,
  reshape: reshapeLayer,
  repeat: repeatLayer,
  add: addLayer,
  multiply: multiplyLayer,
  concat: concatLayer,
  embedding: embeddingLayer,
  rnn: rnnLayer,
  gru: gruLayer,
  lstm: lstmLayer,
  attention: attentionLayer,
  graphConv: graphConvLayer,
} as const;

export type LayerType = keyof typeof layerDefinitions;
