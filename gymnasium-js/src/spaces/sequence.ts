import { copySpace, type Seed, SpaceBase, seedMember, wrongSeed } from "./base.js";
import { chosenOption, type Weights, wrong } from "./choose.js";
import { type BatchOf, concatenate, iterate, tryIterate } from "./concatenate.js";
import { jsonList } from "./nested.js";
import type { ElementOf, Space } from "./space.js";
import { batchesFromJson, batchesToJson } from "./stacked-json.js";
import { requireSpaces } from "./tuple.js";

/** How long the sequence is (drawn where null, one of these lengths where a list), and the rule for its elements. */
export type SequenceRule = readonly [length: number | Weights | null, feature: unknown];

/** A stacked sequence is one batch of the feature space, else a list of its elements. */
export type SequenceOf<S extends Space<unknown>, Stack extends boolean> = Stack extends true
  ? BatchOf<S>
  : ElementOf<S>[];

/**
 * Sequences of any length of elements of one space. Elements are arrays, or, if stacked, what `concatenate` makes of
 * them (one flat typed array for a Box).
 *
 * Source: `gymnasium.spaces.Sequence`.
 */
export class Sequence<
  S extends Space<unknown> = Space<unknown>,
  Stack extends boolean = boolean,
> extends SpaceBase<SequenceOf<S, Stack>> {
  readonly type = "Sequence";
  readonly shape = null;
  readonly dtype = null;

  constructor(
    readonly featureSpace: S,
    readonly stack: Stack,
  ) {
    super();
    requireSpaces(this.type, [featureSpace]);
  }

  contains(x: unknown): x is SequenceOf<S, Stack> {
    if (!this.stack) return Array.isArray(x) && x.every((item) => this.featureSpace.contains(item));
    const items = tryIterate(this.featureSpace, x);
    return items?.every((item) => this.featureSpace.contains(item)) ?? false;
  }

  /** Length: geometric with mean 4 unless `mask` or `probability`, `[length, rule of the elements]`, says otherwise. */
  sample(options?: { mask?: SequenceRule | null; probability?: SequenceRule | null }): SequenceOf<S, Stack> {
    this.seedIfNew(0);
    const { mask, probability } = chosenOption(this.type, options);
    const [lengthRule, featureRule] = mask ?? probability ?? [null, null];
    const length = this.drawLength(lengthRule);
    const feature =
      mask !== null ? { mask: featureRule } : probability !== null ? { probability: featureRule } : undefined;
    return this.assemble(Array.from({ length }, () => this.featureSpace.sample(feature)));
  }

  /** Per sequence, its elements as the feature space writes them; stacked ones of Tuples and Dicts per member. */
  toJson(elements: readonly SequenceOf<S, Stack>[]): unknown {
    if (this.stack) return batchesToJson(this.featureSpace, elements);
    return elements.map((element) => this.featureSpace.toJson(this.items(element)));
  }

  fromJson(json: unknown): SequenceOf<S, Stack>[] {
    if (this.stack) return batchesFromJson(this.featureSpace, json) as SequenceOf<S, Stack>[];
    return jsonList(json, "elements of Sequence").map((items) =>
      this.assemble(this.featureSpace.fromJson(items)),
    );
  }

  describe(): Record<string, unknown> {
    return { type: this.type, space: this.featureSpace.describe(), stack: this.stack };
  }

  /** A number, or the seeds of the space and of its feature space. Returns the latter. */
  override seed(seed: Seed): unknown[] {
    if (typeof seed === "number") {
      super.seed(seed);
      return this.seed([seed, ...this.drawMemberSeeds()]);
    }
    if (!Array.isArray(seed) || seed.length !== 2) throw wrongSeed(this.type, seed, "a number or 2 seeds");
    const [own, feature] = seed as [Seed, Seed];
    return [super.seed(own), seedMember(this.featureSpace, feature)];
  }

  copy(): Sequence<S, Stack> {
    return this.withRng(new Sequence(copySpace(this.featureSpace) as S, this.stack));
  }

  /** The elements of a sequence, one by one. */
  items(element: SequenceOf<S, Stack>): unknown[] {
    return this.stack ? iterate(this.featureSpace as Space<unknown>, element) : (element as unknown[]);
  }

  /** The sequence of these elements. */
  assemble(items: readonly unknown[]): SequenceOf<S, Stack> {
    const element = this.stack ? concatenate(this.featureSpace as Space<unknown>, items) : items;
    return element as SequenceOf<S, Stack>;
  }

  protected override members(): readonly Space<unknown>[] {
    return [this.featureSpace];
  }

  private drawLength(rule: number | Weights | null): number {
    if (rule === null) return this.rng.geometric(0.25);
    const lengths = typeof rule === "number" ? [rule] : Array.from(rule);
    if (lengths.length === 0 || !lengths.every((length) => Number.isSafeInteger(length) && length >= 0)) {
      throw wrong(this.type, `length is [${lengths.join(", ")}], expected integers of at least 0`);
    }
    return (typeof rule === "number" ? rule : lengths[this.rng.integers(0, lengths.length)]) as number;
  }
}

/**
 * A Sequence space: elements of `sequence(discrete(4))` are lists of numbers; of `sequence(box({ low: 0, high: 1,
 * shape: [2] }), { stack: true })` one Float32Array of 2 values per item.
 *
 * @throws GymnasiumError `invalid-space` if the feature space is no space
 */
export function sequence<S extends Space<unknown>>(
  space: S,
  options?: { readonly stack?: false },
): Sequence<S, false>;
export function sequence<S extends Space<unknown>>(
  space: S,
  options: { readonly stack: true },
): Sequence<S, true>;
export function sequence<S extends Space<unknown>>(
  space: S,
  options: { readonly stack?: boolean },
): Sequence<S>;
export function sequence(
  space: Space<unknown>,
  { stack = false }: { readonly stack?: boolean } = {},
): Sequence {
  return new Sequence(space, stack);
}
