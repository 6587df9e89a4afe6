import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import {
  type Average,
  averageScore,
  ConfusionMatrix,
  classScores,
  createMetric,
  type MetricName,
  metricNames,
  metricSchema,
  type NumericArray,
} from "../../../src/supervised/metrics/index.js";

interface MetricRecord {
  outputs: NumericArray;
  targets: NumericArray;
  weights: NumericArray | null;
  values: Partial<Record<MetricName, number>>;
}

interface ClassRecord extends MetricRecord {
  averages: Record<Exclude<Average, "binary">, Record<"precision" | "recall" | "f1", number>>;
  confusion: number[][];
}

/** Figures of scikit-learn. */
const golden = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/data/supervised-metrics.json"), "utf8"),
) as { classes: ClassRecord[]; binary: MetricRecord[]; regression: MetricRecord[] };

/** Rows `from` to `to` of an array. */
function rows({ data, shape }: NumericArray, from: number, to: number): NumericArray {
  const width = data.length / shape[0]!;
  return {
    data: Array.from(data).slice(from * width, to * width),
    shape: [to - from, ...shape.slice(1)],
  };
}

/** Gives a record to a metric in three batches, the last one shorter. */
function addInBatches(
  metric: { add(o: NumericArray, t: NumericArray, w: NumericArray | null): void },
  { outputs, targets, weights }: MetricRecord,
): void {
  const count = targets.shape[0]!;
  const size = Math.ceil(count / 3) + 1;
  for (let from = 0; from < count; from += size) {
    const to = Math.min(count, from + size);
    metric.add(rows(outputs, from, to), rows(targets, from, to), weights && rows(weights, from, to));
  }
}

describe.each(
  [...golden.classes, ...golden.binary, ...golden.regression].map((record, index) => ({ index, record })),
)("record $index", ({ record }) => {
  test.each(Object.entries(record.values))("%s is scikit-learn's", (name, value) => {
    const metric = createMetric(name as MetricName);
    addInBatches(metric, record);
    expect(metric.value()).toBeCloseTo(value, 9);
    expect(metric.value(), "asked again").toBeCloseTo(value, 9);
    metric.reset();
    expect(metric.value()).toBeNaN();
    addInBatches(metric, record);
    expect(metric.value(), "after a reset").toBeCloseTo(value, 9);
  });
});

describe.each(golden.classes.map((record, index) => ({ index, record })))(
  "confusion $index",
  ({ record }) => {
    const matrix = new ConfusionMatrix();
    addInBatches(matrix, record);

    test("counts which classes were taken for which", () => {
      for (const [target, row] of record.confusion.entries()) {
        for (const [predicted, count] of row.entries()) {
          expect(matrix.at(target, predicted)).toBeCloseTo(count, 9);
        }
      }
      expect(matrix.rows()).toHaveLength(record.confusion.length);
      expect(matrix.rows().flat()).toHaveLength(record.confusion.length ** 2);
    });

    test.each(["macro", "weighted", "micro"] as const)("%s averages are scikit-learn's", (average) => {
      for (const score of ["precision", "recall", "f1"] as const) {
        expect(averageScore(matrix, score, average), score).toBeCloseTo(record.averages[average][score], 9);
      }
      for (const name of [`f1-${average}`] as const) {
        const metric = createMetric(name);
        addInBatches(metric, record);
        expect(metric.value()).toBeCloseTo(record.averages[average].f1, 9);
      }
    });

    test("precision, recall and f1 of several classes are macro averages", () => {
      for (const score of ["precision", "recall", "f1"] as const) {
        const metric = createMetric(score);
        addInBatches(metric, record);
        expect(metric.value()).toBeCloseTo(record.averages.macro[score], 9);
      }
    });
  },
);

const array = (data: ArrayLike<number>, ...shape: number[]): NumericArray => ({
  data,
  shape: shape.length > 0 ? shape : [data.length],
});

function valueOfBatch(name: MetricName, batch: [NumericArray, NumericArray, (NumericArray | null)?]): number {
  const metric = createMetric(name);
  metric.add(batch[0], batch[1], batch[2] ?? null);
  return metric.value();
}

