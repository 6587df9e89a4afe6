import { Generator } from "gymnasium-js";
import { checkPlace, type MemorySource } from "./batches.js";
import { DataError } from "./errors.js";

export interface LanguageWindowsOptions {
  batchSize: number;
  /** Tokens in a window. */
  time: number;
  /**
   * `streams`: the text in `batchSize` equal pieces, read side by side: window `i` goes on where window `i - 1` ended, so
   * that a recurrent state can be carried over. `random`: windows from anywhere, drawn from the seed.
   */
  order: "streams" | "random";
  /** Of random windows. */
  seed: number;
}

/**
 * Windows of a text for a language model: int32 `inputs` and `targets`, both `[batch, time]`; each target is the token
 * after its input. An epoch has about as many tokens as the text. Windows of batch `i` of epoch `e` come from
 * `new Generator([seed, e, i])`.
 *
 * @throws {DataError} `invalid-data` if the text is too short for one batch
 */
export function languageWindows(tokens: Int32Array, options: LanguageWindowsOptions): MemorySource {
  const { batchSize, time, order, seed } = options;
  const stream = Math.floor((tokens.length - 1) / batchSize);
  const batches = Math.floor(stream / time);
  if (!Number.isFinite(batches) || batches < 1) {
    throw new DataError(
      "invalid-data",
      `A batch of ${batchSize} windows of ${time} tokens needs a text of more than ${batchSize * time} tokens, but it has ${tokens.length}.`,
    );
  }
  const inputs = new Int32Array(batchSize * time);
  const targets = new Int32Array(batchSize * time);
  const shape = [batchSize, time];
  const startsOf = (epoch: number, index: number): ((row: number) => number) => {
    if (order === "streams") return (row) => row * stream + index * time;
    const rng = new Generator([seed, epoch, index]);
    return () => rng.integers(0, tokens.length - time);
  };
  return {
    size: batches * batchSize,
    batchSize,
    batches,
    batch(epoch, index) {
      checkPlace(epoch, index, batches);
      const startOf = startsOf(epoch, index);
      for (let row = 0; row < batchSize; row++) {
        const start = startOf(row);
        inputs.set(tokens.subarray(start, start + time), row * time);
        targets.set(tokens.subarray(start + 1, start + time + 1), row * time);
      }
      return {
        size: batchSize,
        fields: { inputs: { data: inputs, shape }, targets: { data: targets, shape } },
      };
    },
  };
}
