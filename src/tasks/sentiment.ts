import { Generator } from "gymnasium-js";
import { z } from "zod";
import { textCnn } from "../nets/index.js";
import { buildVocabulary, paddedBatches, stratifiedRows } from "../supervised/index.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  embedding: z.int().min(1).default(300).describe("values of a word's vector; default 300"),
  filters: z.int().min(1).default(100).describe("of each size; default 100"),
  sizes: z
    .array(z.int().min(1))
    .min(1)
    .default([3, 4, 5])
    .describe("words that a filter covers; default [3,4,5]"),
  dropout: z.number().min(0).lt(1).default(0.5).describe("of the pooled features; default 0.5"),
  batchSize: z.int().min(1).default(50).describe("sentences in a batch; default 50"),
});

/** Whether a sentence of a film review is for or against it: CNN-rand of Kim 2014, https://arxiv.org/abs/1408.5882. */
export const sentiment = fitTask({
  name: "sentiment",
  about: "sentences of film reviews, for or against, by convolutions over random word vectors",
  data: ["rt-polarity"],
  settings,
  config: () => ({
    objective: {
      inputs: { words: "words", mask: "wordsMask" },
      heads: { classes: { loss: { name: "crossEntropy" }, metrics: ["accuracy", "f1", "auc"] } },
    },
    epochs: 10,
    optimizer: { name: "adam", learningRate: 0.0005 },
    maxNorm: null,
    earlyStopping: { metric: "accuracy", patience: 4 },
  }),
  prepare: async ({ settings: { embedding, filters, sizes, dropout, batchSize }, seed, load }) => {
    const { splits, classes } = await load("rt-polarity");
    const words = (sentence: string) => sentence.split(/\s+/);
    const [trainRows, validationRows] = stratifiedRows(
      splits.train.labels,
      [0.9, 0.1],
      new Generator([seed, 1]),
    ) as [Int32Array, Int32Array];
    const sentences = splits.train.sentences.map(words);
    const vocabulary = buildVocabulary(Array.from(trainRows, (row) => sentences[row]!));
    const source = (tokens: readonly string[][], labels: Int32Array, shuffle: boolean) =>
      paddedBatches(
        { words: tokens.map((sentence) => vocabulary.encode(sentence)) },
        { batchSize, shuffle, seed, multiple: 8, rows: { targets: { data: labels, shape: [] } } },
      );
    const part = (rows: Int32Array, shuffle: boolean) =>
      source(
        Array.from(rows, (row) => sentences[row]!),
        rows.map((row) => splits.train.labels[row]!),
        shuffle,
      );
    return {
      spec: textCnn({
        words: vocabulary.size,
        classes: classes.length,
        ...{ embedding, filters, sizes, dropout },
      }),
      data: {
        train: part(trainRows, true),
        // Rows come class by class.
        trainSample: part(
          trainRows.filter((_, i) => i % 8 === 0),
          false,
        ),
        validation: part(validationRows, false),
        test: source(splits.test.sentences.map(words), splits.test.labels, false),
      },
    };
  },
});
