import { Generator } from "gymnasium-js";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModel, encoderDecoder, type Model } from "../../src/nets/index.js";
import { writeSentences } from "../../src/tasks/write-sentences.js";
import { tf, useEngine } from "../../src/tensors/index.js";

const tokens = 5;
const begin = 0;
const end = 1;
const longest = 3;
const sources = [
  [2, 3, 4],
  [4, 4, 1],
  [1, 2, 2],
  [3, 1, 0],
];

let model: Model;

beforeAll(async () => {
  await useEngine("wasm");
  const sizes = { sourceTokens: tokens, targetTokens: tokens, embedding: 8, units: 12 };
  model = buildModel(encoderDecoder(sizes), new Generator(2));
  // Weights as they are drawn find all words about as likely as each other.
  for (const parameter of model.parameters.values()) {
    const larger = tf.mul(parameter, 4);
    parameter.assign(larger);
    larger.dispose();
  }
});

afterAll(() => model.dispose());

function written(width: number): number[][] {
  const source = tf.tensor2d(sources, [sources.length, 3], "int32");
  const sourceMask = tf.ones([sources.length, 3]);
  const read = model.apply({ source, sourceMask }, { outputs: ["memory", "firstHidden", "firstCell"] });
  const sentences = writeSentences(model, {
    context: { memory: read["memory"]!, sourceMask },
    ...{ hidden: read["firstHidden"]!, cell: read["firstCell"]!, begin, end, longest, width },
  });
  tf.dispose([source, sourceMask, read]);
  return sentences;
}

/** Every sentence that ends, or is cut off. */
function everySentence(): number[][] {
  let open: number[][] = [[]];
  const whole: number[][] = [];
  for (let length = 1; length <= longest; length++) {
    const longer = open.flatMap((start) => Array.from({ length: tokens }, (_, token) => [...start, token]));
    whole.push(...longer.filter((sentence) => sentence.at(-1) === end || length === longest));
    open = longer.filter((sentence) => sentence.at(-1) !== end);
  }
  return whole;
}

/** Log-probabilities of the next token after each of the sentence's, by the model as it learns: all steps at once. */
function logProbabilities(source: number[], sentence: number[]): number[][] {
  return tf.tidy(() => {
    const { next } = model.apply({
      source: tf.tensor2d([source], [1, 3], "int32"),
      sourceMask: tf.ones([1, 3]),
      written: tf.tensor2d([[begin, ...sentence.slice(0, -1)]], [1, sentence.length], "int32"),
    });
    const probabilities = tf.softmax(tf.squeeze(next!, [0]));
    return (tf.log(probabilities) as tf.Tensor2D).arraySync();
  });
}

function meanLogProbability(source: number[], sentence: number[]): number {
  const rows = logProbabilities(source, sentence);
  return sentence.reduce((sum, token, step) => sum + rows[step]![token]!, 0) / sentence.length;
}

test("a beam of one takes the likeliest token each time", () => {
  for (const [row, sentence] of written(1).entries()) {
    const best = logProbabilities(sources[row]!, sentence).map((values) =>
      values.indexOf(Math.max(...values)),
    );
    expect(sentence).toEqual(best);
    expect(sentence.slice(0, -1)).not.toContain(end);
    if (sentence.length < longest) expect(sentence.at(-1)).toBe(end);
  }
});

test("a beam of all finds the best sentence that there is, which is not always the greedy one", () => {
  const all = everySentence();
  const score = (row: number, sentence: number[]) => meanLogProbability(sources[row]!, sentence);
  const [greedy, wide] = [written(1), written(all.length)] as const;
  let better = 0;
  for (const row of sources.keys()) {
    const best = Math.max(...all.map((sentence) => score(row, sentence)));
    expect(score(row, wide[row]!)).toBeCloseTo(best, 5);
    if (best > score(row, greedy[row]!) + 1e-6) better++;
  }
  expect(better).toBeGreaterThan(0);
});

test("leaves no tensor behind", () => {
  written(2);
  const before = tf.memory().numTensors;
  written(2);
  expect(tf.memory().numTensors).toBe(before);
});
