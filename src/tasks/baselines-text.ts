import { Generator } from "gymnasium-js";
import { z } from "zod";
import { baselines, natsPerSymbol, type SequenceModel } from "../supervised/baselines/index.js";
import { characterVocabulary, type Figures, type Vocabulary } from "../supervised/index.js";
import { studyTask, type TaskReport } from "./task.js";

const sample = z.int().min(0).default(400).describe("characters of text that it writes; default 400");

/** The next character by how often it came after the last ones: beside `shakespeare-lstm`, on the same validation split. */
export const shakespeareMarkov = studyTask({
  name: "shakespeare-markov",
  about: "the next character of Shakespeare's plays by a Markov chain, which then writes some",
  data: ["tinyshakespeare"],
  settings: z.strictObject({
    config: baselines.markov.configSchema.prefault({}).describe("of the chain"),
    sample,
  }),
  run: async ({ settings, seed, load, breathe }) => {
    const { splits } = await load("tinyshakespeare");
    const vocabulary = characterVocabulary(splits.train);
    await breathe();
    const chain = baselines.markov.fit(
      { sequences: [encoded(splits.train, vocabulary)], symbols: vocabulary.size },
      settings.config,
    );
    const judged = [encoded(splits.validation, vocabulary)];
    return textReport(chain, { judged, vocabulary, length: settings.sample, seed });
  },
});

/** The same by states that nobody sees, from a part of the text: they remember less than the last characters tell. */
export const shakespeareHmm = studyTask({
  name: "shakespeare-hmm",
  about: "the characters of Shakespeare's plays by a hidden Markov model, which then writes some",
  data: ["tinyshakespeare"],
  settings: z.strictObject({
    characters: z
      .int()
      .min(2)
      .default(100_000)
      .describe("characters to learn from, at the text's beginning; default 100000"),
    length: z
      .int()
      .min(2)
      .default(500)
      .describe("characters of the pieces that the text is cut into; default 500"),
    config: baselines.hmm.configSchema.prefault({ states: 32, maxIterations: 60 }).describe("of the model"),
    sample,
  }),
  run: async ({ settings, seed, load, progress, breathe }) => {
    const { splits } = await load("tinyshakespeare");
    const vocabulary = characterVocabulary(splits.train);
    const { characters, length } = settings;
    const pieces = (text: string) => piecesOf(encoded(text, vocabulary), length);
    await breathe();
    const model = baselines.hmm.fit(
      { sequences: pieces(splits.train.slice(0, characters)), symbols: vocabulary.size },
      settings.config,
      { seed, onProgress: ({ done, total }) => progress(`step ${done} of ${total}`) },
    );
    return textReport(model, {
      ...{ judged: pieces(splits.validation), vocabulary, length: settings.sample, seed },
    });
  },
});

function encoded(text: string, vocabulary: Vocabulary): Int32Array {
  return vocabulary.encode([...text]);
}

function piecesOf(symbols: Int32Array, length: number): Int32Array[] {
  const count = Math.ceil(symbols.length / length);
  return Array.from({ length: count }, (_, index) => symbols.subarray(index * length, (index + 1) * length));
}

interface Judged {
  judged: readonly Int32Array[];
  vocabulary: Vocabulary;
  /** Of the text to write. */
  length: number;
  seed: number;
}

function textReport(
  model: SequenceModel,
  { judged, vocabulary, length, seed }: Judged,
): TaskReport & { figures: Figures } {
  const nats = natsPerSymbol(model, judged);
  const written = model.sample(length, new Generator([seed, 2]));
  return {
    figures: { loss: nats, perplexity: Math.exp(nats) },
    ...(length === 0 ? {} : { text: Array.from(written, (symbol) => vocabulary.tokens[symbol]!).join("") }),
  };
}
