import { layoutOf } from "../layout.js";
import { clonePlain } from "../plain.js";
import type { NumberArray } from "../spaces/dtype.js";
import { sizeOf } from "../spaces/nested.js";
import type { Space } from "../spaces/space.js";

export function isNumberArray(value: unknown): value is NumberArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Zeros for `rows` elements of `space` one after another; null where elements are not numbers or arrays. */
export function allocateRows(space: Space<unknown>, rows: number): NumberArray | null {
  if (space.type === "Box" && space.dtype === "int64")
    return new BigInt64Array(rows * sizeOf(space.shape ?? []));
  const memory = layoutOf(space).allocate(rows);
  return isNumberArray(memory) ? memory : null;
}

/**
 * Copies elements of `space` into reused memory where they are arrays, else into new memory.
 *
 * @param copies how many copies in a row keep their values: the copy before that many is overwritten
 */
export function elementCopier<T>(space: Space<T>, copies: number): (element: T) => T {
  if (space.type === "Discrete" || space.type === "Text") return (element) => element;
  // Elements of an int64 Box come as BigInt64Array or as Int32Array, so these are copied as they are.
  const isInt64 = space.type === "Box" && space.dtype === "int64";
  const memories = Array.from({ length: copies }, () => (isInt64 ? null : allocateRows(space, 1)));
  let turn = 0;
  return (element) => {
    const memory = memories[turn] ?? null;
    turn = turn + 1 === copies ? 0 : turn + 1;
    if (memory === null) return clonePlain(element, "element");
    // Elements of one space have one array type.
    (memory as Float64Array).set(element as Float64Array);
    return memory as T;
  };
}
