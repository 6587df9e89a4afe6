import { capture, type HostArray, type Step, type tf } from "../../tensors/index.js";
import type { Batch, BatchSource } from "../data/index.js";
import { createMetric, type Metric } from "../metrics/index.js";
import { type Head, type Heads, weightOf } from "./heads.js";

/** Figures of an evaluation: `loss`, and what the heads ask for; `<head>.<metric>` where there are several heads. */
export type Figures = Record<string, number>;

/** Judges a model on data that it does not learn from. */
export class Evaluator {
  private readonly step: Step<string, Record<string, tf.Tensor>>;

  constructor(
    private readonly heads: Heads,
    { eager = false }: { eager?: boolean } = {},
  ) {
    this.step = capture((fields) => this.judge(fields), { eager });
  }

  /** All batches of the source's first epoch. @param onBatch told between batches, such as to let others have air */
  async evaluate(source: BatchSource, onBatch: () => Promise<void> | void = () => {}): Promise<Figures> {
    const sums = this.heads.all.map((head) => ({
      head,
      loss: 0,
      weight: 0,
      metrics: head.settings.metrics.map((name) => [name, createMetric(name)] as const),
    }));
    for (let index = 0; index < source.batches; index++) {
      const batch = await source.batch(0, index);
      const results = this.step.run(this.heads.fieldsOf(batch));
      for (const [position, sum] of sums.entries()) {
        const weight = weightOf(sum.head, batch);
        sum.loss += weight * results[`loss${position}`]![0]!;
        sum.weight += weight;
        const outputs = results[`output${position}`];
        if (outputs !== undefined) this.addTo(sum.metrics, { head: sum.head, outputs, batch });
      }
      await onBatch();
    }
    return figuresOf(sums);
  }

  private judge(fields: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const outputs = this.heads.apply(fields, false);
    const results: Record<string, tf.Tensor> = {};
    this.heads.losses(outputs, fields, false).forEach((loss, index) => {
      const head = this.heads.all[index]!;
      results[`loss${index}`] = loss;
      // What is not asked for is not copied out: the words of a sentence have thousands of outputs each.
      if (head.settings.metrics.some((name) => name !== "perplexity")) {
        results[`output${index}`] = outputs[head.name]!;
      }
    });
    return results;
  }

  private addTo(
    metrics: readonly (readonly [string, Metric])[],
    { head, outputs, batch }: { head: Head; outputs: HostArray["data"]; batch: Batch },
  ): void {
    const { target, mask } = head.settings;
    const targets = batch.fields[target]!;
    const rows = targets.shape.reduce((product, extent) => product * extent, 1);
    const width = outputs.length / rows;
    const shape = width === 1 ? targets.shape : [...targets.shape, width];
    for (const [name, metric] of metrics) {
      if (name === "perplexity") continue;
      metric.add(
        { data: outputs as Float32Array, shape },
        targets,
        mask === null ? null : batch.fields[mask]!,
      );
    }
  }
}

interface HeadSums {
  head: Head;
  loss: number;
  weight: number;
  metrics: readonly (readonly [string, Metric])[];
}

function figuresOf(sums: readonly HeadSums[]): Figures {
  const figures: Figures = { loss: 0 };
  for (const { head, loss, weight, metrics } of sums) {
    const prefix = sums.length > 1 ? `${head.name}.` : "";
    const mean = loss / weight;
    figures["loss"]! += mean * head.settings.weight;
    if (sums.length > 1) figures[`${prefix}loss`] = mean;
    for (const [name, metric] of metrics) {
      figures[prefix + name] = name === "perplexity" ? Math.exp(mean) : metric.value();
    }
  }
  return figures;
}
