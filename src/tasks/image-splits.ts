import { Generator } from "gymnasium-js";
import {
  type Augmentation,
  batchesOf,
  type Conversion,
  type Dataset,
  type FitData,
  stratifiedRows,
  takeRows,
} from "../supervised/index.js";

export interface ImageSplitsOptions {
  batchSize: number;
  seed: number;
  /** Share of the training images that are held out to validate by. */
  heldOut: number;
  convert: Conversion;
  augment?: Augmentation;
}

/** Images for a fit: a part of the training split is held out, and training images alone are augmented. */
export function imageSplits(
  { train, test }: { train: Dataset; test: Dataset },
  { batchSize, seed, heldOut, convert, augment }: ImageSplitsOptions,
): FitData {
  const labels = train.fields["targets"]!.data;
  const [learnt, judged] = stratifiedRows(labels, [1 - heldOut, heldOut], new Generator([seed, 1])).map(
    (rows) => takeRows(train, rows),
  ) as [Dataset, Dataset];
  const sampleSize = Math.min(learnt.size, judged.size);
  const sample = takeRows(
    learnt,
    Int32Array.from({ length: sampleSize }, (_, row) => row),
  );
  const still = (data: Dataset) =>
    batchesOf(data, { batchSize: 250, shuffle: false, seed, convert: { inputs: convert } });
  return {
    train: batchesOf(learnt, {
      ...{ batchSize, seed, convert: { inputs: convert } },
      ...(augment === undefined ? {} : { augment }),
    }),
    trainSample: still(sample),
    validation: still(judged),
    test: still(test),
  };
}
