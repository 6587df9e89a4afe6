import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type LossConfigInput, lossSchema } from "../../../src/nets/losses/index.js";
import { type HostArray, tf } from "../../../src/tensors/index.js";

interface ArrayRecord {
  shape: number[];
  data: number[];
  dtype?: "int32" | "float32";
}

interface LossRecord {
  config: LossConfigInput;
  outputs: ArrayRecord;
  targets: ArrayRecord;
  weights: ArrayRecord | null;
  value: number;
  gradient: number[];
}

const { cases } = JSON.parse(
  readFileSync(join(import.meta.dirname, "../../golden/data/losses.json"), "utf8"),
) as { cases: LossRecord[] };

/** Losses and their gradients by the outputs as JAX and Optax compute them, in float64. */
export const lossCases = cases.map((record) => {
  const { config, outputs, targets, weights } = record;
  const shapes = [outputs, targets, ...(weights ? [weights] : [])].map(({ shape }) => `[${shape}]`);
  return {
    ...record,
    config: lossSchema.parse(config),
    title: `${JSON.stringify(config)} of ${shapes.join(" ")}`,
  };
});

export function hostArray({ shape, data, dtype = "float32" }: ArrayRecord): HostArray {
  return { shape, data: dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data) };
}

export function tensorOf(record: ArrayRecord): tf.Tensor {
  return tf.tensor(record.data, record.shape, record.dtype ?? "float32");
}
