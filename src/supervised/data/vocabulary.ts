import { DataError } from "./errors.js";

/** Tokens with a meaning of their own: padding, unknown, start and end of a sequence. */
export const specialTokens = ["<pad>", "<unk>", "<bos>", "<eos>"] as const;

export interface EncodeOptions {
  /** Puts <bos> in front; default false. */
  bos?: boolean;
  /** Puts <eos> at the end; default false. */
  eos?: boolean;
}

/** Tokens and their numbers, from 0. */
export class Vocabulary {
  private readonly ids: ReadonlyMap<string, number>;

  /** @throws {DataError} `invalid-data` if a token comes twice */
  constructor(readonly tokens: readonly string[]) {
    this.ids = new Map(tokens.map((token, id) => [token, id]));
    if (this.ids.size === tokens.length) return;
    throw new DataError("invalid-data", "A vocabulary has some token twice; each may come once.");
  }

  get size(): number {
    return this.tokens.length;
  }

  /** @throws {DataError} `invalid-data` if the vocabulary lacks the token */
  id(token: string): number {
    const id = this.ids.get(token);
    if (id !== undefined) return id;
    throw new DataError("invalid-data", `The vocabulary has no token ${JSON.stringify(token)}.`);
  }

  /**
   * Numbers of the tokens; one that is not there is <unk>.
   * @throws {DataError} `invalid-data` for such a token in a vocabulary without <unk>
   */
  encode(tokens: readonly string[], { bos = false, eos = false }: EncodeOptions = {}): Int32Array {
    const unknown = this.ids.get("<unk>");
    const ids = tokens.map((token) => this.ids.get(token) ?? unknown ?? this.id(token));
    if (bos) ids.unshift(this.id("<bos>"));
    if (eos) ids.push(this.id("<eos>"));
    return Int32Array.from(ids);
  }

  /** The tokens up to <eos>, without <bos> and <pad>. */
  decode(ids: ArrayLike<number>): string[] {
    const tokens: string[] = [];
    for (let i = 0; i < ids.length; i++) {
      const token = this.tokens[ids[i]!];
      if (token === undefined) {
        throw new DataError("invalid-data", `There is no token ${ids[i]}; the vocabulary has ${this.size}.`);
      }
      if (token === "<eos>") break;
      if (token !== "<bos>" && token !== "<pad>") tokens.push(token);
    }
    return tokens;
  }
}

export interface VocabularyOptions {
  /** Tokens that come less often are unknown; default 1. */
  minCount?: number;
  /** Most tokens, the special ones among them; the most frequent stay. */
  maxSize?: number;
}

/**
 * The vocabulary of tokenised sentences, those of the training split only: the special tokens, then the others by how
 * often they come, and alphabetically (by code unit) where that is equal.
 */
export function buildVocabulary(
  sentences: Iterable<readonly string[]>,
  { minCount = 1, maxSize = Number.POSITIVE_INFINITY }: VocabularyOptions = {},
): Vocabulary {
  const counts = new Map<string, number>();
  for (const sentence of sentences) {
    for (const token of sentence) counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  for (const token of specialTokens) counts.delete(token);
  const frequent = [...counts]
    .filter(([, count]) => count >= minCount)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([token]) => token);
  return new Vocabulary([...specialTokens, ...frequent].slice(0, maxSize));
}

/** The different characters (code points) of a text in their order, without special tokens. */
export function characterVocabulary(text: string): Vocabulary {
  return new Vocabulary([...new Set(text)].sort());
}

/** Words, numbers and punctuation marks of a sentence in lower case: `It's 5.` is `it's`, `5`, `.`. */
export function wordTokens(sentence: string): string[] {
  return (
    sentence.toLowerCase().match(/[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*|[^\s\p{L}\p{M}\p{N}]/gu) ??
    []
  );
}
