import { lossOf, type Model } from "../../nets/index.js";
import { tf } from "../../tensors/index.js";
import type { Batch } from "../data/index.js";
import { checkArray, checkHead, classCount, classLosses } from "./check-batch.js";
import type { Objective } from "./config.js";
import { FitError } from "./errors.js";

type Fields = Readonly<Record<string, tf.Tensor>>;

export interface Head {
  /** Output of the model. */
  name: string;
  settings: Objective["heads"][string];
  /** Of one row's outputs. */
  shape: readonly (number | null)[];
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
      return { name, settings, shape: outputShape(model, outputs[name]!), loss: headLoss(settings) };
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

  /**
   * @throws {FitError} `invalid-fit` if the batch lacks a field or has no rows, an array is of another size than its shape, a weight is
   * below 0 or not finite, or a target is no class of its head's
   */
  fieldsOf(batch: Batch): Batch["fields"] {
    const fields = this.readFields(batch);
    for (const head of this.all) checkHead(head, fields);
    return fields;
  }

  private readFields(batch: Batch): Batch["fields"] {
    return Object.fromEntries(
      this.fields.map((name) => {
        const field = batch.fields[name];
        if (field === undefined) {
          throw new FitError(
            "invalid-fit",
            `The batches have no field "${name}"; they have ${Object.keys(batch.fields).join(", ")}.`,
          );
        }
        checkArray(name, field);
        return [name, field];
      }),
    );
  }
}

/** What a head's loss in a batch counts for in a mean over batches: its rows, or the sum of their weights. */
export function weightOf({ settings }: Head, batch: Batch): number {
  if (settings.mask === null) return batch.size;
  return (batch.fields[settings.mask]!.data as Float32Array).reduce((sum, weight) => sum + weight, 0);
}

/** A head's loss as a function of tensors. @throws {FitError} `invalid-fit`, when it first runs, for class weights that do not fit */
export function headLoss(settings: Head["settings"]): Head["loss"] {
  const loss = lossOf(settings.loss);
  return (output, fields, training) => {
    const targets = fields[settings.target]!;
    let weights = settings.mask === null ? null : fields[settings.mask]!;
    if (training && settings.classWeights !== null) {
      const ofClasses = classFactors(settings, output, targets);
      weights = weights === null ? ofClasses : tf.mul(withAxes(weights, ofClasses.rank), ofClasses);
    }
    return loss(output, targets, weights);
  };
}

/** The factor of each target, of the targets' shape, without a last axis of 1 where each has a score of its own. */
function classFactors(
  { loss, classWeights }: Head["settings"],
  output: tf.Tensor,
  targets: tf.Tensor,
): tf.Tensor {
  const factors = classWeights!;
  if (!classLosses.has(loss.name)) {
    throw new FitError(
      "invalid-fit",
      `classWeights are for losses of classes, but the loss is ${loss.name}; leave them out.`,
    );
  }
  const classes = classCount(output.shape.slice(1), targets.rank - 1);
  if (factors.length !== classes) {
    throw new FitError(
      "invalid-fit",
      `There are ${factors.length} classWeights, but ${classes} classes; give ${classes}.`,
    );
  }
  const isUnit = output.rank === targets.rank && targets.rank > 1 && targets.shape.at(-1) === 1;
  const ids = isUnit ? tf.reshape(targets, targets.shape.slice(0, -1)) : targets;
  if (ids.dtype !== "int32") return tf.add(tf.mul(ids, factors[1]! - factors[0]!), factors[0]!);
  // What is masked may be of no class.
  const known = tf.maximum(tf.minimum(ids, tf.scalar(classes - 1, "int32")), tf.scalar(0, "int32"));
  return tf.gather(tf.tensor1d(factors, "float32"), known as tf.Tensor1D);
}

/** With axes of 1 at the end. */
function withAxes(x: tf.Tensor, rank: number): tf.Tensor {
  return tf.reshape(x, [...x.shape, ...new Array<number>(rank - x.rank).fill(1)]);
}

function outputShape({ shapes }: Model, reference: string): readonly (number | null)[] {
  const [node = "", output = "0"] = reference.split(":");
  return shapes.get(node)![Number(output)]!;
}

function strayName(what: string, name: string, there: readonly string[]): FitError {
  return new FitError("invalid-fit", `The model has no ${what} "${name}"; it has ${there.join(", ")}.`);
}
