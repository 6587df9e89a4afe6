import type { TypedArray } from "./spaces/space.js";

/**
 * Whether two pieces of plain data (observations, infos, snapshots) are the same to the bit; NaN equals NaN.
 * Typed arrays must have the same type.
 */
export function sameData(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (a.constructor !== b.constructor) return false;
  if (ArrayBuffer.isView(a)) return sameNumbers(a as unknown as TypedArray, b as unknown as TypedArray);
  if (Array.isArray(a)) return sameList(a, b as unknown[]);
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
  return keys.every((key) => key in right && sameData(left[key], right[key]));
}

/** Pictures have a hundred thousand values, so that bytes are compared first, by one loop for all types. */
function sameNumbers(a: TypedArray, b: TypedArray): boolean {
  if (a.length !== b.length) return false;
  if (sameBytes(a, b)) return true;
  // NaN has many patterns of bits, all of which are the same number.
  if (!(a instanceof Float32Array || a instanceof Float64Array)) return false;
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    if (x === y ? x === 0 && !Object.is(x, y) : !Object.is(x, y)) return false;
  }
  return true;
}

function sameBytes(a: TypedArray, b: TypedArray): boolean {
  const left = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  const right = new Uint8Array(b.buffer, b.byteOffset, b.byteLength);
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return false;
  return true;
}

function sameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (!sameData(a[i], b[i])) return false;
  return true;
}
