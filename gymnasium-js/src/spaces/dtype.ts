import type { Dtype } from "./space.js";

/** The array that holds elements of a dtype. */
export type ArrayOf<D extends Dtype> = D extends keyof ArrayTypes ? ArrayTypes[D] : never;

interface ArrayTypes {
  float32: Float32Array;
  float64: Float64Array;
  int8: Int8Array;
  int16: Int16Array;
  int32: Int32Array;
  int64: BigInt64Array;
  uint8: Uint8Array;
  uint16: Uint16Array;
  uint32: Uint32Array;
  bool: Uint8Array;
}

/** Any array that holds elements of a Box. */
export type NumberArray = ArrayOf<Dtype>;

const constructors = {
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const satisfies Record<Dtype, unknown>;

export type ArrayConstructorOf<D extends Dtype> = new (length: number) => ArrayOf<D>;

export const dtypes = Object.keys(constructors) as readonly Dtype[];

/** The constructor of a dtype's arrays; bool and uint8 share theirs. */
export function arrayConstructor<D extends Dtype>(dtype: D): ArrayConstructorOf<D> {
  return constructors[dtype] as unknown as ArrayConstructorOf<D>;
}

/** The dtypes that typed arrays have; uint64 is one of no space, but of `BigUint64Array`. */
export type SourceDtype = Dtype | "uint64";

const dtypeOfTag: Readonly<Record<string, SourceDtype>> = {
  Float32Array: "float32",
  Float64Array: "float64",
  Int8Array: "int8",
  Int16Array: "int16",
  Int32Array: "int32",
  BigInt64Array: "int64",
  Uint8Array: "uint8",
  Uint8ClampedArray: "uint8",
  Uint16Array: "uint16",
  Uint32Array: "uint32",
  BigUint64Array: "uint64",
};

/** The dtype that a typed array carries, or null for anything else. */
export function dtypeOf(array: unknown): SourceDtype | null {
  if (!ArrayBuffer.isView(array)) return null;
  const tag = (array as { [Symbol.toStringTag]?: string })[Symbol.toStringTag];
  return (tag !== undefined && dtypeOfTag[tag]) || null;
}

const wider: Readonly<Record<SourceDtype, readonly SourceDtype[]>> = {
  bool: ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64"],
  int8: ["int8", "int16", "int32", "int64", "float32", "float64"],
  uint8: ["uint8", "int16", "uint16", "int32", "uint32", "int64", "float32", "float64"],
  int16: ["int16", "int32", "int64", "float32", "float64"],
  uint16: ["uint16", "int32", "uint32", "int64", "float32", "float64"],
  int32: ["int32", "int64", "float64"],
  uint32: ["uint32", "int64", "float64"],
  int64: ["int64", "float64"],
  uint64: ["uint64", "float64"],
  float32: ["float32", "float64"],
  float64: ["float64"],
};

/** NumPy's safe casting (`np.can_cast`): no value of `from` is lost in `to`, save int64's low bits in float64. */
export function canCast(from: SourceDtype, to: SourceDtype): boolean {
  return from === to || wider[from].includes(to);
}

/** NumPy's `result_type` of two dtypes: the narrowest to which both cast safely. */
export function promote(a: Dtype, b: Dtype): Dtype {
  if (canCast(a, b)) return b;
  return dtypesByWidth.find((dtype) => canCast(a, dtype) && canCast(b, dtype)) ?? "float64";
}

const dtypesByWidth: readonly Dtype[] = [
  "bool",
  "int8",
  "uint8",
  "int16",
  "uint16",
  "int32",
  "uint32",
  "int64",
  "float32",
  "float64",
];

export function isFloat(dtype: Dtype): boolean {
  return dtype === "float32" || dtype === "float64";
}

/** Integers of any width; bool is not one. */
export type IntegerDtype = Exclude<Dtype, "float32" | "float64" | "bool">;

export function isInteger(dtype: Dtype): dtype is IntegerDtype {
  return !isFloat(dtype) && dtype !== "bool";
}

const ranges: Readonly<Record<Dtype, readonly [low: number, high: number]>> = {
  float32: [-3.4028234663852886e38, 3.4028234663852886e38],
  float64: [-Number.MAX_VALUE, Number.MAX_VALUE],
  int8: [-(2 ** 7), 2 ** 7 - 1],
  int16: [-(2 ** 15), 2 ** 15 - 1],
  int32: [-(2 ** 31), 2 ** 31 - 1],
  // As doubles; the true upper end is 2 ** 63 - 1, see `int64Range`.
  int64: [-(2 ** 63), 2 ** 63],
  uint8: [0, 2 ** 8 - 1],
  uint16: [0, 2 ** 16 - 1],
  uint32: [0, 2 ** 32 - 1],
  bool: [0, 1],
};

/** Least and greatest finite value of a dtype, as doubles. */
export function dtypeRange(dtype: Dtype): readonly [low: number, high: number] {
  return ranges[dtype];
}

export const int64Range = [-(2n ** 63n), 2n ** 63n - 1n] as const;
