import type { Model } from "../nets/index.js";
import { tf } from "../tensors/index.js";

export interface WriteOptions {
  /** Given at every step, such as what the reader remembers: names of inputs or nodes. Stays the caller's. */
  context: Readonly<Record<string, tf.Tensor>>;
  /** What the writer begins with, `[rows, units]` both. */
  hidden: tf.Tensor;
  cell: tf.Tensor;
  /** Token that every sentence begins after, and that it ends with. */
  begin: number;
  end: number;
  /** Tokens after which a sentence is cut off. */
  longest: number;
}

/**
 * Writes sentences with a model that has an LSTM `writer` of the input `written`, states from `firstHidden` and `firstCell`, and
 * logits `next`: word by word, always the likeliest, a step of the writer each.
 *
 * @returns tokens of each row's sentence, `end` included
 */
export function writeGreedily(model: Model, options: WriteOptions): number[][] {
  const { context, begin, end, longest } = options;
  const rows = options.hidden.shape[0]!;
  const sentences = Array.from({ length: rows }, (): number[] => []);
  let last: number[] = sentences.map(() => begin);
  let firstHidden = tf.clone(options.hidden);
  let firstCell = tf.clone(options.cell);
  for (let step = 0; step < longest && sentences.some((words) => words.at(-1) !== end); step++) {
    const written = tf.tensor2d(last, [rows, 1], "int32");
    const after = model.apply(
      { ...context, written, firstHidden, firstCell },
      { outputs: ["next", "writer:1", "writer:2"] },
    );
    const next = after["next"]!;
    last = [...tf.tidy(() => tf.argMax(tf.squeeze(next, [1]), 1).dataSync())];
    tf.dispose([written, firstHidden, firstCell, next]);
    firstHidden = after["writer:1"]!;
    firstCell = after["writer:2"]!;
    sentences.forEach((words, row) => {
      if (words.at(-1) !== end) words.push(last[row]!);
    });
  }
  tf.dispose([firstHidden, firstCell]);
  return sentences;
}
