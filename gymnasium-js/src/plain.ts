import { GymnasiumError } from "./errors.js";

/**
 * Deep copy of plain data: numbers, strings, booleans, bigints, null, undefined, typed arrays, and nested arrays
 * and objects of these. The copy shares no memory with the original.
 *
 * @param path how the value is called in the message of an error
 * @throws GymnasiumError `invalid-snapshot` for functions, class instances, Maps and the like
 */
export function clonePlain<T>(value: T, path = "state"): T {
  if (typeof value === "function" || typeof value === "symbol") throw notPlain(value, path);
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((member, i) => clonePlain(member, `${path}[${i}]`)) as T;
  if (ArrayBuffer.isView(value) && "slice" in value) {
    return (value as unknown as { slice(): unknown }).slice() as T;
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw notPlain(value, path);
  const copy: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) copy[key] = clonePlain(member, `${path}.${key}`);
  return copy as T;
}

function notPlain(value: unknown, path: string): GymnasiumError {
  const kind = typeof value === "object" ? `a ${value?.constructor?.name ?? "object"}` : `a ${typeof value}`;
  return new GymnasiumError(
    "invalid-snapshot",
    `${path} is ${kind}, but a state that can be saved holds only numbers, strings, booleans, typed arrays, and arrays and objects of these.`,
  );
}
