import type { Generator } from "gymnasium-js";
import type { Model } from "../nets/index.js";
import type { Vocabulary } from "../supervised/index.js";
import { tf } from "../tensors/index.js";

export interface SampleOptions {
  /** What the text begins with; at least one character. */
  prompt: string;
  /** Characters to write after it. */
  length: number;
  /** Logits are divided by it: below 1 the likely becomes likelier. */
  temperature: number;
  /** Characters that it looks back on. */
  window: number;
  rng: Generator;
}

/** Lets a language model of characters, of one input and one output, write: one at a time, each drawn by its probability. */
export function sampleText(model: Model, vocabulary: Vocabulary, options: SampleOptions): string {
  const { prompt, length, temperature, window, rng } = options;
  const [inputName] = Object.keys(model.spec.inputs) as [string];
  const [outputName] = Object.keys(model.spec.outputs) as [string];
  const text = [...prompt];
  for (let i = 0; i < length; i++) {
    const ids = vocabulary.encode(text.slice(-window));
    const probabilities = tf.tidy(() => {
      const characters = tf.tensor2d(ids, [1, ids.length], "int32");
      const logits = model.apply({ [inputName]: characters })[outputName]!;
      const last = tf.slice(logits, [0, ids.length - 1, 0], [1, 1, vocabulary.size]);
      return tf.softmax(tf.div(tf.reshape(last, [-1]), temperature)).dataSync();
    });
    text.push(vocabulary.tokens[drawn(probabilities, rng)]!);
  }
  return text.join("");
}

function drawn(probabilities: ArrayLike<number>, rng: Generator): number {
  let left = rng.random();
  for (let i = 0; i < probabilities.length - 1; i++) {
    left -= probabilities[i]!;
    if (left < 0) return i;
  }
  return probabilities.length - 1;
}
