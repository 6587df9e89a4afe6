import type { z } from "zod";
import type { NamedArray } from "../../tensors/index.js";
import { DataError } from "../data/errors.js";
import type { SavedBaseline } from "./classifier.js";

/** Reads a config strictly. @throws {DataError} `invalid-options`, one sentence with the first key that is wrong */
export function parseBaselineConfig<Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  config: z.input<Schema>,
): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? `.${issue.path.join(".")}` : "";
  throw new DataError(
    "invalid-options",
    `The config ${name}${where} is wrong: ${issue?.message ?? "unknown"}.`,
    {
      cause: result.error,
    },
  );
}

type DataOf<Dtype extends NamedArray["dtype"]> = Extract<
  { float32: Float32Array; float64: Float64Array; int32: Int32Array; uint8: Uint8Array }[Dtype],
  NamedArray["data"]
>;

/** An array of a saved baseline. @throws {DataError} `invalid-data` if it is not there, or of another dtype */
export function savedArray<Dtype extends NamedArray["dtype"]>(
  { name, arrays }: SavedBaseline,
  key: string,
  dtype: Dtype,
): { shape: number[]; data: DataOf<Dtype> } {
  const found = arrays[key];
  if (found?.dtype === dtype) return { shape: found.shape, data: found.data as DataOf<Dtype> };
  throw new DataError(
    "invalid-data",
    `The saved ${name} has ${found ? `${key} of dtype ${found.dtype}` : `no array ${key}`}; it needs one of ${dtype}.`,
  );
}

/** An array as a `NamedArray`; without a shape it is one row. */
export function named(data: NamedArray["data"], shape: number[] = [data.length]): NamedArray {
  return { shape, dtype: dtypeOf(data), data };
}

function dtypeOf(data: NamedArray["data"]): NamedArray["dtype"] {
  if (data instanceof Float32Array) return "float32";
  if (data instanceof Float64Array) return "float64";
  return data instanceof Int32Array ? "int32" : "uint8";
}
