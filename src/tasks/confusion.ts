import type { Model } from "../nets/index.js";
import {
  type BatchSource,
  ConfusionMatrix,
  Heads,
  type ObjectiveInput,
  objectiveSchema,
} from "../supervised/index.js";
import { tf } from "../tensors/index.js";
import type { ReportTable } from "./task.js";

interface ConfusionOptions {
  source: BatchSource;
  /** Of one head, which tells classes apart. */
  objective: ObjectiveInput;
  classes: readonly string[];
}

/** Which classes a model takes for which, as a table: rows by what is true. */
export async function confusionTable(
  model: Model,
  { source, objective, classes }: ConfusionOptions,
): Promise<ReportTable> {
  const heads = new Heads(model, objectiveSchema.parse(objective));
  const [head] = heads.all as [(typeof heads.all)[number]];
  const matrix = new ConfusionMatrix();
  for (let index = 0; index < source.batches; index++) {
    const { fields } = await source.batch(0, index);
    const logits = tf.tidy(() => {
      const tensors = heads.fields.map((name) => {
        const { data, shape } = fields[name]!;
        return [name, tf.tensor(data, [...shape], data instanceof Int32Array ? "int32" : "float32")] as const;
      });
      const outputs = heads.apply(Object.fromEntries(tensors), false)[head.name]!;
      return { data: outputs.dataSync().slice(), shape: outputs.shape };
    });
    const { target, mask } = head.settings;
    matrix.add(logits, fields[target]!, mask === null ? null : fields[mask]!);
  }
  return {
    title: "Which class (rows) is taken for which",
    columns: ["", ...classes],
    rows: matrix.rows().map((row, index) => [classes[index]!, ...row]),
  };
}
