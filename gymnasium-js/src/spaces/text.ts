import { GymnasiumError } from "../errors.js";
import { SpaceBase } from "./base.js";
import {
  chooseWeighted,
  chosenOption,
  requireLength,
  requireProbabilities,
  type Weights,
  wrong,
} from "./choose.js";
import { byCodePoints } from "./code-points.js";
import { jsonList } from "./nested.js";

const alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

export interface TextOptions {
  /** In characters, inclusive. */
  readonly maxLength: number;
  /** In characters, inclusive; 1 unless given. */
  readonly minLength?: number | undefined;
  /** Letters and digits unless given. A string keeps its order, a Set is sorted; doubles count once. */
  readonly charset?: string | ReadonlySet<string> | undefined;
}

/** Length (drawn where null) and weights of the characters (all alike where null). */
export type TextRule = readonly [length: number | null, weights: Weights | null];

/**
 * Strings of bounded length over a character set; a character is a Unicode code point.
 *
 * Source: `gymnasium.spaces.Text`.
 */
export class Text extends SpaceBase<string> {
  readonly type = "Text";
  readonly shape = null;
  readonly dtype = null;
  readonly minLength: number;
  readonly maxLength: number;
  /** The characters, in the order of their indices. */
  readonly characters: readonly string[];
  private readonly indices: ReadonlyMap<string, number>;

  constructor({ maxLength, minLength = 1, charset = alphanumeric }: TextOptions) {
    super();
    if (!Number.isSafeInteger(minLength) || minLength < 0)
      throw invalid(`minLength is ${minLength}, expected an integer of at least 0`);
    if (!Number.isSafeInteger(maxLength) || maxLength < minLength) {
      throw invalid(`maxLength is ${maxLength}, expected an integer of at least minLength, ${minLength}`);
    }
    this.minLength = minLength;
    this.maxLength = maxLength;
    this.characters = typeof charset === "string" ? [...new Set(charset)] : [...charset].sort(byCodePoints);
    const long = this.characters.find((character) => [...character].length !== 1);
    if (long !== undefined) throw invalid(`charset has ${JSON.stringify(long)}, expected single characters`);
    if (this.characters.length === 0 && maxLength > 0)
      throw invalid("charset is empty, expected at least one character");
    this.indices = new Map(this.characters.map((character, i) => [character, i]));
  }

  contains(x: unknown): x is string {
    if (typeof x !== "string") return false;
    let length = 0;
    for (const character of x) {
      if (!this.indices.has(character)) return false;
      length++;
    }
    return length >= this.minLength && length <= this.maxLength;
  }

  /** Index of a character, or undefined if it is not in the set. */
  indexOf(character: string): number | undefined {
    return this.indices.get(character);
  }

  /**
   * `mask` and `probability` are `[length, weights]`: 0 or 1 per character, or probabilities. Weights that are all
   * 0 give the empty string where the space has it.
   */
  sample(options?: { mask?: TextRule | null; probability?: TextRule | null }): string {
    const { mask, probability } = chosenOption(this.type, options);
    const [fixedLength, weights] = mask ?? probability ?? [null, null];
    if (weights !== null) this.requireWeights(weights, probability !== null);
    if (fixedLength !== null && !(fixedLength >= this.minLength && fixedLength <= this.maxLength)) {
      throw wrong(this.type, `length is ${fixedLength}, expected ${this.minLength} to ${this.maxLength}`);
    }
    const length = fixedLength ?? this.rng.integers(this.minLength, this.maxLength + 1);
    const shares = this.shares(weights);
    if (shares.every((share) => share === 0)) {
      if (this.minLength === 0) return "";
      throw wrong(this.type, `the weights allow no character, but strings have at least ${this.minLength}`);
    }
    let text = "";
    for (let i = 0; i < length; i++) text += this.characters[chooseWeighted(this.rng, shares)];
    return text;
  }

  toJson(elements: readonly string[]): string[] {
    return [...elements];
  }

  fromJson(json: unknown): string[] {
    return jsonList(json, "elements of Text").map(String);
  }

  describe(): Record<string, unknown> {
    return {
      type: this.type,
      min_length: this.minLength,
      max_length: this.maxLength,
      character_list: this.characters.join(""),
    };
  }

  copy(): Text {
    const { minLength, maxLength } = this;
    return this.withRng(new Text({ minLength, maxLength, charset: this.characters.join("") }));
  }

  private requireWeights(weights: Weights, areProbabilities: boolean): void {
    requireLength(weights, this.characters.length, this.type);
    if (areProbabilities) requireProbabilities(weights, this.type);
    else if (!Array.from(weights).every((weight) => weight === 0 || weight === 1)) {
      throw wrong(this.type, `the mask is [${Array.from(weights).join(", ")}], expected zeros and ones`);
    }
  }

  /** Weights as probabilities, divided as NumPy divides them so that the cumulative sums round alike. */
  private shares(weights: Weights | null): number[] {
    if (weights === null) return this.characters.map(() => 1 / this.characters.length);
    const values = Array.from(weights);
    const marked = values.filter((value) => value === 1).length;
    const isMask = marked > 0 && values.every((value) => value === 0 || value === 1);
    return isMask ? values.map((value) => value / marked) : values;
  }
}

function invalid(problem: string): GymnasiumError {
  return new GymnasiumError("invalid-space", `Text: ${problem}.`);
}

/**
 * A Text space: `text({ maxLength: 5 })`; `text({ minLength: 3, maxLength: 10, charset: "01" })`.
 *
 * @throws GymnasiumError `invalid-space` for lengths that are no integers or cross, characters longer than one
 */
export function text(options: TextOptions): Text {
  return new Text(options);
}
