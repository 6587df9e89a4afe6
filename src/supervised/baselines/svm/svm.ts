import { DataError } from "../../data/errors.js";
import { type Classifier, labelsOf, type SavedBaseline } from "../classifier.js";
import { named, parseBaselineConfig, savedArray } from "../config.js";
import { checkQueries, type Matrix } from "../matrix.js";
import { blockProducts, type SparseRows, sparseRows } from "../sparse-rows.js";
import { type SvmConfig, svmConfigSchema } from "./config.js";
import { applyKernel, isScaled, type Kernel } from "./kernel.js";
import type { SvmDualSolution } from "./smo.js";

/** How one pair of classes was solved. */
export type SvmPair = Omit<SvmDualSolution, "alpha">;

/** A fitted machine, laid out as LIBSVM's. */
export interface SvmModel {
  kernel: Kernel;
  classes: Int32Array;
  /** The support vectors' rows in the training data, ordered by class. */
  supportRows: Int32Array;
  /** How many of each class. */
  supportCounts: Int32Array;
  /** `[supports, columns]` */
  supportVectors: Matrix;
  /** y alpha, `[classes - 1, supports]`; line l is the machine against class l (against l + 1 from the own class on). */
  coefficients: Float64Array;
  /** By `pairsOf(classes)`. */
  pairs: readonly SvmPair[];
}

/** All pairs (a, b), a < b, of so many classes, in order: (0, 1), (0, 2) ... */
export function pairsOf(classes: number): [number, number][] {
  return Array.from({ length: classes }, (_, a) => a).flatMap((a) =>
    Array.from({ length: classes - a - 1 }, (_, i): [number, number] => [a, a + 1 + i]),
  );
}

/** A fitted support vector machine; see `fitSvm`. */
export class Svm implements Classifier {
  readonly classes: Int32Array;
  readonly columns: number;
  private readonly sparse: SparseRows;
  private readonly offsets: Int32Array;

  constructor(
    private readonly config: SvmConfig,
    readonly model: SvmModel,
  ) {
    this.classes = model.classes;
    this.columns = model.supportVectors.columns;
    this.sparse = sparseRows(model.supportVectors);
    this.offsets = new Int32Array(model.classes.length + 1);
    for (const [c, count] of model.supportCounts.entries()) this.offsets[c + 1] = this.offsets[c]! + count;
  }

  /**
   * The machines' decisions, `[rows, pairs]` by `pairsOf`: above 0 for the first class of the pair, with 1 and -1 at the
   * margins.
   * @throws {DataError} as `scores`
   */
  decisions(rows: Matrix): Float64Array {
    checkQueries(rows, this.columns);
    const { kernel, pairs } = this.model;
    const { squaredNorms } = this.sparse;
    const order = pairsOf(this.classes.length);
    const decisions = new Float64Array(rows.rows * pairs.length);
    blockProducts(this.sparse, rows, (products, query, squaredNorm) => {
      applyKernel(kernel, products, { squaredNorm, squaredNorms });
      for (const [p, [a, b]] of order.entries()) {
        const sum = this.sumOver(a, b - 1, products) + this.sumOver(b, a, products);
        decisions[query * pairs.length + p] = sum - pairs[p]!.rho;
      }
    });
    return decisions;
  }

  scores(rows: Matrix): Float32Array {
    const decisions = this.decisions(rows);
    const width = this.classes.length;
    const order = pairsOf(width);
    const scores = new Float32Array(rows.rows * width);
    const votes = new Float64Array(width);
    const sums = new Float64Array(width);
    for (let row = 0; row < rows.rows; row++) {
      votes.fill(0);
      sums.fill(0);
      for (const [p, [a, b]] of order.entries()) {
        const decision = decisions[row * order.length + p]!;
        votes[decision > 0 ? a : b]!++;
        sums[a]! += decision;
        sums[b]! -= decision;
      }
      for (let c = 0; c < width; c++) {
        scores[row * width + c] = votes[c]! + sums[c]! / (3 * (Math.abs(sums[c]!) + 1));
      }
    }
    return scores;
  }

  predict(rows: Matrix): Int32Array {
    return labelsOf(this.scores(rows), this.classes);
  }

  save(): SavedBaseline {
    const { kernel, classes, supportRows, supportCounts, supportVectors, coefficients, pairs } = this.model;
    const column = (of: (pair: SvmPair) => number) => named(Float64Array.from(pairs, of));
    return {
      name: "svm-rbf",
      config: { ...this.config, kernel },
      arrays: {
        classes: named(classes),
        supportRows: named(supportRows),
        supportCounts: named(supportCounts),
        supportVectors: named(supportVectors.data, [supportVectors.rows, supportVectors.columns]),
        coefficients: named(coefficients, [classes.length - 1, supportRows.length]),
        rho: column(({ rho }) => rho),
        objective: column(({ objective }) => objective),
        iterations: column(({ iterations }) => iterations),
        converged: column(({ converged }) => Number(converged)),
      },
    };
  }

  private sumOver(ownClass: number, line: number, kernelValues: Float64Array): number {
    const { coefficients } = this.model;
    const base = line * kernelValues.length;
    const end = this.offsets[ownClass + 1]!;
    let sum = 0;
    for (let i = this.offsets[ownClass]!; i < end; i++) sum += coefficients[base + i]! * kernelValues[i]!;
    return sum;
  }
}

/** @throws {DataError} `invalid-data`, `invalid-options` if it is not what `save` gave */
export function restoreSvm(saved: SavedBaseline): Svm {
  const config = parseBaselineConfig("svm-rbf", svmConfigSchema, saved.config as SvmConfig);
  const { kernel } = config;
  if (!isScaled(kernel)) {
    throw new DataError("invalid-data", "The saved svm-rbf has gamma scale; a fitted one has its number.");
  }
  const vectors = savedArray(saved, "supportVectors", "float32");
  const [rows = 0, columns = 0] = vectors.shape;
  const [objective, iterations, converged] = (["objective", "iterations", "converged"] as const).map(
    (key) => savedArray(saved, key, "float64").data,
  ) as [Float64Array, Float64Array, Float64Array];
  const pairs = Array.from(savedArray(saved, "rho", "float64").data, (rho, p) => {
    return { rho, objective: objective[p]!, iterations: iterations[p]!, converged: converged[p] === 1 };
  });
  return new Svm(config, {
    kernel,
    classes: savedArray(saved, "classes", "int32").data,
    supportRows: savedArray(saved, "supportRows", "int32").data,
    supportCounts: savedArray(saved, "supportCounts", "int32").data,
    supportVectors: { data: vectors.data, rows, columns },
    coefficients: savedArray(saved, "coefficients", "float64").data,
    pairs,
  });
}
