import { GymnasiumError } from "../errors.js";
import { copySpace, type Seed, SpaceBase, seedMember, wrongSeed } from "./base.js";
import { chosenOption, wrong } from "./choose.js";
import { byCodePoints } from "./code-points.js";
import type { ElementOf, SampleOptions, Space } from "./space.js";
import { requireSpaces, rows } from "./tuple.js";

export type SpaceRecord = Readonly<Record<string, Space<unknown>>>;

/** Elements of named spaces: `{ a: number }` of `{ a: Discrete }`. */
export type RecordOf<S extends SpaceRecord> = { -readonly [K in keyof S]: ElementOf<S[K]> };

/** Masks (or probabilities) by key, null where a member takes none. */
export type KeyedRules = Readonly<Record<string, unknown>>;

export interface DictOptions {
  /** Whether the keys of an object are sorted (pairs keep their order); true unless given, as in Gymnasium. */
  readonly sortKeys?: boolean | undefined;
}

/**
 * Named spaces. Elements are plain objects with one element of each. The order of `keys` decides the members' seeds
 * and the order of the flattened values.
 *
 * Source: `gymnasium.spaces.Dict`.
 */
export class Dict<S extends SpaceRecord = SpaceRecord> extends SpaceBase<RecordOf<S>> {
  readonly type = "Dict";
  readonly shape = null;
  readonly dtype = null;
  readonly keys: readonly string[];
  readonly spaces: S;
  readonly sortKeys: boolean;

  constructor(
    spaces: S | readonly (readonly [string, Space<unknown>])[],
    { sortKeys = true }: DictOptions = {},
  ) {
    super();
    const pairs = isPairs(spaces) ? [...spaces] : Object.entries(spaces);
    if (sortKeys && !isPairs(spaces)) pairs.sort(byKey);
    this.keys = pairs.map(([key]) => key);
    this.spaces = Object.fromEntries(pairs) as unknown as S;
    this.sortKeys = sortKeys;
    requireSpaces(this.type, this.members());
    const double = this.keys.find((key, i) => this.keys.indexOf(key) !== i);
    if (double !== undefined) {
      throw new GymnasiumError(
        "invalid-space",
        `Dict: the key ${JSON.stringify(double)} is there twice, expected unique keys.`,
      );
    }
  }

  contains(x: unknown): x is RecordOf<S> {
    if (typeof x !== "object" || x === null || Array.isArray(x)) return false;
    if (Object.keys(x).length !== this.keys.length) return false;
    for (const key of this.keys) {
      if (!Object.hasOwn(x, key) || !this.member(key).contains((x as Record<string, unknown>)[key]))
        return false;
    }
    return true;
  }

  /** `mask` and `probability` have the space's keys, with null for none. */
  sample(options?: { mask?: KeyedRules | null; probability?: KeyedRules | null }): RecordOf<S> {
    this.seedIfNew(0);
    const rules = this.keyedRules(options);
    return this.record((key) => this.member(key).sample(rules(key)));
  }

  /** One list per key. */
  toJson(elements: readonly RecordOf<S>[]): Record<string, unknown> {
    const column = (key: string) => elements.map((element) => (element as Record<string, unknown>)[key]);
    return Object.fromEntries(this.keys.map((key) => [key, this.member(key).toJson(column(key))]));
  }

  fromJson(json: unknown): RecordOf<S>[] {
    if (typeof json !== "object" || json === null || this.keys.some((key) => !Object.hasOwn(json, key))) {
      throw new GymnasiumError(
        "invalid-options",
        `Elements of Dict as JSON must be an object with the keys ${this.keys.join(", ")}.`,
      );
    }
    const columns = this.keys.map((key) => this.member(key).fromJson((json as Record<string, unknown>)[key]));
    return rows(columns, this.type).map((row) => this.record((_, i) => row[i]));
  }

  describe(): Record<string, unknown> {
    const spaces = this.keys.map((key) => [key, this.member(key).describe()]);
    return { type: this.type, spaces, ...(this.sortKeys ? {} : { sort_keys: 0 }) };
  }

