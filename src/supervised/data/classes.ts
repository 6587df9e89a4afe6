import type { Dataset } from "./dataset.js";
import { DataError } from "./errors.js";

/**
 * How many rows each class has.
 * @throws {DataError} `invalid-data` if the data have no classes
 */
export function classCounts(data: Dataset): Int32Array {
  const { labels, classes } = labelled(data);
  const counts = new Int32Array(classes.length);
  for (const label of labels) counts[label]!++;
  return counts;
}

/**
 * Says no to data that leave nothing to tell apart.
 * @throws {DataError} `one-class` if all rows are of one class, `invalid-data` if the data have no classes
 */
export function requireSeveralClasses(data: Dataset): void {
  const present = [...classCounts(data).entries()].filter(([, count]) => count > 0);
  if (present.length > 1) return;
  const only = data.classes![present[0]![0]];
  throw new DataError(
    "one-class",
    `All ${data.size} rows are of the class ${only}; a classifier needs rows of at least two classes.`,
  );
}

/** Class indices of all rows, and the names of the classes. */
export function labelled(data: Dataset): { labels: Int32Array; classes: readonly string[] } {
  const labels = data.fields["targets"]?.data;
  if (data.classes === undefined || !(labels instanceof Int32Array)) {
    throw new DataError(
      "invalid-data",
      "These data have no classes; give dataset() their names and int32 targets.",
    );
  }
  return { labels, classes: data.classes };
}
