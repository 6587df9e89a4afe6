import type { Generator } from "gymnasium-js";
import { DataError, type Dataset, dataset, labelled, takeRows } from "../data/index.js";

/**
 * The rows of some classes only, numbered anew in that order: a task of its own.
 * @throws {DataError} `invalid-data` if the data have no classes, or not those; `empty-split` if there is no such row
 */
export function takeClasses(data: Dataset, classes: readonly number[]): Dataset {
  const { labels, classes: names } = labelled(data);
  const stray = classes.find((index) => names[index] === undefined);
  if (stray !== undefined) {
    throw new DataError(
      "invalid-data",
      `There is no class ${stray}; the ${names.length} classes have indices 0 to ${names.length - 1}.`,
    );
  }
  const numbers = new Map(classes.map((old, index) => [old, index]));
  const rows = Int32Array.from(labels.keys()).filter((row) => numbers.has(labels[row]!));
  const { fields } = takeRows(data, rows);
  const targets = Int32Array.from(rows, (row) => numbers.get(labels[row]!)!);
  return dataset(
    { ...fields, targets: { data: targets, shape: [] } },
    classes.map((index) => names[index]!),
  );
}

/**
 * So many random rows of each class, in ascending order: little data, and as much of each.
 * @throws {DataError} `invalid-options` if a class has fewer
 */
export function rowsPerClass(data: Dataset, count: number, rng: Generator): Int32Array {
  const { labels, classes } = labelled(data);
  const rows = classes.flatMap((name, index) => {
    const own = [...labels.keys()].filter((row) => labels[row] === index);
    if (own.length < count) {
      throw new DataError(
        "invalid-options",
        `Of the class ${name} there are ${own.length} rows, which are less than the ${count} that are asked for.`,
      );
    }
    return rng.permutation(own).slice(0, count);
  });
  return Int32Array.from(rows).sort();
}

/** All classes in two halves, drawn from the generator: the first is the larger of an odd number. */
export function halvesOf(classes: number, rng: Generator): [number[], number[]] {
  const order = [...rng.permutation(classes)];
  const cut = Math.ceil(classes / 2);
  const ascending = (part: number[]) => part.sort((a, b) => a - b);
  return [ascending(order.slice(0, cut)), ascending(order.slice(cut))];
}
