import type { Generator } from "gymnasium-js";
import type { RankedColumns } from "./ranked-columns.js";

/** Rows of rank up to `rank` in column `feature` go left. */
export interface Split {
  feature: number;
  rank: number;
  /** Half way to the next value that occurs in the node. */
  threshold: number;
  /** Rows that go left. */
  left: number;
}

export interface SplitSearchOptions {
  /** Columns drawn for a split. */
  features: number;
  minSamplesLeaf: number;
}

/** Up to this many keys are sorted in place of asking the engine, whose call costs more. */
const shortSort = 32;

/** Finds the best split of a node: CART's, by Gini impurity (Breiman, Friedman, Olshen & Stone 1984). */
export class SplitSearch {
  private readonly keys: Uint32Array;
  private readonly order: Int32Array;
  private readonly left: Int32Array;
  private readonly right: Int32Array;

  constructor(
    private readonly ranked: RankedColumns,
    private readonly options: SplitSearchOptions,
    private readonly rng: Generator,
  ) {
    this.keys = new Uint32Array(ranked.rows);
    this.order = Int32Array.from({ length: ranked.columns }, (_, column) => column);
    this.left = new Int32Array(ranked.classes);
    this.right = new Int32Array(ranked.classes);
  }

  /**
   * Draws columns until there are enough, and beyond as long as none divides the rows.
   *
   * @param counts rows of each class in the node
   * @returns null if no column divides them
   */
  best(rows: Int32Array, counts: Int32Array): Split | null {
    const { order, rng, options } = this;
    let best: (Split & { purity: number }) | null = null;
    for (let drawn = 0; drawn < order.length; drawn++) {
      if (drawn >= options.features && best) break;
      const at = rng.integers(drawn, order.length);
      const feature = order[at]!;
      order[at] = order[drawn]!;
      order[drawn] = feature;
      const keys = this.sortedKeys(feature, rows);
      if (!keys) continue;
      const found = this.bestOf(feature, keys, counts);
      if (found && (!best || found.purity > best.purity)) best = found;
    }
    return best;
  }

  /** Null if all rows have one value. */
  private sortedKeys(feature: number, rows: Int32Array): Uint32Array | null {
    const { ranked } = this;
    const base = feature * ranked.rows;
    const keys = this.keys.subarray(0, rows.length);
    const firstRank = ranked.keys[base + rows[0]!]! >>> ranked.classBits;
    let differs = false;
    for (let i = 0; i < rows.length; i++) {
      const key = ranked.keys[base + rows[i]!]!;
      keys[i] = key;
      if (key >>> ranked.classBits !== firstRank) differs = true;
    }
    if (!differs) return null;
    if (keys.length <= shortSort) insertionSort(keys);
    else keys.sort();
    return keys;
  }

  /**
   * Moves rows from right to left in order of value. The weighted Gini impurity is least where
   * sum left^2 / |left| + sum right^2 / |right| over the classes is largest.
   */
  private bestOf(
    feature: number,
    keys: Uint32Array,
    counts: Int32Array,
  ): (Split & { purity: number }) | null {
    const { left, right } = this;
    const { classBits, values } = this.ranked;
    const { minSamplesLeaf } = this.options;
    const classMask = (1 << classBits) - 1;
    left.fill(0);
    right.set(counts);
    let leftSquares = 0;
    let rightSquares = 0;
    for (const count of counts) rightSquares += count * count;
    let purity = -Infinity;
    let place = 0;
    for (let i = 0; i < keys.length - minSamplesLeaf; i++) {
      const code = keys[i]! & classMask;
      leftSquares += 2 * left[code]! + 1;
      rightSquares -= 2 * right[code]! - 1;
      left[code]!++;
      right[code]!--;
      if (i + 1 < minSamplesLeaf || keys[i]! >>> classBits === keys[i + 1]! >>> classBits) continue;
      const here = leftSquares / (i + 1) + rightSquares / (keys.length - i - 1);
      if (here <= purity) continue;
      purity = here;
      place = i + 1;
    }
    if (place === 0) return null;
    const rank = keys[place - 1]! >>> classBits;
    const column = values[feature]!;
    const threshold = (column[rank]! + column[keys[place]! >>> classBits]!) / 2;
    return { feature, rank, threshold, left: place, purity };
  }
}

function insertionSort(keys: Uint32Array): void {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i]!;
    let place = i;
    for (; place > 0 && keys[place - 1]! > key; place--) keys[place] = keys[place - 1]!;
    keys[place] = key;
  }
}