test("the scores of one class, by hand", () => {
  const matrix = new ConfusionMatrix("probabilities");
  matrix.add(array([0.9, 0.8, 0.2, 0.6, 0.1]), array([1, 1, 1, 0, 0]), null);
  expect(matrix.rows()).toEqual([
    [1, 1],
    [1, 2],
  ]);
  const [, yes] = classScores(matrix);
  expect(yes).toEqual({ precision: 2 / 3, recall: 2 / 3, f1: 2 / 3, support: 3 });
});

test("a single score and two columns that say the same have the same metrics", () => {
  for (const record of golden.binary) {
    const { outputs, targets, weights } = record;
    const pairs = array(
      Array.from(outputs.data).flatMap((score) => [0, score]),
      outputs.data.length,
      2,
    );
    const column = array(outputs.data, outputs.data.length, 1);
    for (const name of Object.keys(record.values) as MetricName[]) {
      const single = valueOfBatch(name, [outputs, targets, weights]);
      expect(valueOfBatch(name, [pairs, targets, weights]), name).toBeCloseTo(single, 9);
      expect(valueOfBatch(name, [column, targets, weights]), name).toBe(single);
    }
  }
});

test("probabilities give what logits do", () => {
  for (const { outputs, targets, weights, values } of golden.classes) {
    const classes = outputs.shape[1]!;
    const powers = Array.from(outputs.data, Math.exp);
    const sums = Array.from({ length: targets.data.length }, (_, row) =>
      powers.slice(row * classes, (row + 1) * classes).reduce((sum, power) => sum + power, 0),
    );
    const data = powers.map((power, at) => power / sums[Math.floor(at / classes)]!);
    for (const [name, value] of Object.entries(values) as [MetricName, number][]) {
      const metric = createMetric(name, "probabilities");
      metric.add({ data, shape: outputs.shape }, targets, weights);
      expect(metric.value(), name).toBeCloseTo(value, 8);
    }
  }
  const metric = createMetric("logLoss", "probabilities");
  metric.add(array([1, 0.25]), array([0, 1]), null);
  expect(metric.value()).toBeCloseTo((Math.log(2 ** 52) + Math.log(4)) / 2, 9);
});

test("sequences: weights per step or per row, and padding is not looked at", () => {
  const logits = array([3, 0, 0, 3, Number.NaN, 0, 1, 0, 2, 0, 0, 5], 2, 3, 2);
  const ids = array(Int32Array.of(0, 0, -1, 0, 1, 1), 2, 3);
  const steps = array([1, 1, 0, 2, 0, 1], 2, 3);
  expect(valueOfBatch("accuracy", [logits, ids, steps])).toBe(4 / 5);
  const nats = (difference: number) => Math.log1p(Math.exp(-difference));
  const mean = (nats(3) + nats(-3) + 2 * nats(1) + nats(5)) / 5;
  expect(valueOfBatch("logLoss", [logits, ids, steps])).toBeCloseTo(mean, 12);
  expect(valueOfBatch("perplexity", [logits, ids, steps])).toBeCloseTo(Math.exp(mean), 12);
  const second = [rows(logits, 1, 2), rows(ids, 1, 2)] as const;
  const both = [logits, array([1, 1, 1, 0, 1, 1], 2, 3), array([0, 4], 2)] as const;
  expect(valueOfBatch("logLoss", [...both])).toBeCloseTo(valueOfBatch("logLoss", [...second]), 12);
  const errors = array([1, 2, 3, 4, 5, 6], 2, 3);
  expect(valueOfBatch("mse", [errors, array(new Float32Array(6), 2, 3), array([0, 1])])).toBeCloseTo(
    77 / 3,
    12,
  );
});

test("perplexity of logits that say nothing is the number of classes, and sure logits do not overflow", () => {
  expect(valueOfBatch("perplexity", [array(new Float32Array(21), 3, 7), array([0, 3, 6])])).toBeCloseTo(
    7,
    12,
  );
  expect(valueOfBatch("logLoss", [array([2000, -2000], 1, 2), array([1])])).toBe(4000);
  expect(valueOfBatch("logLoss", [array([2000]), array([1])])).toBe(0);
});

