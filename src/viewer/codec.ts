import { decode, ExtensionCodec, encode } from "@msgpack/msgpack";

/** Typed arrays as MessagePack extensions; bytes (Uint8Array) have a type of their own in the format. */
const arrayTypes = [
  Int8Array,
  Int16Array,
  Int32Array,
  Uint16Array,
  Uint32Array,
  Float32Array,
  Float64Array,
  BigInt64Array,
  BigUint64Array,
] as const;

const extensions = new ExtensionCodec();
arrayTypes.forEach((ArrayType, type) => {
  extensions.register({
    type,
    encode: (value) =>
      value instanceof ArrayType ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : null,
    // Copied, because elements have to be aligned.
    decode: (bytes) => new ArrayType(bytes.slice().buffer),
  });
});

/** Plain data (numbers, strings, booleans, null, typed arrays, nested arrays and objects) as bytes; little-endian machines only. */
export function toBytes(message: unknown): Uint8Array<ArrayBuffer> {
  return encode(message, { extensionCodec: extensions, useBigInt64: true, maxDepth: 32 });
}

/** @throws Error if the bytes are no such data */
export function fromBytes(bytes: Uint8Array): unknown {
  return decode(bytes, { extensionCodec: extensions, useBigInt64: true });
}
