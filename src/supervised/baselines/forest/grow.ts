import type { Generator } from "gymnasium-js";
import { featuresPerSplit, type RandomForestConfig } from "./config.js";
import type { RankedColumns } from "./ranked-columns.js";
import { type Split, SplitSearch } from "./split.js";

/** A decision tree; node 0 is the root. */
export interface Tree {
  /** The column that a node asks, -1 in a leaf. */
  features: number[];
  /** Rows whose value is at most this go to the left child. */
  thresholds: number[];
  /** The left child, after which the right one comes; of a leaf, its place in `shares`. */
  children: number[];
  /** Of each leaf, the classes' shares of its rows. */
  shares: Float32Array[];
}

/** One tree on a sample of the rows of its own, grown until its leaves are pure unless the config ends it before. */
export function growTree(ranked: RankedColumns, config: RandomForestConfig, rng: Generator): Tree {
  const search = new SplitSearch(
    ranked,
    {
      features: featuresPerSplit(config.maxFeatures, ranked.columns),
      minSamplesLeaf: config.minSamplesLeaf,
    },
    rng,
  );
  const tree: Tree = { features: [], thresholds: [], children: [], shares: [] };
  const open = [{ node: addNode(tree), rows: sample(ranked.rows, config.bootstrap, rng), depth: 0 }];
  for (let next = open.pop(); next; next = open.pop()) {
    const { node, rows, depth } = next;
    const counts = classCounts(ranked, rows);
    const mayGrow =
      rows.length >= config.minSamplesSplit && (config.maxDepth === null || depth < config.maxDepth);
    const split = mayGrow && !isPure(counts, rows.length) ? search.best(rows, counts) : null;
    if (!split) {
      tree.children[node] = tree.shares.push(Float32Array.from(counts, (count) => count / rows.length)) - 1;
      continue;
    }
    tree.features[node] = split.feature;
    tree.thresholds[node] = split.threshold;
    const [left, right] = [addNode(tree), addNode(tree)];
    tree.children[node] = left;
    partition(ranked, rows, split);
    open.push({ node: right, rows: rows.subarray(split.left), depth: depth + 1 });
    open.push({ node: left, rows: rows.subarray(0, split.left), depth: depth + 1 });
  }
  return tree;
}

function addNode({ features, thresholds, children }: Tree): number {
  thresholds.push(0);
  children.push(-1);
  return features.push(-1) - 1;
}

function sample(rows: number, bootstrap: boolean, rng: Generator): Int32Array {
  return Int32Array.from({ length: rows }, (_, row) => (bootstrap ? rng.integers(0, rows) : row));
}

function classCounts({ keys, classBits, classes }: RankedColumns, rows: Int32Array): Int32Array {
  const mask = (1 << classBits) - 1;
  const counts = new Int32Array(classes);
  for (const row of rows) counts[keys[row]! & mask]!++;
  return counts;
}

function isPure(counts: Int32Array, rows: number): boolean {
  return counts.includes(rows);
}

/** Rows that go left first, in place. */
function partition({ keys, rows: height, classBits }: RankedColumns, rows: Int32Array, split: Split): void {
  const base = split.feature * height;
  let place = 0;
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i]!;
    if (keys[base + row]! >>> classBits > split.rank) continue;
    rows[i] = rows[place]!;
    rows[place++] = row;
  }
}
