export { Bleu, type BleuOptions, type BleuParts, type BleuSmoothing } from "./bleu.js";
export { type Average, averageScore, type ClassScores, ConfusionMatrix, classScores } from "./confusion.js";
export { createMetric, type MetricName, metricNames, metricSchema } from "./create-metric.js";
export { type Metric, MetricError, type NumericArray, type OutputKind } from "./metric.js";
export { tokenize13a } from "./tokenize.js";
