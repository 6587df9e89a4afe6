import { GymnasiumError } from "../errors.js";

/** Number of values in an array of `shape`; 1 for the empty shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** A flat array (C order) as nested lists of `shape`; the empty shape gives the one value. */
export function nest<T>(flat: ArrayLike<T>, shape: readonly number[]): unknown {
  let next = 0;
  const level = (axis: number): unknown => {
    if (axis === shape.length) return flat[next++];
    return Array.from({ length: shape[axis] as number }, () => level(axis + 1));
  };
  return level(0);
}

/** What `nestedShape` finds in nested lists of `shape`: axes behind one without entries cannot be seen. */
export function visibleShape(shape: readonly number[]): readonly number[] {
  const empty = shape.indexOf(0);
  return empty < 0 ? shape : shape.slice(0, empty + 1);
}

/** Shape of nested lists, or null where their lengths differ within an axis. A value that is no list has shape []. */
export function nestedShape(value: unknown): number[] | null {
  const shape: number[] = [];
  for (let first = value; isList(first); first = first[0]) shape.push(first.length);
  return fits(value, shape, 0) ? shape : null;
}

function fits(value: unknown, shape: readonly number[], axis: number): boolean {
  if (!isList(value)) return axis === shape.length;
  if (axis === shape.length || value.length !== shape[axis]) return false;
  for (let i = 0; i < value.length; i++) if (!fits(value[i], shape, axis + 1)) return false;
  return true;
}

/** The values of nested lists, in C order. */
export function flattenNested(value: unknown, into: unknown[] = []): unknown[] {
  if (!isList(value)) into.push(value);
  else for (let i = 0; i < value.length; i++) flattenNested(value[i], into);
  return into;
}

/** Arrays and typed arrays. */
export function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}

export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** A JSON value that must be a list; `what` names it in the error. */
export function jsonList(json: unknown, what: string): readonly unknown[] {
  if (Array.isArray(json)) return json;
  throw new GymnasiumError("invalid-options", `${what} as JSON is ${typeof json}, expected a list.`);
}

/**
 * JSON has no infinities, no -0 (as JavaScript writes it) and few large integers: these become strings, which `Number`
 * and `BigInt` read.
 */
export function toJsonNumber(value: number | bigint): number | string {
  if (typeof value === "bigint") {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (Object.is(value, -0)) return "-0";
  return Number.isFinite(value) ? value : String(value);
}
