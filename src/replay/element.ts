import type { Dtype, Space } from "gymnasium-js";
import { ReplayError } from "./errors.js";
import type { ElementSpec, FieldSpec } from "./types.js";

/** Arrays that a field is kept in. */
export type FieldArray = Uint8Array | Int32Array | Float32Array;

const arrayTypes = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array } as const;

const storedAs: Partial<Record<Dtype, FieldSpec["dtype"]>> = {
  bool: "uint8",
  uint8: "uint8",
  int8: "int32",
  int16: "int32",
  uint16: "int32",
  int32: "int32",
  float32: "float32",
  float64: "float32",
};

/** Values per element. */
export function sizeOf(field: FieldSpec): number {
  return field.shape.reduce((product, extent) => product * extent, 1);
}

export function bytesPerValue(field: FieldSpec): number {
  return arrayTypes[field.dtype].BYTES_PER_ELEMENT;
}

/** A zeroed array of `length` values of the field's dtype. */
export function allocate(field: FieldSpec, length: number): FieldArray {
  return new arrayTypes[field.dtype](length);
}

/**
 * What a replay has to keep for these spaces. Observations of 64-bit floats are kept as 32-bit ones.
 *
 * @param options.actionMask keep which actions are legal next; needs a Discrete action space
 * @throws ReplayError `unsupported-space` for spaces whose elements are not one array of at most 32-bit numbers
 * @example
 * elementSpec(box({ low: 0, high: 1, shape: [10, 10, 4], dtype: "uint8" }), discrete(3));
 * // { observation: { shape: [10, 10, 4], dtype: "uint8" }, action: { shape: [], dtype: "int32" }, actionMask: 0 }
 */
export function elementSpec(
  observationSpace: Space<unknown>,
  actionSpace: Space<unknown>,
  options: { actionMask?: boolean } = {},
): ElementSpec {
  const action = fieldSpec(actionSpace, "actions");
  return {
    observation: fieldSpec(observationSpace, "observations"),
    action: { ...action, dtype: action.dtype === "float32" ? "float32" : "int32" },
    actionMask: options.actionMask === true ? countActions(actionSpace) : 0,
  };
}

function fieldSpec(space: Space<unknown>, role: "observations" | "actions"): FieldSpec {
  const { type, shape, dtype } = space;
  if (type === "Discrete") return { shape: [], dtype: "int32" };
  if (type === "MultiDiscrete" && shape !== null) return { shape: [...shape], dtype: "int32" };
  if (type === "MultiBinary" && shape !== null) return { shape: [...shape], dtype: "uint8" };
  const stored = type === "Box" && dtype !== null ? storedAs[dtype] : undefined;
  if (stored !== undefined && shape !== null) return { shape: [...shape], dtype: stored };
  const found = type === "Box" ? `Box of ${dtype}` : type;
  const fix =
    role === "observations"
      ? "wrap the environment in FlattenObservation"
      : "wrap its actions in a Box or Discrete";
  throw new ReplayError(
    "unsupported-space",
    `Replay cannot keep ${role} of a ${found} space, only Box (up to 32 bits, or float64), Discrete, MultiDiscrete and MultiBinary: ${fix}.`,
  );
}

function countActions(space: Space<unknown>): number {
  const { n } = space.describe();
  if (space.type === "Discrete" && typeof n === "number") return n;
  throw new ReplayError(
    "unsupported-space",
    `Action masks are kept for Discrete action spaces only, not for ${space.type}: leave actionMask out.`,
  );
}
