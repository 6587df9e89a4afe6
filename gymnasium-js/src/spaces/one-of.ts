import { GymnasiumError } from "../errors.js";
import { copySpace, type Seed, SpaceBase, seedMember, wrongSeed } from "./base.js";
import { elementFromJson, elementToJson } from "./member-json.js";
import { jsonList } from "./nested.js";
import type { ElementOf, Space } from "./space.js";
import { type MemberRules, memberRules, requireSpaces } from "./tuple.js";

type IndexOf<Key> = Key extends `${infer Index extends number}` ? Index : number;

/** `[0, number] | [1, Float32Array]` of a Discrete and a float32 Box. */
export type ChoiceOf<S extends readonly Space<unknown>[]> = {
  [I in keyof S]: [index: IndexOf<I>, element: ElementOf<S[I]>];
}[number];

/**
 * An element of one of several spaces. Elements are pairs: the space's index, and its element.
 *
 * Source: `gymnasium.spaces.OneOf`.
 */
export class OneOf<S extends readonly Space<unknown>[] = readonly Space<unknown>[]> extends SpaceBase<
  ChoiceOf<S>
> {
  readonly type = "OneOf";
  readonly shape = null;
  readonly dtype = null;

  constructor(readonly spaces: S) {
    super();
    if (spaces.length === 0) {
      throw new GymnasiumError("invalid-space", "OneOf: there is no member, expected at least one space.");
    }
    requireSpaces(this.type, spaces);
  }

  contains(x: unknown): x is ChoiceOf<S> {
    if (!Array.isArray(x) || x.length !== 2) return false;
    const space = Number.isInteger(x[0]) ? this.spaces[x[0] as number] : undefined;
    return space?.contains(x[1]) ?? false;
  }

  /** `mask` and `probability` have one entry per member, null for none; they do not weigh the members. */
  sample(options?: { mask?: MemberRules | null; probability?: MemberRules | null }): ChoiceOf<S> {
    this.seedIfNew(0);
    const rules = memberRules(this.type, options, this.spaces.length);
    const index = this.rng.integers(0, this.spaces.length);
    return [index, this.member(index).sample(rules(index))] as ChoiceOf<S>;
  }

  toJson(elements: readonly ChoiceOf<S>[]): unknown[] {
    return (elements as readonly [number, unknown][]).map(([index, element]) => [
      index,
      elementToJson(this.member(index), element),
    ]);
  }

  fromJson(json: unknown): ChoiceOf<S>[] {
    return jsonList(json, "elements of OneOf").map((pair) => {
      const [index, element] = jsonList(pair, "an element of OneOf");
      return [index, elementFromJson(this.member(index as number), element)] as ChoiceOf<S>;
    });
  }

  describe(): Record<string, unknown> {
    return { type: this.type, spaces: this.spaces.map((space) => space.describe()) };
  }

  /** A number, or one seed for the space and one per member. Returns the latter. */
  override seed(seed: Seed): unknown[] {
    if (typeof seed === "number") {
      super.seed(seed);
      return this.seed([seed, ...this.drawMemberSeeds()]);
    }
    if (!Array.isArray(seed) || seed.length !== this.spaces.length + 1) {
      throw wrongSeed(this.type, seed, `a number or ${this.spaces.length + 1} seeds`);
    }
    const [own, ...others] = seed as Seed[];
    return [super.seed(own as Seed), ...this.spaces.map((space, i) => seedMember(space, others[i] as Seed))];
  }

  copy(): OneOf<S> {
    return this.withRng(new OneOf(this.spaces.map(copySpace) as unknown as S));
  }

  protected override members(): readonly Space<unknown>[] {
    return this.spaces;
  }

  /** @throws GymnasiumError `invalid-options` if there is no such member */
  member(index: number): Space<unknown> {
    const space = this.spaces[index];
    if (space !== undefined) return space;
    throw new GymnasiumError(
      "invalid-options",
      `OneOf has no member ${index}, expected 0 to ${this.spaces.length - 1}.`,
    );
  }
}

/**
 * A OneOf space: elements of `oneOf([discrete(3), box({ low: 0, high: 1 })])` are `[0, number] | [1, Float32Array]`.
 *
 * @throws GymnasiumError `invalid-space` if there is no member, or one is no space
 */
export function oneOf<const S extends readonly Space<unknown>[]>(spaces: S): OneOf<S> {
  return new OneOf(spaces);
}
