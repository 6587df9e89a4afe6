import { LudusError } from "./errors.js";

const arrays = {
  Int8Array,
  Uint8Array,
  Int16Array,
  Uint16Array,
  Int32Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
} as const;

/**
 * State as JSON, exactly: what JSON itself would lose (typed arrays, NaN, infinities, -0, big integers)
 * is tagged with `$`. Keys keep their order, so equal states give equal text.
 */
export function stateToJson(state: unknown): string {
  return JSON.stringify(state, function (key: string, value: unknown) {
    // A typed array is handed over as it is; `this[key]` avoids toJSON of Buffers.
    const raw = (this as Record<string, unknown>)[key];
    if (ArrayBuffer.isView(raw)) return { $array: raw.constructor.name, base64: base64(raw) };
    if (typeof value === "number" && (!Number.isFinite(value) || Object.is(value, -0))) {
      return { $number: Object.is(value, -0) ? "-0" : String(value) };
    }
    if (typeof value === "bigint") return { $bigint: String(value) };
    return value;
  });
}

export function stateFromJson<T>(json: string): T {
  return JSON.parse(json, (_key, value: unknown) => {
    if (typeof value !== "object" || value === null) return value;
    const tagged = value as { $array?: string; base64?: string; $number?: string; $bigint?: string };
    if (tagged.$array !== undefined) return typedArray(tagged.$array, tagged.base64 ?? "");
    if (tagged.$number !== undefined) return Number(tagged.$number);
    if (tagged.$bigint !== undefined) return BigInt(tagged.$bigint);
    return value;
  }) as T;
}

function base64(view: ArrayBufferView): string {
  return Buffer.from(view.buffer, view.byteOffset, view.byteLength).toString("base64");
}

function typedArray(name: string, text: string): unknown {
  const type = arrays[name as keyof typeof arrays];
  if (type === undefined)
    throw new LudusError("corrupt-checkpoint", `The state names an array type '${name}' that is not known.`);
  const bytes = Buffer.from(text, "base64");
  const copy = new Uint8Array(bytes.byteLength);
  copy.set(bytes);
  return new type(copy.buffer);
}
