import { Generator, SeedSequence } from "gymnasium-js";
import type { z } from "zod";
import { type BaselineOptions, type Classifier, labelsOf, type SavedBaseline } from "../classifier.js";
import { named, parseBaselineConfig, savedArray } from "../config.js";
import { checkLabelledRows, checkQueries, type LabelledRows, type Matrix } from "../matrix.js";
import { type RandomForestConfig, randomForestConfigSchema } from "./config.js";
import { growTree, type Tree } from "./grow.js";
import { rankedColumns } from "./ranked-columns.js";

/**
 * A random forest (Breiman 2001): decision trees, each on a bootstrap sample, each split chosen among some columns drawn
 * anew. The seed's SeedSequence spawns a stream for each tree. Scores are the classes' shares in the leaves that a row
 * falls into, averaged over the trees.
 *
 * @throws {DataError} `invalid-data`, `empty-split`, `one-class`, `invalid-options`
 */
export function fitRandomForest(
  data: LabelledRows,
  config: z.input<typeof randomForestConfigSchema> = {},
  { seed = 0, onProgress }: BaselineOptions = {},
): Classifier {
  const parsed = parseBaselineConfig("random-forest", randomForestConfigSchema, config);
  const labels = checkLabelledRows(data);
  const ranked = rankedColumns(data.inputs, labels);
  const total = parsed.trees;
  const trees = new SeedSequence(seed).spawn(total).map((sequence, t) => {
    const tree = growTree(ranked, parsed, new Generator(sequence));
    onProgress?.({ done: t + 1, total });
    return tree;
  });
  return new RandomForest(parsed, { ...joined(trees), classes: labels.classes, columns: ranked.columns });
}

/** All trees one after the other; children and shares are counted over all of them. */
interface ForestModel {
  classes: Int32Array;
  columns: number;
  roots: Int32Array;
  features: Int32Array;
  thresholds: Float64Array;
  children: Int32Array;
  /** `[leaves, classes]` */
  shares: Float32Array;
}

class RandomForest implements Classifier {
  readonly classes: Int32Array;
  readonly columns: number;

  constructor(
    private readonly config: RandomForestConfig,
    private readonly model: ForestModel,
  ) {
    this.classes = model.classes;
    this.columns = model.columns;
  }

  scores(rows: Matrix): Float32Array {
    checkQueries(rows, this.columns);
    const { roots, shares } = this.model;
    const width = this.classes.length;
    const scores = new Float32Array(rows.rows * width);
    const sums = new Float64Array(width);
    for (let row = 0; row < rows.rows; row++) {
      sums.fill(0);
      for (const root of roots) {
        const leaf = this.leafOf(rows.data, row * this.columns, root);
        for (let c = 0; c < width; c++) sums[c]! += shares[leaf * width + c]!;
      }
      for (let c = 0; c < width; c++) scores[row * width + c] = sums[c]! / roots.length;
    }
    return scores;
  }

  predict(rows: Matrix): Int32Array {
    return labelsOf(this.scores(rows), this.classes);
  }

  save(): SavedBaseline {
    const { classes, columns, roots, features, thresholds, children, shares } = this.model;
    return {
      name: "random-forest",
      config: this.config,
      arrays: {
        classes: named(classes),
        columns: named(Int32Array.of(columns)),
        roots: named(roots),
        features: named(features),
        thresholds: named(thresholds),
        children: named(children),
        shares: named(shares, [shares.length / classes.length, classes.length]),
      },
    };
  }

  private leafOf(data: Float32Array, base: number, root: number): number {
    const { features, thresholds, children } = this.model;
    let node = root;
    for (let feature = features[node]!; feature >= 0; feature = features[node]!) {
      node = children[node]! + (data[base + feature]! <= thresholds[node]! ? 0 : 1);
    }
    return children[node]!;
  }
}

/** @throws {DataError} `invalid-data`, `invalid-options` if it is not what `save` gave */
export function restoreRandomForest(saved: SavedBaseline): Classifier {
  const config = parseBaselineConfig(
    "random-forest",
    randomForestConfigSchema,
    saved.config as RandomForestConfig,
  );
  return new RandomForest(config, {
    classes: savedArray(saved, "classes", "int32").data,
    columns: savedArray(saved, "columns", "int32").data[0]!,
    roots: savedArray(saved, "roots", "int32").data,
    features: savedArray(saved, "features", "int32").data,
    thresholds: savedArray(saved, "thresholds", "float64").data,
    children: savedArray(saved, "children", "int32").data,
    shares: savedArray(saved, "shares", "float32").data,
  });
}

function joined(trees: readonly Tree[]): Omit<ForestModel, "classes" | "columns"> {
  const nodes = trees.reduce((sum, { features }) => sum + features.length, 0);
  const leaves = trees.flatMap(({ shares }) => shares);
  const width = leaves[0]!.length;
  const model = {
    roots: new Int32Array(trees.length),
    features: new Int32Array(nodes),
    thresholds: new Float64Array(nodes),
    children: new Int32Array(nodes),
    shares: new Float32Array(leaves.length * width),
  };
  for (const [leaf, shares] of leaves.entries()) model.shares.set(shares, leaf * width);
  let node = 0;
  let leaf = 0;
  for (const [t, tree] of trees.entries()) {
    model.roots[t] = node;
    model.features.set(tree.features, node);
    model.thresholds.set(tree.thresholds, node);
    const first = { node, leaf };
    const children = tree.children.map(
      (child, i) => child + (tree.features[i]! < 0 ? first.leaf : first.node),
    );
    model.children.set(children, node);
    node += tree.features.length;
    leaf += tree.shares.length;
  }
  return model;
}
