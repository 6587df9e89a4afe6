import { lossOf, type Model } from "../../nets/index.js";
import { tf } from "../../tensors/index.js";
import type { Batch } from "../data/index.js";
import type { Objective } from "./config.js";
import { FitError } from "./errors.js";

type Fields = Readonly<Record<string, tf.Tensor>>;

export interface Head {
  /** Output of the model. */
  name: string;
  settings: Objective["heads"][string];
  /** @param training with class weights, which evaluations leave out */
  loss(output: tf.Tensor, fields: Fields, training: boolean): tf.Scalar;
}

/**
 * An objective, joined to a model.
 *
 * @throws {FitError} `invalid-fit` if it names outputs or inputs that the model has not
 */
export class Heads {
  readonly all: readonly Head[];
  /** Fields of a batch that are read. */
  readonly fields: readonly string[];
  private readonly inputs: readonly (readonly [input: string, field: string])[];

  constructor(
    private readonly model: Model,
    objective: Objective,
  ) {
    const { outputs, inputs } = model.spec;
    this.all = Object.entries(objective.heads).map(([name, settings]) => {
      if (!(name in outputs)) throw strayName("output", name, Object.keys(outputs));
      return { name, settings, loss: headLoss(settings) };
    });
    if (this.all.length === 0) {
      throw new FitError("invalid-fit", "The objective has no heads; say what an output is to become.");
    }
    const stray = Object.keys(objective.inputs).find((name) => !(name in inputs));
    if (stray !== undefined) throw strayName("input", stray, Object.keys(inputs));
    const names = Object.keys(inputs);
    this.inputs = names.map((name) => {
      return [name, objective.inputs[name] ?? (names.length === 1 ? "inputs" : name)] as const;
    });
    this.fields = [
      ...new Set([
        ...this.inputs.map(([, field]) => field),
        ...this.all.flatMap(({ settings }) => [settings.target, ...(settings.mask ? [settings.mask] : [])]),
      ]),
    ];
  }

  /** The outputs of the heads. @param fields of a batch */
  apply(fields: Fields, training: boolean): Record<string, tf.Tensor> {
    const feeds = Object.fromEntries(this.inputs.map(([input, field]) => [input, fields[field]!]));
    return this.model.apply(feeds, { training, outputs: this.all.map(({ name }) => name) });
  }

  /** The losses of the heads, each without its weight. */
  losses(outputs: Record<string, tf.Tensor>, fields: Fields, training: boolean): tf.Scalar[] {
    return this.all.map(({ name, loss }) => loss(outputs[name]!, fields, training));
  }

  /** @throws {FitError} `invalid-fit` if the batch lacks a field */
  fieldsOf(batch: Batch): Batch["fields"] {
    return Object.fromEntries(
      this.fields.map((name) => {
        const field = batch.fields[name];
        if (field !== undefined) return [name, field];
        throw new FitError(
          "invalid-fit",
          `The batches have no field "${name}"; they have ${Object.keys(batch.fields).join(", ")}.`,
        );
      }),
    );
  }
}

/** What a head's loss in a batch counts for in a mean over batches: its rows, or the sum of their weights. */
export function weightOf({ settings }: Head, batch: Batch): number {
  if (settings.mask === null) return batch.size;
  return (batch.fields[settings.mask]!.data as Float32Array).reduce((sum, weight) => sum + weight, 0);
}

function headLoss({ loss: config, target, mask, classWeights }: Head["settings"]): Head["loss"] {
  const loss = lossOf(config);
  return (output, fields, training) => {
    const targets = fields[target]!;
    let weights = mask === null ? null : fields[mask]!;
    if (training && classWeights !== null) {
      const ofClasses = tf.gather(tf.tensor1d(classWeights, "float32"), targets as tf.Tensor1D);
      weights = weights === null ? ofClasses : tf.mul(weights, ofClasses);
    }
    return loss(output, targets, weights);
  };
}

function strayName(what: string, name: string, there: readonly string[]): FitError {
  return new FitError("invalid-fit", `The model has no ${what} "${name}"; it has ${there.join(", ")}.`);
}
