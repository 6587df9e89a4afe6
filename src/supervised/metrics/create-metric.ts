import { z } from "zod";
import { auc } from "./auc.js";
import { scoreMetric } from "./confusion.js";
import {
  accuracy,
  logLoss,
  meanAbsoluteError,
  meanSquaredError,
  perplexity,
  rootMeanSquaredError,
  topK,
} from "./means.js";
import type { Metric, OutputKind } from "./metric.js";
import { r2 } from "./r2.js";

/** Makers of the metrics, by name. Classes are told by logits or probabilities `[..., classes]`, or a single score. */
const makers = {
  /** Share of cases put into the right class. */
  accuracy,
  /** Share of cases whose class is among the 5 best. */
  top5: () => topK(5),
  /** Of class 1 where there are two classes, else the mean over classes. */
  precision: (kind) => scoreMetric("precision", kind),
  recall: (kind) => scoreMetric("recall", kind),
  f1: (kind) => scoreMetric("f1", kind),
  /** The mean over classes, however many there are. */
  "f1-macro": (kind) => scoreMetric("f1", kind, "macro"),
  "f1-micro": (kind) => scoreMetric("f1", kind, "micro"),
  "f1-weighted": (kind) => scoreMetric("f1", kind, "weighted"),
  /** Area under the ROC curve; of more than two classes the mean of each against the rest. */
  auc,
  /** Mean negative log-likelihood, in nats. */
  logLoss,
  /** exp of `logLoss`. */
  perplexity,
  mse: meanSquaredError,
  mae: meanAbsoluteError,
  rmse: rootMeanSquaredError,
  r2,
} as const satisfies Record<string, (kind: OutputKind) => Metric>;

export type MetricName = keyof typeof makers;

/** The names of `createMetric`; BLEU, which is of tokens, is apart. */
export const metricNames = Object.keys(makers) as MetricName[];

export const metricSchema = z.enum(metricNames as [MetricName, ...MetricName[]]);

/**
 * @param outputs what the metric is given: logits, as nets give out, or probabilities; default logits
 *
 * @example
 * const accuracy = createMetric("accuracy");
 * accuracy.add({ data: logits, shape: [32, 10] }, { data: labels, shape: [32] }, null);
 * accuracy.value();
 */
export function createMetric(name: MetricName, outputs: OutputKind = "logits"): Metric {
  return makers[name](outputs);
}
