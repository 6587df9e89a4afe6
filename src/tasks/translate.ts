import { z } from "zod";
import { encoderDecoder, type Model } from "../nets/index.js";
import { Bleu, type MemorySource, paddedBatches, wordTokens } from "../supervised/index.js";
import { tf } from "../tensors/index.js";
import { Language } from "./language.js";
import { fitTask, type TaskReport } from "./task.js";
import { writeSentences } from "./write-sentences.js";

const settings = z.strictObject({
  embedding: z.int().min(1).default(256).describe("values of a word's vector; default 256"),
  units: z.int().min(1).default(256).describe("of encoder and decoder; default 256"),
  dropout: z
    .number()
    .min(0)
    .lt(1)
    .default(0.3)
    .describe("of word vectors and of the last layer; default 0.3"),
  merges: z
    .int()
    .min(0)
    .default(3000)
    .describe("pairs of pieces that are joined into words, in each language; default 3000"),
  maxWords: z
    .int()
    .min(2)
    .default(20)
    .describe("longer sentences of the training split are left out; default 20"),
  batchSize: z.int().min(1).default(64).describe("pairs in a batch; default 64"),
  beam: z
    .int()
    .min(1)
    .default(5)
    .describe("beginnings of a translation that are gone on with at a time; default 5"),
});

/**
 * From English into Swedish: an LSTM reads, another writes and looks back at every step (Bahdanau et al. 2015; Luong et al. 2015,
 * https://arxiv.org/abs/1508.04025, section 3.1).
 */
export const translate = fitTask({
  name: "translate",
  about: "English sentences into Swedish by an encoder and a decoder with attention",
  data: ["tatoeba-en-sv"],
  settings,
  config: () => ({
    objective: {
      inputs: { source: "source", sourceMask: "sourceMask", written: "written" },
      heads: {
        next: {
          loss: { name: "crossEntropy", labelSmoothing: 0.1 },
          mask: "targetsMask",
          metrics: ["perplexity"],
        },
      },
    },
    epochs: 12,
    optimizer: { name: "adam", learningRate: 0.002, clipNorm: 5 },
    schedule: { name: "cosine" },
    earlyStopping: { restoreBest: true },
  }),
  prepare: async ({
    settings: { embedding, units, dropout, merges, maxWords, batchSize, beam },
    seed,
    load,
  }) => {
    const { splits } = await load("tatoeba-en-sv");
    const train = tokenised(splits.train).filter(
      ({ source, target }) => source.length <= maxWords && target.length <= maxWords,
    );
    const english = Language.of(
      train.map(({ source }) => source),
      merges,
    );
    const swedish = Language.of(
      train.map(({ target }) => target),
      merges,
    );
    const source = (pairs: readonly Pair[], shuffle: boolean) =>
      pairBatches(pairs, { english, swedish, batchSize, shuffle, seed });
    const test = tokenised(splits.test);
    return {
      spec: encoderDecoder({
        sourceTokens: english.vocabulary.size,
        targetTokens: swedish.vocabulary.size,
        ...{ embedding, units, dropout },
      }),
      data: {
        train: source(train, true),
        validation: source(tokenised(splits.validation), false),
        test: source(test, false),
      },
      report: (model, breathe) => reportTranslations(model, { pairs: test, english, swedish, beam, breathe }),
    };
  },
});

interface Pair {
  source: string[];
  target: string[];
}

function tokenised({ source, target }: { source: readonly string[]; target: readonly string[] }): Pair[] {
  return source.map((sentence, row) => ({ source: wordTokens(sentence), target: wordTokens(target[row]!) }));
}

function pairBatches(
  pairs: readonly Pair[],
  options: { english: Language; swedish: Language; batchSize: number; shuffle: boolean; seed: number },
): MemorySource {
  const { english, swedish, ...rest } = options;
  return paddedBatches(
    {
      source: pairs.map(({ source }) => english.encode(source, { eos: true })),
      written: pairs.map(({ target }) => swedish.encode(target, { bos: true })),
      targets: pairs.map(({ target }) => swedish.encode(target, { eos: true })),
    },
    { ...rest, multiple: 4 },
  );
}

interface Judged {
  pairs: readonly Pair[];
  english: Language;
  swedish: Language;
  beam: number;
  breathe(): Promise<void>;
}

/** BLEU of the test sentences, and some of the translations. */
async function reportTranslations(
  model: Model,
  { pairs, english, swedish, beam, breathe }: Judged,
): Promise<TaskReport> {
  // The same English sentence can have several translations; each counts as right.
  const references = new Map<string, string[][]>();
  for (const { source, target } of pairs) {
    const key = source.join(" ");
    references.set(key, [...(references.get(key) ?? []), target]);
  }
  const sentences = [...references.keys()];
  const translations = await translated(
    model,
    sentences.map((sentence) => english.encode(sentence.split(" "), { eos: true })),
    { begin: swedish.vocabulary.id("<bos>"), end: swedish.vocabulary.id("<eos>"), width: beam, breathe },
  );
  const bleu = new Bleu();
  const samples: string[] = [];
  sentences.forEach((sentence, index) => {
    const translation = swedish.decode(translations[index]!);
    const right = references.get(sentence)!;
    bleu.add(translation, right);
    if (index % Math.ceil(sentences.length / 8) === 0) {
      samples.push(`${sentence}\n  ${translation.join(" ")}\n  (${right[0]!.join(" ")})`);
    }
  });
  return { figures: { bleu: bleu.value() }, text: samples.join("\n") };
}

/** Sentences decoded at a time. */
const decodedTogether = 128;

async function translated(
  model: Model,
  sources: readonly Int32Array[],
  { breathe, ...options }: { begin: number; end: number; width: number; breathe(): Promise<void> },
): Promise<number[][]> {
  // Sentences of like length together, so that little is padding.
  const order = sources
    .map((_, index) => index)
    .sort((a, b) => sources[a]!.length - sources[b]!.length || a - b);
  const translations: number[][] = [];
  for (let from = 0; from < order.length; from += decodedTogether) {
    const rows = order.slice(from, from + decodedTogether);
    const { source, sourceMask } = padded(rows.map((row) => sources[row]!));
    const read = model.apply({ source, sourceMask }, { outputs: ["memory", "firstHidden", "firstCell"] });
    const written = writeSentences(model, {
      context: { memory: read["memory"]!, sourceMask },
      ...{ hidden: read["firstHidden"]!, cell: read["firstCell"]!, ...options, longest: 40 },
    });
    tf.dispose([source, sourceMask, read]);
    written.forEach((words, i) => {
      translations[rows[i]!] = words;
    });
    await breathe();
  }
  return translations;
}

function padded(sources: readonly Int32Array[]): { source: tf.Tensor2D; sourceMask: tf.Tensor2D } {
  const time = Math.max(...sources.map(({ length }) => length));
  const tokens = new Int32Array(sources.length * time);
  const mask = new Float32Array(sources.length * time);
  sources.forEach((words, row) => {
    tokens.set(words, row * time);
    mask.fill(1, row * time, row * time + words.length);
  });
  return {
    source: tf.tensor2d(tokens, [sources.length, time], "int32"),
    sourceMask: tf.tensor2d(mask, [sources.length, time], "float32"),
  };
}
