import type { Generator } from "gymnasium-js";
import { DataError } from "./errors.js";

/**
 * Rows 0 to size - 1 in random parts, each in ascending order: of `[0.8, 0.2]` the first has 80 % of them.
 * @throws {DataError} `invalid-options` if the fractions do not sum to 1, `empty-split` if a part has no row
 */
export function splitRows(size: number, fractions: readonly number[], rng: Generator): Int32Array[] {
  checkFractions(fractions);
  return filled(cut(rng.permutation(size), fractions), size);
}

/**
 * The same with as many rows of each class in each part as its fraction says, to the nearest row.
 * @param labels class index of each row
 */
export function stratifiedRows(
  labels: ArrayLike<number>,
  fractions: readonly number[],
  rng: Generator,
): Int32Array[] {
  checkFractions(fractions);
  const classes = rowsByKey(labels);
  const parts = fractions.map((): number[] => []);
  for (const label of [...classes.keys()].sort((a, b) => a - b)) {
    cut(rng.permutation(classes.get(label)!), fractions).forEach((rows, part) => {
      parts[part]!.push(...rows);
    });
  }
  return filled(parts, labels.length);
}

/**
 * The same with rows of one group, such as translations of one sentence, all in one part; the fractions are of groups.
 * @param groups number of the group of each row
 */
export function groupedRows(
  groups: ArrayLike<number>,
  fractions: readonly number[],
  rng: Generator,
): Int32Array[] {
  checkFractions(fractions);
  const members = rowsByKey(groups);
  const parts = cut(rng.permutation([...members.keys()]), fractions);
  return filled(
    parts.map((keys) => keys.flatMap((key) => members.get(key)!)),
    groups.length,
  );
}

function rowsByKey(keys: ArrayLike<number>): Map<number, number[]> {
  const rows = new Map<number, number[]>();
  for (let row = 0; row < keys.length; row++) {
    const members = rows.get(keys[row]!);
    if (members === undefined) rows.set(keys[row]!, [row]);
    else members.push(row);
  }
  return rows;
}

function checkFractions(fractions: readonly number[]): void {
  const sum = fractions.reduce((total, fraction) => total + fraction, 0);
  if (fractions.every((fraction) => fraction > 0) && Math.abs(sum - 1) < 1e-9) return;
  throw new DataError(
    "invalid-options",
    `The fractions of a split must be above 0 and sum to 1, but they are ${fractions.join(", ")}.`,
  );
}

function cut<Rows extends { length: number; slice(from: number, to: number): Rows }>(
  rows: Rows,
  fractions: readonly number[],
): Rows[] {
  let share = 0;
  let from = 0;
  return fractions.map((fraction) => {
    share += fraction;
    const to = Math.round(share * rows.length);
    const part = rows.slice(from, to);
    from = to;
    return part;
  });
}

function filled(parts: readonly ArrayLike<number>[], size: number): Int32Array[] {
  const empty = parts.findIndex((part) => part.length === 0);
  if (empty >= 0) {
    throw new DataError(
      "empty-split",
      `Part ${empty + 1} of the split has none of the ${size} rows; give it a larger fraction, or more rows.`,
    );
  }
  return parts.map((part) => Int32Array.from(part).sort());
}
