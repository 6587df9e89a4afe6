import type { Batch } from "../data/index.js";
import type { Figures } from "./evaluator.js";
import { type Heads, weightOf } from "./heads.js";
import type { TrainerStep } from "./trainer.js";

interface WeightedSum {
  sum: number;
  weight: number;
}

/** The loss and each head's over the batches of an epoch, weighted by their rows. */
export interface EpochSums {
  loss: WeightedSum;
  heads: Record<string, WeightedSum>;
}

export function noSums(): EpochSums {
  return { loss: { sum: 0, weight: 0 }, heads: {} };
}

/** Takes in what a batch has come to; a head's loss only where some row counts. */
export function addBatch(
  sums: EpochSums,
  { loss, losses }: TrainerStep,
  { batch, heads }: { batch: Batch; heads: Heads },
): void {
  add(sums.loss, loss, batch.size);
  for (const head of heads.all) {
    const { name } = head;
    sums.heads[name] ??= { sum: 0, weight: 0 };
    if (weightOf(head, batch) > 0) add(sums.heads[name], losses[name]!, batch.size);
  }
}

/** Means; a head's loss goes by the head's name where there are several heads, as in evaluations. */
export function trainFigures({ loss, heads }: EpochSums): Figures {
  const all = Object.entries(heads);
  const several = all.length > 1 ? all : [];
  const ofHeads = several.map(([name, { sum, weight }]) => [`${name}.loss`, sum / weight]);
  return { loss: loss.sum / loss.weight, ...Object.fromEntries(ofHeads) };
}

function add(sum: WeightedSum, value: number, weight: number): void {
  sum.sum += weight * value;
  sum.weight += weight;
}
