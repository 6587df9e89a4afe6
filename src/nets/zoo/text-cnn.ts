import { chain, input, layers, modelSpec } from "../models/builder.js";
import type { ModelSpec } from "../models/spec.js";

export interface TextCnnOptions {
  /** Different words; default 1000. */
  words?: number;
  /** Values of a word's vector; default 300. */
  embedding?: number;
  /** Words that a filter covers; default 3, 4 and 5. */
  sizes?: readonly number[];
  /** Of each size; default 100. */
  filters?: number;
  classes?: number;
  /** Default 0.5. */
  dropout?: number;
}

/**
 * Convolutions over word vectors, each pooled over the whole sentence: CNN-rand. Inputs: `words` and their `mask`. Outputs: `classes`.
 *
 * Source: Kim 2014, https://arxiv.org/abs/1408.5882
 */
export function textCnn(options: TextCnnOptions = {}): ModelSpec {
  const {
    words = 1000,
    embedding = 300,
    sizes = [3, 4, 5],
    filters = 100,
    classes = 2,
    dropout = 0.5,
  } = options;
  const mask = input("mask", [null]);
  const vectors = layers.embedding({ count: words, size: embedding })(input("words", [null], "int32"));
  const pooled = sizes.map((size) =>
    layers.globalMaxPool({ masked: true })(
      layers.conv1d({ filters, size, padding: "same", activation: "relu" })(vectors),
      mask,
    ),
  );
  const features = pooled.length > 1 ? layers.concat()(...pooled) : pooled[0]!;
  const head = chain(layers.dropout({ rate: dropout }), layers.dense({ units: classes, name: "classes" }));
  return modelSpec({ classes: head(features) }, { initializer: "glorot-uniform" });
}
