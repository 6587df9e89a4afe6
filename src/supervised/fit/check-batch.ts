import type { LossConfig } from "../../nets/index.js";
import { type HostArray, tf } from "../../tensors/index.js";
import type { Batch } from "../data/index.js";
import { FitError } from "./errors.js";
import type { Head } from "./heads.js";

/** Losses whose targets are classes; of one score, or one for each target, they are 0 and 1. */
export const classLosses: ReadonlySet<LossConfig["name"]> = new Set([
  ...(["crossEntropy", "binaryCrossEntropy", "focal"] as const),
  ...(["logistic", "hinge", "squaredHinge", "exponential"] as const),
]);

/** @param outputs of one row */
export function classCount(outputs: readonly (number | null)[], targetRank: number): number {
  const width = outputs.at(-1) ?? 1;
  return width === 1 || outputs.length === targetRank ? 2 : width;
}

/**
 * What comes from a source that nobody has checked.
 *
 * @throws {FitError} `invalid-fit` if it is no array of a kind that tensors are made of, or of another size than its shape
 */
export function checkArray(name: string, { data, shape }: HostArray): void {
  const kinds = [Float32Array, Int32Array, Uint8Array];
  if (!kinds.some((kind) => data instanceof kind)) {
    throw new FitError(
      "invalid-fit",
      `The field "${name}" of a batch has to be a Float32Array, an Int32Array or a Uint8Array, not ${Object.prototype.toString.call(data)}.`,
    );
  }
  const size = tf.util.sizeFromShape([...shape]);
  if (data.length === size) return;
  throw new FitError(
    "invalid-fit",
    `The field "${name}" of a batch has ${data.length} values, but its shape [${shape.join(", ")}] says ${size}; make them agree.`,
  );
}

/** @throws {FitError} `invalid-fit` if there are no rows, a weight is below 0 or not finite, or a target is no class of the head's */
export function checkHead(head: Head, fields: Batch["fields"]): void {
  checkRows(head, fields);
  checkWeights(head, fields);
  if (classLosses.has(head.settings.loss.name)) checkTargets(head, fields);
}

/** No losses have no mean. */
function checkRows({ settings: { target } }: Head, fields: Batch["fields"]): void {
  if (fields[target]!.data.length > 0) return;
  throw new FitError(
    "invalid-fit",
    `A batch has no rows (its field "${target}" is empty); a batch needs at least one.`,
  );
}

/** Weights below 0 would divide by what is left of their sum. */
function checkWeights({ settings: { mask } }: Head, fields: Batch["fields"]): void {
  if (mask === null) return;
  const { data, shape } = fields[mask]!;
  const at = (data as Float32Array).findIndex(
    (weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY),
  );
  if (at < 0) return;
  const row = Math.floor((at * shape[0]!) / data.length);
  throw new FitError(
    "invalid-fit",
    `The mask "${mask}" has ${data[at]} in row ${row} of a batch; weights are finite numbers of at least 0.`,
  );
}

/** A target that is no class would have no loss, and so teach nothing; where its weight is 0 that is as it should be. */
function checkTargets({ name, shape, settings: { target, mask } }: Head, fields: Batch["fields"]): void {
  const { data, shape: targetShape } = fields[target]!;
  const weights = mask === null ? null : fields[mask]!.data;
  const classes = classCount(shape, targetShape.length - 1);
  for (let i = 0; i < data.length; i++) {
    const id = data[i]!;
    if (id >= 0 && id < classes) continue;
    if (weights !== null && weights[Math.floor((i * weights.length) / data.length)] === 0) continue;
    const row = Math.floor((i * targetShape[0]!) / data.length);
    throw new FitError(
      "invalid-fit",
      `The target ${id} of row ${row} of a batch is no class of the output "${name}", whose classes are 0 to ${classes - 1}; number them from 0, or give such targets the weight 0 by a mask.`,
    );
  }
}
