import { GymnasiumError } from "../errors.js";
import { copySpace, type Seed, SpaceBase, seedMember, wrongSeed } from "./base.js";
import { chosenOption, requireLength } from "./choose.js";
import { jsonList } from "./nested.js";
import type { ElementOf, SampleOptions, Space } from "./space.js";

/** Elements of a list of spaces: `[number, Float32Array]` of a Discrete and a float32 Box. */
export type ElementsOf<S extends readonly Space<unknown>[]> = { -readonly [I in keyof S]: ElementOf<S[I]> };

/** One mask (or one list of probabilities) per member, null where a member takes none. */
export type MemberRules = readonly unknown[];

/**
 * The product of spaces. Elements are arrays with one element of each.
 *
 * Source: `gymnasium.spaces.Tuple`.
 */
export class Tuple<S extends readonly Space<unknown>[] = readonly Space<unknown>[]> extends SpaceBase<
  ElementsOf<S>
> {
  readonly type = "Tuple";
  readonly shape = null;
  readonly dtype = null;

  constructor(readonly spaces: S) {
    super();
    requireSpaces(this.type, spaces);
  }

  contains(x: unknown): x is ElementsOf<S> {
    if (!Array.isArray(x) || x.length !== this.spaces.length) return false;
    for (let i = 0; i < x.length; i++) if (!(this.spaces[i] as Space<unknown>).contains(x[i])) return false;
    return true;
  }

  /** `mask` and `probability` have one entry per member, null for none. */
  sample(options?: { mask?: MemberRules | null; probability?: MemberRules | null }): ElementsOf<S> {
    this.seedIfNew(0);
    const rules = memberRules(this.type, options, this.spaces.length);
    return this.spaces.map((space, i) => space.sample(rules(i))) as ElementsOf<S>;
  }

  /** One list per member. */
  toJson(elements: readonly ElementsOf<S>[]): unknown[] {
    return this.spaces.map((space, i) =>
      space.toJson(elements.map((element) => (element as readonly unknown[])[i])),
    );
  }

  fromJson(json: unknown): ElementsOf<S>[] {
    const lists = jsonList(json, "elements of Tuple");
    const columns = this.spaces.map((space, i) => space.fromJson(lists[i]));
    return rows(columns, this.type).map((row) => row as ElementsOf<S>);
  }

  describe(): Record<string, unknown> {
    return { type: this.type, spaces: this.spaces.map((space) => space.describe()) };
  }

  /** A number, from which the members' seeds are drawn; or one seed per member. Returns the members' seeds. */
  override seed(seed: Seed): unknown[] {
    if (typeof seed === "number") {
      super.seed(seed);
      return this.seed(this.drawMemberSeeds());
    }
    if (!Array.isArray(seed) || seed.length !== this.spaces.length) {
      throw wrongSeed(this.type, seed, `a number or ${this.spaces.length} seeds`);
    }
    return this.spaces.map((space, i) => seedMember(space, (seed as readonly Seed[])[i] as Seed));
  }

  copy(): Tuple<S> {
    return this.withRng(new Tuple(this.spaces.map(copySpace) as unknown as S));
  }

  protected override members(): readonly Space<unknown>[] {
    return this.spaces;
  }
}

export function requireSpaces(type: string, spaces: readonly unknown[]): void {
  for (const [i, space] of spaces.entries()) {
    if (typeof space === "object" && space !== null && "contains" in space && "describe" in space) continue;
    throw new GymnasiumError(
      "invalid-space",
      `${type}: member ${i} is ${String(space)}, expected a space such as discrete(2).`,
    );
  }
}

/** What to give each member's `sample`. */
export function memberRules(
  type: string,
  options: { mask?: MemberRules | null; probability?: MemberRules | null } | undefined,
  count: number,
): (member: number) => SampleOptions | undefined {
  const { mask, probability } = chosenOption(type, options);
  if (mask !== null) {
    requireLength(mask, count, type);
    return (member) => ({ mask: mask[member] });
  }
  if (probability === null) return () => undefined;
  requireLength(probability, count, type);
  return (member) => ({ probability: probability[member] });
}

/** Columns (one list of elements per member) turned into rows. */
export function rows(columns: readonly (readonly unknown[])[], type: string): unknown[][] {
  const count = columns[0]?.length ?? 0;
  if (columns.some((column) => column.length !== count)) {
    throw new GymnasiumError(
      "invalid-options",
      `Elements of ${type} as JSON have ${columns.map((column) => column.length).join(", ")} entries per member, expected equal numbers.`,
    );
  }
  return Array.from({ length: count }, (_, row) => columns.map((column) => column[row]));
}

/**
 * A Tuple space: elements of `tuple([discrete(3), box({ low: 0, high: 1 })])` are `[number, Float32Array]`.
 *
 * @throws GymnasiumError `invalid-space` if a member is no space
 */
export function tuple<const S extends readonly Space<unknown>[]>(spaces: S): Tuple<S> {
  return new Tuple(spaces);
}
