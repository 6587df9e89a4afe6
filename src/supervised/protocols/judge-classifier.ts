import { type Classifier, labelledRows } from "../baselines/index.js";
import type { Dataset } from "../data/index.js";
import { averageScore, ConfusionMatrix } from "../metrics/index.js";

export interface ClassifierFigures {
  accuracy: number;
  /** Mean over the classes. */
  macroF1: number;
}

/** How right a classifier is on data of classes. @throws {DataError} `invalid-data` if the data do not fit it */
export function judgeClassifier(classifier: Classifier, data: Dataset): ClassifierFigures {
  const { inputs, labels } = labelledRows(data);
  const width = data.classes!.length;
  const chosen = new Float32Array(inputs.rows * width);
  classifier.predict(inputs).forEach((label, row) => {
    chosen[row * width + label] = 1;
  });
  const matrix = new ConfusionMatrix("probabilities");
  matrix.add({ data: chosen, shape: [inputs.rows, width] }, { data: labels, shape: [inputs.rows] }, null);
  return {
    accuracy: averageScore(matrix, "f1", "micro"),
    macroF1: averageScore(matrix, "f1", "macro"),
  };
}
