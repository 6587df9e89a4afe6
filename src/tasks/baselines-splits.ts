import { Generator } from "gymnasium-js";
import { type Dataset, fitStandardization, standardize, takeRows } from "../supervised/index.js";

export interface Splits {
  train: Dataset;
  test: Dataset;
}

/**
 * So many random rows of the training split, and the test split as it is, float32: pictures divided by their largest value, tables with
 * columns of mean 0 and deviation 1, both as the training rows say.
 */
export function preparedSplits({ train, test }: Splits, rows: number, seed: number): Splits {
  const chosen = train.size > rows ? takeRows(train, someRows(train.size, rows, seed)) : train;
  const { data, shape } = chosen.fields["inputs"]!;
  if (shape.length === 1) {
    const standardization = fitStandardization(chosen);
    return { train: standardize(chosen, standardization), test: standardize(test, standardization) };
  }
  let largest = 0;
  for (const value of data) largest = Math.max(largest, value);
  return { train: divided(chosen, largest), test: divided(test, largest) };
}

function someRows(size: number, count: number, seed: number): Int32Array {
  return new Generator([seed, 1]).permutation(size).slice(0, count).sort();
}

function divided(data: Dataset, largest: number): Dataset {
  const { inputs, ...others } = data.fields;
  const values = Float32Array.from(inputs!.data, (value) => value / largest);
  return { ...data, fields: { ...others, inputs: { data: values, shape: inputs!.shape } } };
}