test("NaN is never right", () => {
  const nan = array([Number.NaN, Number.NaN, Number.NaN, 1, 0, 2], 2, 3);
  for (const target of [0, 1, 2]) {
    expect(valueOfBatch("top5", [nan, array([target, 2])])).toBe(0.5);
    expect(valueOfBatch("accuracy", [nan, array([target, 2])])).toBe(0.5);
  }
  expect(valueOfBatch("accuracy", [array([Number.NaN, -1]), array([0, 0])])).toBe(0.5);
  expect(valueOfBatch("auc", [array([Number.NaN, 1]), array([0, 1])])).toBeNaN();
});

test("the area under the curve tells logits apart that are as good as sure", () => {
  // Each probability would be rounded to 1.
  const scores = [40, 50, 60, 70];
  const targets = array([0, 1, 0, 1]);
  const logits = (columns: number) =>
    array(
      scores.flatMap((score) => [0, score, ...new Array(columns - 2).fill(-900)]),
      4,
      columns,
    );
  expect(valueOfBatch("auc", [array(scores), targets])).toBe(0.75);
  expect(valueOfBatch("auc", [logits(2), targets])).toBe(0.75);
  expect(valueOfBatch("auc", [logits(3), targets])).toBe(0.75);
});

test("a single score is among the best two, whatever the next case has", () => {
  expect(valueOfBatch("top5", [array([0.3, Number.NaN]), array([1, 1])])).toBe(0.5);
});

test("of one class only, the area under the curve is not defined; of constant targets r2 is 1 or 0", () => {
  expect(valueOfBatch("auc", [array([0.1, 0.7]), array([1, 1])])).toBeNaN();
  expect(valueOfBatch("r2", [array([2, 2]), array([2, 2])])).toBe(1);
  expect(valueOfBatch("r2", [array([2, 3]), array([2, 2])])).toBe(0);
});

test("refuses what does not go together", () => {
  const codeOf = (name: MetricName, ...batches: [NumericArray, NumericArray, (NumericArray | null)?][]) => {
    const metric = createMetric(name);
    try {
      for (const [outputs, targets, weights = null] of batches) metric.add(outputs, targets, weights);
    } catch (error) {
      return (error as { code: string }).code;
    }
    return null;
  };
  const zeros = (...shape: number[]) => array(new Float32Array(shape.reduce((a, b) => a * b)), ...shape);
  expect(codeOf("accuracy", [zeros(4, 3), zeros(5)])).toBe("shape-mismatch");
  expect(codeOf("accuracy", [zeros(4, 3), zeros(4), zeros(3)])).toBe("shape-mismatch");
  expect(codeOf("accuracy", [zeros(2, 3), array([0, 3])])).toBe("invalid-target");
  expect(codeOf("accuracy", [zeros(2, 3), array([0, 0.5])])).toBe("invalid-target");
  expect(codeOf("auc", [zeros(2), array([0, -1])])).toBe("invalid-target");
  expect(codeOf("mse", [zeros(4, 3), zeros(4)])).toBe("shape-mismatch");
  expect(codeOf("f1", [zeros(4, 3), zeros(4)], [zeros(4, 2), zeros(4)])).toBe("shape-mismatch");
  expect(codeOf("auc", [zeros(4, 3), zeros(4)], [zeros(4, 2), zeros(4)])).toBe("shape-mismatch");
  expect(codeOf("r2", [zeros(4, 3), zeros(4, 3)], [zeros(4, 2), zeros(4, 2)])).toBe("shape-mismatch");
  expect(() => createMetric("accuracy").add(zeros(2, 3), array([0, 3]), null)).toThrow(
    "The target 3 of case 1 is not a class; give whole numbers from 0 to 2, or the weight 0.",
  );
});

test("each metric has its name and says which way is better", () => {
  for (const name of metricNames) expect(createMetric(name).name).toBe(name);
  const lower = metricNames.filter((name) => !createMetric(name).higherIsBetter);
  expect(lower).toEqual(["logLoss", "perplexity", "mse", "mae", "rmse"]);
  expect(metricSchema.parse("auc")).toBe("auc");
  expect(metricSchema.safeParse("top3").success).toBe(false);
});
