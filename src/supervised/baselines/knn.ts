import { z } from "zod";
import { DataError } from "../data/errors.js";
import { type Classifier, labelsOf, type SavedBaseline } from "./classifier.js";
import { named, parseBaselineConfig, savedArray } from "./config.js";
import {
  checkLabelledRows,
  checkQueries,
  type EncodedLabels,
  type LabelledRows,
  type Matrix,
} from "./matrix.js";
import { blockProducts, type SparseRows, sparseRows } from "./sparse-rows.js";

export const knnConfigSchema = z.strictObject({
  k: z.int().min(1).default(3).describe("neighbours that vote; default 3"),
});

export type KnnConfig = z.output<typeof knnConfigSchema>;

/**
 * k nearest neighbours by Euclidean distance, exact (Cover & Hart 1967). All rows are kept; of equal distances the earlier
 * row counts. Scores are each class's share of the neighbours.
 *
 * @example
 * const inputs = { data: Float32Array.of(0, 1, 9), rows: 3, columns: 1 };
 * const knn = fitKnn({ inputs, labels: Int32Array.of(4, 4, 7) }, { k: 1 });
 * knn.predict({ data: Float32Array.of(8), rows: 1, columns: 1 }); // [7]
 *
 * @throws {DataError} `invalid-data`, `empty-split`, `one-class`; `invalid-options` also for more neighbours than rows
 */
export function fitKnn(data: LabelledRows, config: z.input<typeof knnConfigSchema> = {}): Classifier {
  const parsed = parseBaselineConfig("knn", knnConfigSchema, config);
  const labels = checkLabelledRows(data);
  const { rows } = data.inputs;
  if (parsed.k > rows) {
    throw new DataError(
      "invalid-options",
      `k is ${parsed.k}, but there are ${rows} rows; take at most ${rows}.`,
    );
  }
  return new Knn(parsed, data.inputs, labels);
}

/** @throws {DataError} `invalid-data`, `invalid-options` if it is not what `save` gave */
export function restoreKnn(saved: SavedBaseline): Classifier {
  const inputs = savedArray(saved, "inputs", "float32");
  const [rows = 0, columns = 0] = inputs.shape;
  const labels = savedArray(saved, "labels", "int32").data;
  return fitKnn({ inputs: { data: inputs.data, rows, columns }, labels }, saved.config as KnnConfig);
}

class Knn implements Classifier {
  readonly classes: Int32Array;
  readonly columns: number;
  private readonly sparse: SparseRows;

  constructor(
    private readonly config: KnnConfig,
    private readonly inputs: Matrix,
    private readonly labels: EncodedLabels,
  ) {
    this.classes = labels.classes;
    this.columns = inputs.columns;
    this.sparse = sparseRows(inputs);
  }

  scores(rows: Matrix): Float32Array {
    checkQueries(rows, this.columns);
    const { squaredNorms } = this.sparse;
    const width = this.classes.length;
    const scores = new Float32Array(rows.rows * width);
    const nearest = new Nearest(this.config.k);
    blockProducts(this.sparse, rows, (products, query, squaredNorm) => {
      nearest.clear();
      // |a - b|^2 = |a|^2 + |b|^2 - 2 a.b
      for (let i = 0; i < products.length; i++) {
        nearest.offer(squaredNorm + squaredNorms[i]! - 2 * products[i]!, i);
      }
      for (const row of nearest.rows) scores[query * width + this.labels.codes[row]!]! += 1 / this.config.k;
    });
    return scores;
  }

  predict(rows: Matrix): Int32Array {
    return labelsOf(this.scores(rows), this.classes);
  }

  save(): SavedBaseline {
    const { data, rows, columns } = this.inputs;
    const labels = this.labels.codes.map((code) => this.classes[code]!);
    const arrays = { inputs: named(data, [rows, columns]), labels: named(labels) };
    return { name: "knn", config: this.config, arrays };
  }
}

/** The k smallest distances that were offered, in order. */
class Nearest {
  readonly rows: Int32Array;
  private readonly distances: Float64Array;

  constructor(k: number) {
    this.rows = new Int32Array(k);
    this.distances = new Float64Array(k);
  }

  clear(): void {
    this.distances.fill(Infinity);
  }

  offer(distance: number, row: number): void {
    const { distances, rows } = this;
    let place = distances.length - 1;
    if (distance >= distances[place]!) return;
    for (; place > 0 && distances[place - 1]! > distance; place--) {
      distances[place] = distances[place - 1]!;
      rows[place] = rows[place - 1]!;
    }
    distances[place] = distance;
    rows[place] = row;
  }
}
