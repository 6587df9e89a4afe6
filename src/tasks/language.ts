import {
  type BytePairs,
  buildVocabulary,
  type EncodeOptions,
  learnBytePairs,
  type Vocabulary,
} from "../supervised/index.js";

/** A language as a net reads and writes it: words in pieces, and pieces as numbers. */
export class Language {
  private constructor(
    readonly vocabulary: Vocabulary,
    private readonly pieces: BytePairs,
  ) {}

  /** Learnt from the training sentences. @param merges how many pairs of pieces are joined */
  static of(sentences: readonly (readonly string[])[], merges: number): Language {
    const pieces = learnBytePairs(sentences, merges);
    const vocabulary = buildVocabulary(sentences.map((words) => pieces.encode(words)));
    return new Language(vocabulary, pieces);
  }

  encode(words: readonly string[], options: EncodeOptions = {}): Int32Array {
    return this.vocabulary.encode(this.pieces.encode(words), options);
  }

  decode(ids: ArrayLike<number>): string[] {
    return this.pieces.decode(this.vocabulary.decode(ids));
  }
}
