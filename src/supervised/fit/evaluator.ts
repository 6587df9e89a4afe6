import { capture, type HostArray, type Step, type tf } from "../../tensors/index.js";
import type { Batch, BatchSource } from "../data/index.js";
import { createMetric, type Metric, type MetricName } from "../metrics/index.js";
import { type Head, type Heads, headLoss, weightOf } from "./heads.js";

/**
 * Figures of an evaluation: `loss`, and what the heads ask for; `<head>.<metric>` where there are several heads. What is not
 * defined, as of a head whose mask is 0 throughout, is NaN; such a head adds nothing to the `loss` of several.
 */
export type Figures = Record<string, number>;

export interface EvaluateOptions {
  /** Told between batches, such as to let others have air. */
  onBatch?(): Promise<void> | void;
  /** Ends it before the next batch is looked at; its reason is thrown. */
  signal?: AbortSignal;
}

/** Judges a model on data that it does not learn from. */
export class Evaluator {
  private readonly step: Step<string, Record<string, tf.Tensor>>;
  /** Of each head the mean negative log-likelihood, where it is asked for and is not its loss. */
  private readonly likelihoods: readonly (Head["loss"] | null)[];

  constructor(
    private readonly heads: Heads,
    { eager = false }: { eager?: boolean } = {},
  ) {
    this.likelihoods = heads.all.map(likelihoodBesideLoss);
    this.step = capture((fields) => this.judge(fields), { eager });
  }

  /** All batches of the source's first epoch. */
  async evaluate(source: BatchSource, { onBatch, signal }: EvaluateOptions = {}): Promise<Figures> {
    const sums = this.heads.all.map((head): HeadSums => {
      const names = head.settings.metrics.filter((name) => readsOutputs(head, name));
      return { head, loss: 0, nats: 0, weight: 0, metrics: new Map(names.map((n) => [n, createMetric(n)])) };
    });
    for (let index = 0; index < source.batches; index++) {
      const batch = await source.batch(0, index);
      signal?.throwIfAborted();
      const results = this.step.run(this.heads.fieldsOf(batch));
      for (const [position, sum] of sums.entries()) {
        const weight = weightOf(sum.head, batch);
        const loss = results[`loss${position}`]![0]!;
        sum.loss += weight * loss;
        sum.nats += weight * (results[`nats${position}`]?.[0] ?? loss);
        sum.weight += weight;
        const outputs = results[`output${position}`];
        if (outputs !== undefined) addTo(sum, outputs, batch);
      }
      await onBatch?.();
      signal?.throwIfAborted();
    }
    return figuresOf(sums);
  }

  private judge(fields: Record<string, tf.Tensor>): Record<string, tf.Tensor> {
    const outputs = this.heads.apply(fields, false);
    const results: Record<string, tf.Tensor> = {};
    this.heads.losses(outputs, fields, false).forEach((loss, index) => {
      const head = this.heads.all[index]!;
      const output = outputs[head.name]!;
      results[`loss${index}`] = loss;
      const nats = this.likelihoods[index]?.(output, fields, false);
      if (nats !== undefined) results[`nats${index}`] = nats;
      // What is not asked for is not copied out: the words of a sentence have thousands of outputs each.
      if (head.settings.metrics.some((name) => readsOutputs(head, name))) results[`output${index}`] = output;
    });
    return results;
  }
}

interface HeadSums {
  head: Head;
  loss: number;
  nats: number;
  weight: number;
  metrics: ReadonlyMap<MetricName, Metric>;
}

/** A perplexity comes from the likelihood that is computed with the losses, where these are cross-entropies. */
function readsOutputs({ settings: { loss } }: Head, metric: MetricName): boolean {
  if (metric !== "perplexity") return true;
  return !["crossEntropy", "softCrossEntropy", "binaryCrossEntropy"].includes(loss.name);
}

function likelihoodBesideLoss({ settings }: Head): Head["loss"] | null {
  const { loss, metrics } = settings;
  const isSmoothed = loss.name === "crossEntropy" && loss.labelSmoothing > 0;
  if (!isSmoothed || !metrics.includes("perplexity")) return null;
  return headLoss({ ...settings, loss: { ...loss, labelSmoothing: 0 } });
}

function addTo({ head, metrics }: HeadSums, outputs: HostArray["data"], { fields }: Batch): void {
  const { target, mask } = head.settings;
  const targets = fields[target]!;
  const rows = targets.shape.reduce((product, extent) => product * extent, 1);
  const width = outputs.length / rows;
  const shape = width === 1 ? targets.shape : [...targets.shape, width];
  for (const metric of metrics.values()) {
    metric.add({ data: outputs as Float32Array, shape }, targets, mask === null ? null : fields[mask]!);
  }
}

function figuresOf(sums: readonly HeadSums[]): Figures {
  const seen = sums.filter(({ weight }) => weight > 0);
  const total = seen.reduce((sum, { head, loss, weight }) => sum + (loss / weight) * head.settings.weight, 0);
  const figures: Figures = { loss: seen.length > 0 ? total : Number.NaN };
  for (const { head, loss, nats, weight, metrics } of sums) {
    const prefix = sums.length > 1 ? `${head.name}.` : "";
    if (sums.length > 1) figures[`${prefix}loss`] = loss / weight;
    for (const name of head.settings.metrics) {
      figures[prefix + name] = metrics.get(name)?.value() ?? Math.exp(nats / weight);
    }
  }
  return figures;
}
