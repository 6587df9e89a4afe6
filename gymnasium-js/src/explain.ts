import type { Space } from "./spaces/space.js";

/** A space in few words, for messages: `Box([4], float32)`, `Discrete(16)`. */
export function describeSpace(space: Space<unknown>): string {
  const facts = space.describe();
  switch (space.type) {
    case "Box":
      return `Box([${space.shape?.join(", ")}], ${space.dtype})`;
    case "Discrete":
      return facts["start"] ? `Discrete(${facts["n"]}, start ${facts["start"]})` : `Discrete(${facts["n"]})`;
    case "MultiDiscrete":
      return `MultiDiscrete(${shorten(facts["nvec"])})`;
    case "MultiBinary":
      return `MultiBinary(${shorten(facts["shape"])})`;
    default:
      return `${space.type} ${shorten(facts["spaces"] ?? facts)}`;
  }
}

/** A value in few words, for messages. */
export function describeValue(value: unknown): string {
  if (ArrayBuffer.isView(value) && "length" in value) {
    const array = value as unknown as ArrayLike<number>;
    const head = Array.from({ length: Math.min(array.length, 8) }, (_, i) => String(array[i])).join(", ");
    return `${value.constructor.name}(${array.length}) [${head}${array.length > 8 ? ", ..." : ""}]`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "object" && value !== null) return shorten(value);
  return String(value);
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value, (_, member: unknown) => {
    if (typeof member === "bigint" || (typeof member === "number" && !Number.isFinite(member)))
      return String(member);
    return ArrayBuffer.isView(member) ? Array.from(member as unknown as ArrayLike<number>) : member;
  });
  return text === undefined ? String(value) : text.length > 80 ? `${text.slice(0, 77)}...` : text;
}

const arrayNames: Record<string, string> = {
  float32: "Float32Array",
  float64: "Float64Array",
  int8: "Int8Array",
  int16: "Int16Array",
  int32: "Int32Array",
  int64: "BigInt64Array",
  uint8: "Uint8Array",
  uint16: "Uint16Array",
  uint32: "Uint32Array",
  bool: "Uint8Array",
};

/** Why `value` is not in `space`, as the end of a sentence; called only where `contains` said no. */
export function whyOutside(space: Space<unknown>, value: unknown): string {
  if (space.type === "Dict" || space.type === "Tuple") return whyMemberOutside(space, value);
  if (space.type !== "Box") return `expected an element of ${describeSpace(space)}`;
  const fault = arrayFault(space, value);
  if (fault !== null) return fault;
  const array = value as ArrayLike<number | bigint>;
  const { low, high } = space.describe() as { low: (number | string)[]; high: (number | string)[] };
  for (let i = 0; i < array.length; i++) {
    const [x, from, to] = [Number(array[i]), Number(low[i]), Number(high[i])];
    if (!(x >= from && x <= to)) return `value ${array[i]} at index ${i} is not within [${from}, ${to}]`;
  }
  return `expected an element of ${describeSpace(space)}`;
}

/** What is wrong with the type or length of a Box element; null if nothing is. */
export function arrayFault(space: Space<unknown>, value: unknown): string | null {
  const size = (space.shape ?? []).reduce((product, extent) => product * extent, 1);
  const expected = arrayNames[space.dtype ?? ""] ?? "typed array";
  if (!ArrayBuffer.isView(value) || value.constructor.name !== expected)
    return `expected a ${expected} of ${size} values`;
  const { length } = value as unknown as ArrayLike<number>;
  return length === size ? null : `it has ${length} values, expected ${size}`;
}

function whyMemberOutside(space: Space<unknown>, value: unknown): string {
  const members = (space as unknown as { spaces?: unknown }).spaces;
  if (typeof value !== "object" || value === null || typeof members !== "object" || members === null) {
    return `expected ${space.type === "Dict" ? "an object" : "an array"} with the members of ${describeSpace(space)}`;
  }
  const entries = members instanceof Map ? [...members] : Object.entries(members);
  for (const [key, member] of entries as [string, Space<unknown>][]) {
    const part = (value as Record<string, unknown>)[key];
    if (!member.contains(part)) return `member ${key}: ${describeValue(part)}: ${whyOutside(member, part)}`;
  }
  return `it has members that ${describeSpace(space)} does not have`;
}
