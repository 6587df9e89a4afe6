import type { Model } from "../nets/index.js";
import { tf } from "../tensors/index.js";

export interface WriteOptions {
  /** Given at every step, such as what the reader remembers: names of inputs or nodes, a row for each sentence. Stays the caller's. */
  context: Readonly<Record<string, tf.Tensor>>;
  /** What the writer begins with, `[sentences, units]` both. */
  hidden: tf.Tensor;
  cell: tf.Tensor;
  /** Token that every sentence begins after, and that it ends with. */
  begin: number;
  end: number;
  /** Tokens after which a sentence is cut off. */
  longest: number;
  /** How many beginnings of each sentence are gone on with; default 1: always the likeliest word. */
  width?: number;
}

/** A sentence that is being written, or is. */
interface Draft {
  tokens: number[];
  /** Sum of its tokens' log-probabilities. */
  logProbability: number;
  ended: boolean;
  /** Row of the writer's state that it goes on from. */
  row: number;
}

/**
 * Writes sentences with a model that has an LSTM `writer` of the input `written`, states from `firstHidden` and `firstCell`, and
 * logits `next`: word by word, a step of the writer each, by a beam search. Drafts are judged by the mean log-probability of their
 * tokens, so that short ones are not preferred.
 *
 * Source: Sutskever et al. 2014, section 3.2, https://arxiv.org/abs/1409.3215; lengths as Wu et al. 2016, equation 14 with alpha 1
 *
 * @returns tokens of each row's sentence, `end` included
 */
export function writeSentences(model: Model, options: WriteOptions): number[][] {
  const { begin, end, longest, width = 1 } = options;
  const sentences = options.hidden.shape[0]!;
  const context = repeatedRows(options.context, width);
  let state = repeatedRows({ hidden: options.hidden, cell: options.cell }, width);
  // All drafts of a sentence are the same at first, so one of them stands for all.
  let beams = Array.from({ length: sentences }, (_, sentence): Draft[] => [
    { tokens: [], logProbability: 0, ended: false, row: sentence * width },
  ]);
  for (let step = 0; step < longest && beams.some((drafts) => drafts.some(({ ended }) => !ended)); step++) {
    const after = oneStep(model, { context, state, last: lastTokens(beams, { begin, width }) });
    tf.dispose(state);
    beams = beams.map((drafts) => continued(drafts, { ...after, width, end }));
    const from = new Int32Array(sentences * width);
    beams.forEach((drafts, sentence) => {
      drafts.forEach((draft, place) => {
        const row = sentence * width + place;
        from[row] = draft.row;
        draft.row = row;
      });
    });
    state = rowsOf(after.state, from);
    tf.dispose(after.state);
  }
  tf.dispose([context, state]);
  return beams.map((drafts) => drafts[0]!.tokens);
}

type State = Record<"hidden" | "cell", tf.Tensor>;

interface Step {
  state: State;
  /** `[rows, tokens]`. */
  logits: Float32Array;
  /** Different tokens. */
  count: number;
}

function oneStep(
  model: Model,
  { context, state, last }: { context: Record<string, tf.Tensor>; state: State; last: Int32Array },
): Step {
  const written = tf.tensor2d(last, [last.length, 1], "int32");
  const { next, ...after } = model.apply(
    { ...context, written, firstHidden: state.hidden, firstCell: state.cell },
    { outputs: ["next", "writer:1", "writer:2"] },
  ) as Record<"next" | "writer:1" | "writer:2", tf.Tensor>;
  const logits = next.dataSync() as Float32Array;
  const count = next.shape.at(-1)!;
  tf.dispose([written, next]);
  return { state: { hidden: after["writer:1"], cell: after["writer:2"] }, logits, count };
}

/** What each row of the writer reads; rows without a draft read anything. */
function lastTokens(
  beams: readonly Draft[][],
  { begin, width }: { begin: number; width: number },
): Int32Array {
  const last = new Int32Array(beams.length * width).fill(begin);
  for (const draft of beams.flat()) last[draft.row] = draft.tokens.at(-1) ?? begin;
  return last;
}

/** The best drafts that are one token longer, with those that have ended. */
function continued(
  drafts: readonly Draft[],
  { logits, count, width, end }: Step & { width: number; end: number },
): Draft[] {
  const candidates = drafts.flatMap((draft): Draft[] => {
    if (draft.ended) return [draft];
    const own = logits.subarray(draft.row * count, (draft.row + 1) * count);
    const normaliser = logSumExp(own);
    return largest(own, width).map((token) => ({
      tokens: [...draft.tokens, token],
      logProbability: draft.logProbability + own[token]! - normaliser,
      ended: token === end,
      row: draft.row,
    }));
  });
  const score = ({ logProbability, tokens }: Draft) => logProbability / tokens.length;
  return candidates.sort((a, b) => score(b) - score(a)).slice(0, width);
}

/** Places of the largest values, the largest first; of equal ones the first. */
function largest(values: Float32Array, count: number): number[] {
  const places: number[] = [];
  for (let i = 0; i < values.length; i++) {
    if (places.length === count && values[i]! <= values[places[count - 1]!]!) continue;
    let place = Math.min(places.length, count - 1);
    for (; place > 0 && values[places[place - 1]!]! < values[i]!; place--) places[place] = places[place - 1]!;
    places[place] = i;
  }
  return places;
}

function logSumExp(values: Float32Array): number {
  const most = values.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  return most + Math.log(values.reduce((sum, value) => sum + Math.exp(value - most), 0));
}

/** Each row of the tensors so often, one after the other. */
function repeatedRows<T extends Record<string, tf.Tensor>>(tensors: T, times: number): T {
  const rows = Object.values(tensors)[0]?.shape[0] ?? 0;
  return rowsOf(
    tensors,
    Int32Array.from({ length: rows * times }, (_, row) => Math.floor(row / times)),
  );
}

function rowsOf<T extends Record<string, tf.Tensor>>(tensors: T, rows: Int32Array): T {
  const indices = tf.tensor1d(rows, "int32");
  const picked = Object.fromEntries(
    Object.entries(tensors).map(([name, tensor]) => [name, tf.gather(tensor, indices)]),
  );
  indices.dispose();
  return picked as T;
}
