import { GymnasiumError } from "../errors.js";
import { Generator } from "../seeding/generator.js";
import type { Dtype, SampleOptions, Space } from "./space.js";

/** A number, or what `seed` of the same space returned: one seed per member, nested like the space. */
export type Seed = number | readonly Seed[] | { readonly [member: string]: Seed };

/** What all spaces share: the generator. */
export abstract class SpaceBase<T> implements Space<T> {
  abstract readonly type: string;
  abstract readonly shape: readonly number[] | null;
  abstract readonly dtype: Dtype | null;
  private generator: Generator | null = null;

  get rng(): Generator {
    if (this.generator === null) this.seedIfNew(0);
    return this.generator as unknown as Generator;
  }

  seed(seed: Seed): unknown {
    if (typeof seed !== "number") throw wrongSeed(this.type, seed, "a number");
    this.generator = new Generator(seed);
    return seed;
  }

  /** Draws from `generator` from now on; members keep theirs. */
  useRng(generator: Generator): this {
    this.generator = generator;
    return this;
  }

  /** Like `seed`, but leaves what was seeded before. */
  seedIfNew(seed: number): void {
    if (this.generator !== null) return;
    this.generator = new Generator(seed);
    const seeds = this.drawMemberSeeds();
    for (const [i, member] of this.members().entries()) {
      if (member instanceof SpaceBase) member.seedIfNew(seeds[i] as number);
    }
  }

  abstract sample(options?: SampleOptions): T;
  abstract contains(x: unknown): x is T;
  abstract toJson(elements: readonly T[]): unknown;
  abstract fromJson(json: unknown): T[];
  abstract describe(): Record<string, unknown>;
  /** The same space, with copies of the generators: both draw the same elements from here on. */
  abstract copy(): SpaceBase<T>;

  /** Spaces that this one is made of, in the order in which they are seeded. */
  protected members(): readonly Space<unknown>[] {
    return [];
  }

  /** One seed per member, drawn from the own generator. */
  protected drawMemberSeeds(): number[] {
    return this.members().map(() => this.rng.integers(0, 2 ** 31 - 1));
  }

  /** Gives `copy` this space's generator; for the ends of `copy` methods. */
  protected withRng<S extends SpaceBase<T>>(copy: S): S {
    if (this.generator !== null) copy.useRng(this.generator.clone());
    return copy;
  }
}

/** Seeds a member with a number or, where it takes one, with a nested seed. */
export function seedMember(member: Space<unknown>, seed: Seed): unknown {
  return member.seed(seed as number);
}

export function wrongSeed(type: string, seed: unknown, expected: string): GymnasiumError {
  return new GymnasiumError(
    "invalid-seed",
    `${type} got the seed ${JSON.stringify(seed)}; give ${expected}, for instance seed(0).`,
  );
}

/** A copy of any space; one that is not of this package cannot be copied. */
export function copySpace(space: Space<unknown>): Space<unknown> {
  if (space instanceof SpaceBase) return space.copy();
  throw new GymnasiumError(
    "unsupported",
    `A space of type ${space.type} cannot be copied or batched; build it from the spaces of gymnasium-js.`,
  );
}
