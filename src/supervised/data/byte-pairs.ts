import { DataError } from "./errors.js";

/** Marks the last piece of a word. */
const wordEnd = "</w>";

/**
 * Splits words into pieces that are frequent, so that no word is unknown as long as its letters are known: byte-pair encoding on
 * characters.
 *
 * Source: Sennrich et al. 2016, section 3.2, https://arxiv.org/abs/1508.07909
 */
export class BytePairs {
  private readonly ranks: ReadonlyMap<string, number>;
  private readonly known = new Map<string, readonly string[]>();

  /** @param merges pairs of pieces, `left right`, in the order in which they are joined */
  constructor(readonly merges: readonly string[]) {
    this.ranks = new Map(merges.map((pair, rank) => [pair, rank]));
  }

  /** The pieces of words, the last of each with `</w>`. */
  encode(words: readonly string[]): string[] {
    return words.flatMap((word) => this.piecesOf(word));
  }

  /** The words again. What lacks its end at the end of a sentence is a word, too. */
  decode(pieces: readonly string[]): string[] {
    const words = pieces.join("").split(wordEnd);
    if (words.at(-1) === "") words.pop();
    return words;
  }

  private piecesOf(word: string): readonly string[] {
    const known = this.known.get(word);
    if (known !== undefined) return known;
    let pieces = lettersOf(word);
    for (;;) {
      const best = this.firstMerge(pieces);
      if (best === null) break;
      pieces = joined(pieces, best);
    }
    this.known.set(word, pieces);
    return pieces;
  }

  private firstMerge(pieces: readonly string[]): string | null {
    let best: string | null = null;
    let bestRank = Number.POSITIVE_INFINITY;
    for (let i = 0; i + 1 < pieces.length; i++) {
      const pair = `${pieces[i]} ${pieces[i + 1]}`;
      const rank = this.ranks.get(pair) ?? Number.POSITIVE_INFINITY;
      if (rank >= bestRank) continue;
      best = pair;
      bestRank = rank;
    }
    return best;
  }
}

/**
 * Learns which pieces to join: each time the pair that comes most often in the training sentences, and alphabetically (by code unit)
 * the first where that is equal. It ends early when no pair comes twice.
 *
 * @param sentences words, without spaces
 * @param merges how many pairs to join
 * @throws {DataError} `invalid-data` for a word with a space
 */
export function learnBytePairs(sentences: Iterable<readonly string[]>, merges: number): BytePairs {
  const counts = new Map<string, number>();
  for (const sentence of sentences) {
    for (const word of sentence) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const spaced = [...counts.keys()].find((word) => /\s/.test(word));
  if (spaced !== undefined) {
    throw new DataError("invalid-data", `The word ${JSON.stringify(spaced)} has a space; split it first.`);
  }
  const words = [...counts].map(([word, count]) => ({ pieces: lettersOf(word), count }));
  const learnt: string[] = [];
  const pairs = new PairCounts(words);
  while (learnt.length < merges) {
    const best = pairs.mostFrequent();
    if (best === null) break;
    learnt.push(best);
    pairs.join(best);
  }
  return new BytePairs(learnt);
}

interface Word {
  pieces: string[];
  count: number;
}

/** How often pairs of pieces come, and in which words. */
class PairCounts {
  private readonly counts = new Map<string, number>();
  private readonly places = new Map<string, Set<Word>>();

  constructor(words: readonly Word[]) {
    for (const word of words) this.count(word, 1);
  }

  /** Null if none comes twice. */
  mostFrequent(): string | null {
    let best: string | null = null;
    let bestCount = 1;
    for (const [pair, count] of this.counts) {
      if (count < bestCount || count === 1) continue;
      if (count === bestCount && best !== null && pair > best) continue;
      best = pair;
      bestCount = count;
    }
    return best;
  }

  join(pair: string): void {
    for (const word of [...(this.places.get(pair) ?? [])]) {
      this.count(word, -1);
      word.pieces = joined(word.pieces, pair);
      this.count(word, 1);
    }
  }

  private count(word: Word, sign: 1 | -1): void {
    const { pieces, count } = word;
    for (let i = 0; i + 1 < pieces.length; i++) {
      const pair = `${pieces[i]} ${pieces[i + 1]}`;
      const sum = (this.counts.get(pair) ?? 0) + sign * count;
      if (sum > 0) this.counts.set(pair, sum);
      else this.counts.delete(pair);
      if (sign > 0) this.places.set(pair, (this.places.get(pair) ?? new Set()).add(word));
      else this.places.get(pair)?.delete(word);
    }
  }
}

function lettersOf(word: string): string[] {
  const letters = [...word];
  return [...letters.slice(0, -1), `${letters.at(-1) ?? ""}${wordEnd}`];
}

/** The pieces with each occurrence of a pair, `left right`, made one. */
function joined(pieces: readonly string[], pair: string): string[] {
  const [left, right] = pair.split(" ") as [string, string];
  const result: string[] = [];
  for (let i = 0; i < pieces.length; i++) {
    if (pieces[i] === left && pieces[i + 1] === right) {
      result.push(left + right);
      i++;
    } else result.push(pieces[i]!);
  }
  return result;
}
