import { type Model, NetError } from "../../nets/index.js";
import { tf } from "../../tensors/index.js";
import { batchesOf, type Conversion, type Dataset, dataset } from "../data/index.js";

export interface CodesOptions {
  /** Name of the node whose outputs are wanted, `node:1` for its second. */
  node: string;
  /** Of the data's `inputs`, on their way into the model. */
  convert?: Conversion;
}

/** Rows that pass through a model at a time. */
const rowsTogether = 250;

/**
 * Data as a layer of a model sees them: `inputs` become what the node puts out, float32 `[size, ...shape]`; all other fields stay. The
 * model has one input, and does not train.
 *
 * @throws {NetError} `invalid-net` if there is no such node, or several inputs; `invalid-input` if the data do not fit
 */
export function codesOf(model: Model, data: Dataset, { node, convert }: CodesOptions): Dataset {
  const [input, ...more] = Object.keys(model.spec.inputs);
  if (input === undefined || more.length > 0) {
    throw new NetError(
      "invalid-net",
      `Codes are of models of one input, but this one has ${more.length + 1}: ${[input, ...more].join(", ")}.`,
    );
  }
  const batches = batchesOf(data, {
    ...{ batchSize: rowsTogether, shuffle: false, seed: 0 },
    ...(convert === undefined ? {} : { convert: { inputs: convert } }),
  });
  let codes = new Float32Array(0);
  let shape: number[] = [];
  for (let index = 0; index < batches.batches; index++) {
    const { data: values, shape: rows } = batches.batch(0, index).fields["inputs"]!;
    const [code, extents] = tf.tidy(() => {
      const x = tf.tensor(values.slice(), [...rows], "float32");
      const output = model.apply({ [input]: x }, { outputs: [node] })[node]!;
      return [output.dataSync() as Float32Array, output.shape] as const;
    });
    if (index === 0) {
      shape = extents.slice(1);
      codes = new Float32Array((data.size * code.length) / rows[0]!);
    }
    codes.set(code, (codes.length / data.size) * index * rowsTogether);
  }
  return dataset({ ...data.fields, inputs: { data: codes, shape } }, data.classes);
}
