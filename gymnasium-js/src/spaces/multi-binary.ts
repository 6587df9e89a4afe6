import { GymnasiumError } from "../errors.js";
import { SpaceBase } from "./base.js";
import { chosenOption, requireLength, wrong } from "./choose.js";
import { dtypeOf } from "./dtype.js";
import type { NestedNumbers } from "./multi-discrete.js";
import { flattenNested, jsonList, nest, nestedShape, sameShape, sizeOf } from "./nested.js";

/**
 * Arrays of zeros and ones. Elements are flat Int8Arrays in C order.
 *
 * Source: `gymnasium.spaces.MultiBinary`.
 */
export class MultiBinary extends SpaceBase<Int8Array> {
  readonly type = "MultiBinary";
  readonly dtype = "int8";
  readonly shape: readonly number[];
  /** Number of values in an element. */
  readonly size: number;

  constructor(shape: number | readonly number[]) {
    super();
    this.shape = typeof shape === "number" ? [shape] : [...shape];
    this.size = sizeOf(this.shape);
    if (!this.shape.every((extent) => Number.isSafeInteger(extent) && extent > 0)) {
      throw new GymnasiumError(
        "invalid-space",
        `MultiBinary: the shape is [${this.shape.join(", ")}], expected integers of at least 1.`,
      );
    }
  }

  /** Typed arrays of any dtype and nested lists of the space's shape, if all their values are 0 or 1. */
  contains(x: unknown): x is Int8Array {
    if (dtypeOf(x) !== null) return this.isBinary(x as Int8Array);
    const shape = nestedShape(x);
    return shape !== null && sameShape(shape, this.shape) && this.isBinary(flattenNested(x));
  }

  /**
   * With `mask` (flat or nested): 0 and 1 are taken as they are, 2 is tossed; with `probability` each entry is 1
   * as likely as it says; else all are tossed. A mask changes nothing in what is drawn.
   */
  sample(options?: { mask?: NestedNumbers | null; probability?: NestedNumbers | null }): Int8Array {
    const { mask, probability } = chosenOption(this.type, options);
    if (probability !== null) return this.sampleWeighted(this.flat(probability));
    const element = this.rng.integersFill(new Int8Array(this.size), 0, 2, { dtype: this.dtype });
    if (mask === null) return element;
    for (const [i, rule] of this.flat(mask).entries()) {
      if (rule !== 0 && rule !== 1 && rule !== 2)
        throw wrong(this.type, `mask has the value ${rule}, expected 0, 1 or 2`);
      if (rule !== 2) element[i] = rule;
    }
    return element;
  }

  toJson(elements: readonly Int8Array[]): unknown[] {
    return elements.map((element) => nest(element, this.shape));
  }

  fromJson(json: unknown): Int8Array[] {
    return jsonList(json, "elements of MultiBinary").map((nested) => {
      if (!this.contains(nested)) {
        throw new GymnasiumError(
          "invalid-options",
          `An element of MultiBinary as JSON must be zeros and ones of shape [${this.shape.join(", ")}].`,
        );
      }
      return Int8Array.from(flattenNested(nested) as number[]);
    });
  }

  describe(): Record<string, unknown> {
    return { type: this.type, shape: [...this.shape] };
  }

  copy(): MultiBinary {
    return this.withRng(new MultiBinary(this.shape));
  }

  /** Flat values of any array type as an element. */
  fromFlat(flat: ArrayLike<number | bigint>): Int8Array {
    return Int8Array.from(flat as ArrayLike<number>, Number);
  }

  private isBinary(x: ArrayLike<unknown>): boolean {
    if (x.length !== this.size) return false;
    for (let i = 0; i < x.length; i++) {
      const value = x[i];
      if (value !== 0 && value !== 1 && value !== 0n && value !== 1n) return false;
    }
    return true;
  }

  private sampleWeighted(probability: readonly number[]): Int8Array {
    for (const p of probability) {
      if (!(p >= 0 && p <= 1)) throw wrong(this.type, `probability has the value ${p}, expected 0 to 1`);
    }
    return Int8Array.from(probability, (p) => (this.rng.random() <= p ? 1 : 0));
  }

  private flat(nested: NestedNumbers): number[] {
    const values = flattenNested(nested) as number[];
    requireLength(values, this.size, this.type);
    return values;
  }
}

/**
 * A MultiBinary space: `multiBinary(5)`; `multiBinary([3, 2])`.
 *
 * @throws GymnasiumError `invalid-space` if an extent is no positive integer
 */
export function multiBinary(shape: number | readonly number[]): MultiBinary {
  return new MultiBinary(shape);
}
