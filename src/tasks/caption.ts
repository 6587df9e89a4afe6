import { Generator } from "gymnasium-js";
import { z } from "zod";
import { chain, input, layers, type Model, modelSpec } from "../nets/index.js";
import {
  type Batch,
  Bleu,
  buildVocabulary,
  type CaptionedImages,
  type Field,
  gridCaptions,
  type MemorySource,
  paddedBatches,
  type Vocabulary,
} from "../supervised/index.js";
import { type HostArray, tf } from "../tensors/index.js";
import { fitTask, type TaskReport } from "./task.js";
import { writeSentences } from "./write-sentences.js";

const settings = z.strictObject({
  pictures: z.int().min(10).default(4000).describe("frames to learn from, three captions each; default 4000"),
  testPictures: z
    .int()
    .min(10)
    .default(500)
    .describe("frames to validate by, and as many to test; default 500"),
  cells: z.int().min(2).default(4).describe("cells a side of the grid; default 4"),
  filters: z.int().min(1).default(32).describe("of the convolutions; default 32"),
  units: z.int().min(1).default(128).describe("of the writer; default 128"),
  batchSize: z.int().min(1).default(64).describe("pairs in a batch; default 64"),
});

/** What is to be seen on a grid, in words: convolutions look, and an LSTM writes and looks back (Xu et al. 2015). */
export const caption = fitTask({
  name: "caption",
  about: "frames of a gridworld in words, by convolutions and a writer with attention",
  data: [],
  settings,
  config: () => ({
    objective: {
      inputs: { frame: "frame", written: "written" },
      heads: {
        next: { loss: { name: "crossEntropy" }, mask: "targetsMask", metrics: ["accuracy", "perplexity"] },
      },
    },
    epochs: 20,
    optimizer: { name: "adam", learningRate: 0.002, clipNorm: 5 },
    schedule: { name: "cosine" },
  }),
  prepare: async ({ settings: { pictures, testPictures, cells, filters, units, batchSize }, seed }) => {
    const [train, validation, test] = [pictures, testPictures, testPictures].map((size, part) =>
      gridCaptions({ size, cells, rng: new Generator([seed, 1, part]) }),
    ) as [CaptionedImages, CaptionedImages, CaptionedImages];
    const words = buildVocabulary(train.captions.flat().map((sentence) => sentence.split(" ")));
    const source = (part: CaptionedImages, shuffle: boolean) =>
      captionBatches(part, { words, batchSize, shuffle, seed });
    return {
      spec: captioner({ side: 8 * cells, words: words.size, filters, units }),
      data: { train: source(train, true), validation: source(validation, false), test: source(test, false) },
      report: (model: Model) => reportCaptions(model, test, words),
    };
  },
});

/** Every picture with each of its captions. */
function captionBatches(
  { data, captions }: CaptionedImages,
  { words, ...options }: { words: Vocabulary; batchSize: number; shuffle: boolean; seed: number },
): MemorySource {
  const pairs = captions.flatMap((sentences, picture) =>
    sentences.map((sentence) => ({ picture, sentence: sentence.split(" ") })),
  );
  const numbers = paddedBatches(
    {
      written: pairs.map(({ sentence }) => words.encode(sentence, { bos: true })),
      targets: pairs.map(({ sentence }) => words.encode(sentence, { eos: true })),
    },
    {
      ...options,
      multiple: 1,
      rows: { picture: { data: Int32Array.from(pairs, ({ picture }) => picture), shape: [] } },
    },
  );
  const pictures = data.fields["inputs"]!;
  return {
    ...numbers,
    batch: (epoch, index): Batch => {
      const { size, fields } = numbers.batch(epoch, index);
      return { size, fields: { ...fields, frame: framesOf(pictures, fields["picture"]!.data) } };
    },
  };
}

/** Red, green and blue from 0 to 1, and where a pixel is, from -1 to 1, across and down. */
const channels = 5;

/**
 * Pictures with the place of each pixel beside its colour, without which convolutions see what there is, and hardly where
 * (Liu et al. 2018, https://arxiv.org/abs/1807.03247).
 */
function framesOf({ data, shape }: Field, rows: ArrayLike<number>): HostArray {
  const [height, width] = shape as [number, number];
  const frames = new Float32Array(rows.length * height * width * channels);
  let at = 0;
  for (let i = 0; i < rows.length; i++) {
    let pixel = rows[i]! * height * width * 3;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        for (let colour = 0; colour < 3; colour++) frames[at++] = data[pixel++]! / 255;
        frames[at++] = (2 * x + 1) / width - 1;
        frames[at++] = (2 * y + 1) / height - 1;
      }
    }
  }
  return { data: frames, shape: [rows.length, height, width, channels] };
}

interface Sizes {
  /** Of a frame, in pixels. */
  side: number;
  words: number;
  filters: number;
  units: number;
}

function captioner({ side, words, filters, units }: Sizes) {
  const seen = chain(
    layers.conv2d({ filters, size: 4, stride: 2, padding: 1, activation: "relu" }),
    layers.conv2d({ filters: 2 * filters, size: 4, stride: 2, padding: 1, activation: "relu" }),
    layers.conv2d({ filters: 2 * filters, size: 3, padding: "same", activation: "relu" }),
  )(input("frame", [side, side, channels]));
  const places = (side / 4) ** 2;
  const memory = layers.reshape({ shape: [places, 2 * filters], name: "memory" })(seen);
  const whole = layers.dense({ units, activation: "relu" })(layers.flatten()(seen));
  const writer = layers.lstm({ units, initialState: true, name: "writer" })(
    layers.embedding({ count: words, size: 32 })(input("written", [null], "int32")),
    layers.dense({ units, activation: "tanh", name: "firstHidden" })(whole),
    layers.dense({ units, activation: "tanh", name: "firstCell" })(whole),
  );
  const context = layers.attention({ score: "additive" })(writer, memory);
  const combined = layers.dense({ units, activation: "tanh" })(layers.concat()(context, writer));
  return modelSpec({ next: layers.dense({ units: words, name: "next" })(combined) });
}

/** BLEU against the three captions of each test frame, and the share of sentences that are one of them. */
function reportCaptions(model: Model, { data, captions }: CaptionedImages, words: Vocabulary): TaskReport {
  const rows = Int32Array.from({ length: data.size }, (_, row) => row);
  const { data: pixels, shape } = framesOf(data.fields["inputs"]!, rows);
  const frame = tf.tensor(pixels, [...shape], "float32");
  const seen = model.apply({ frame }, { outputs: ["memory", "firstHidden", "firstCell"] });
  const sentences = writeSentences(model, {
    context: { memory: seen["memory"]! },
    ...{ hidden: seen["firstHidden"]!, cell: seen["firstCell"]! },
    ...{ begin: words.id("<bos>"), end: words.id("<eos>"), longest: 20 },
  }).map((ids) => words.decode(ids));
  tf.dispose([frame, seen]);
  const bleu = new Bleu();
  let right = 0;
  sentences.forEach((sentence, row) => {
    bleu.add(
      sentence,
      captions[row]!.map((caption) => caption.split(" ")),
    );
    if (captions[row]!.includes(sentence.join(" "))) right++;
  });
  const samples = sentences
    .slice(0, 5)
    .map((sentence, row) => `${sentence.join(" ")}\n  (${captions[row]!.join("; ")})`);
  return { figures: { bleu: bleu.value(), right: right / sentences.length }, text: samples.join("\n") };
}