  /** A number, from which the members' seeds are drawn; or seeds by key. Returns the members' seeds by key. */
  override seed(seed: Seed): Record<string, unknown> {
    if (typeof seed === "number") {
      super.seed(seed);
      const seeds = this.drawMemberSeeds();
      return Object.fromEntries(
        this.keys.map((key, i) => [key, seedMember(this.member(key), seeds[i] as number)]),
      );
    }
    const known =
      Object.keys(seed).length === this.keys.length && this.keys.every((key) => Object.hasOwn(seed, key));
    if (!known) throw wrongSeed(this.type, seed, `a number or seeds for the keys ${this.keys.join(", ")}`);
    const seeds = seed as Readonly<Record<string, Seed>>;
    return Object.fromEntries(
      this.keys.map((key) => [key, seedMember(this.member(key), seeds[key] as Seed)]),
    );
  }

  copy(): Dict<S> {
    const pairs = this.keys.map((key) => [key, copySpace(this.member(key))] as const);
    return this.withRng(new Dict<S>(pairs, { sortKeys: this.sortKeys }));
  }

  member(key: string): Space<unknown> {
    return this.spaces[key] as Space<unknown>;
  }

  /**
   * The Dict of what `change` makes of the members. As in Gymnasium, its keys are sorted even where this one was made from
   * pairs, unless it was told not to sort.
   */
  mapMembers(change: (member: Space<unknown>) => Space<unknown>): Dict {
    const pairs = this.keys.map((key) => [key, change(this.member(key))] as const);
    return new Dict(this.sortKeys ? pairs.sort(byKey) : pairs, { sortKeys: this.sortKeys });
  }

  /** An object with the space's keys, in their order. */
  record(value: (key: string, index: number) => unknown): RecordOf<S> {
    return Object.fromEntries(this.keys.map((key, i) => [key, value(key, i)])) as RecordOf<S>;
  }

  protected override members(): readonly Space<unknown>[] {
    return this.keys.map((key) => this.member(key));
  }

  private keyedRules(
    options: { mask?: KeyedRules | null; probability?: KeyedRules | null } | undefined,
  ): (key: string) => SampleOptions | undefined {
    const { mask, probability } = chosenOption(this.type, options);
    const rules = mask ?? probability;
    if (rules === null) return () => undefined;
    if (
      Object.keys(rules).length !== this.keys.length ||
      this.keys.some((key) => !Object.hasOwn(rules, key))
    ) {
      throw wrong(
        this.type,
        `mask or probability has the keys ${Object.keys(rules).join(", ")}, expected ${this.keys.join(", ")}`,
      );
    }
    return (key) => (mask !== null ? { mask: rules[key] } : { probability: rules[key] });
  }
}

function byKey([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return byCodePoints(a, b);
}

function isPairs(spaces: unknown): spaces is readonly (readonly [string, Space<unknown>])[] {
  return Array.isArray(spaces);
}

type PairRecord<P extends readonly (readonly [string, Space<unknown>])[]> = {
  readonly [Pair in P[number] as Pair[0]]: Pair[1];
};

/**
 * A Dict space: elements of `dict({ a: discrete(2), b: text({ maxLength: 3 }) })` are `{ a: number; b: string }`.
 * An object's keys are sorted; pairs, `dict([["b", ...], ["a", ...]])`, keep their order.
 *
 * @throws GymnasiumError `invalid-space` if a member is no space or a key is there twice
 */
export function dict<const P extends readonly (readonly [string, Space<unknown>])[]>(
  pairs: P,
  options?: DictOptions,
): Dict<PairRecord<P>>;
export function dict<S extends SpaceRecord>(spaces: S, options?: DictOptions): Dict<S>;
export function dict(
  spaces: SpaceRecord | readonly (readonly [string, Space<unknown>])[],
  options: DictOptions = {},
): Dict {
  return new Dict(spaces, options);
}
