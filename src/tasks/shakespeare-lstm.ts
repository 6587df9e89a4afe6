import { Generator } from "gymnasium-js";
import { z } from "zod";
import { type Model, manyToMany } from "../nets/index.js";
import { characterVocabulary, languageWindows, type Vocabulary } from "../supervised/index.js";
import { sampleText } from "./sample-text.js";
import { fitTask } from "./task.js";

const settings = z.strictObject({
  cell: z.enum(["lstm", "gru", "rnn"]).default("lstm").describe("kind of recurrent layer; default lstm"),
  embedding: z.int().min(1).default(64).describe("values of a character's vector; default 64"),
  units: z.int().min(1).default(256).describe("of each recurrent layer; default 256"),
  layers: z.int().min(1).max(4).default(1).describe("recurrent layers; default 1"),
  dropout: z.number().min(0).lt(1).default(0.1).describe("after each recurrent layer; default 0.1"),
  time: z.int().min(2).default(64).describe("characters in a window; default 64"),
  batchSize: z.int().min(1).default(32).describe("windows in a batch; default 32"),
  sample: z.int().min(0).default(400).describe("characters of text that it writes at the end; default 400"),
  temperature: z.number().positive().default(0.8).describe("of that text; default 0.8"),
});

/** The next character of Shakespeare's plays, after Karpathy's char-rnn (2015). */
export const shakespeareLstm = fitTask({
  name: "shakespeare-lstm",
  about: "the next character of Shakespeare's plays by an LSTM, which then writes some",
  data: ["tinyshakespeare"],
  settings,
  config: () => ({
    objective: {
      heads: { next: { loss: { name: "crossEntropy" }, metrics: ["accuracy", "perplexity"] } },
    },
    epochs: 12,
    optimizer: { name: "adam", learningRate: 0.002, clipNorm: 5 },
    schedule: { name: "cosine" },
  }),
  prepare: async ({ settings, seed, load }) => {
    const { splits } = await load("tinyshakespeare");
    const vocabulary = characterVocabulary(splits.train);
    const { cell, embedding, units, layers, dropout, time, batchSize, sample, temperature } = settings;
    const validation = languageWindows(encoded(splits.validation, vocabulary), {
      ...{ batchSize: 64, time: 128, order: "streams", seed },
    });
    const train = encoded(splits.train, vocabulary);
    return {
      spec: manyToMany({ tokens: vocabulary.size, cell, embedding, units, layers, dropout }),
      data: {
        train: languageWindows(train, { batchSize, time, order: "random", seed }),
        validation,
        test: validation,
      },
      report: (model: Model) => {
        if (sample === 0) return {};
        const rng = new Generator([seed, 2]);
        const options = { prompt: "\n", length: sample, temperature, window: time, rng };
        return { text: sampleText(model, vocabulary, options) };
      },
    };
  },
});

function encoded(text: string, vocabulary: Vocabulary): Int32Array {
  return vocabulary.encode([...text]);
}
