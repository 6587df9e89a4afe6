import { SafetensorsError } from "./errors.js";
import { type ArrayDtype, type NamedArray, type NamedArrays, sizeOf } from "./named-arrays.js";

interface HeaderEntry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

const codeOf = { float32: "F32", float64: "F64", int32: "I32", uint8: "U8" } as const satisfies Record<
  ArrayDtype,
  string
>;
const dtypeOf = new Map<string, ArrayDtype>(
  Object.entries(codeOf).map(([dtype, code]) => [code, dtype as ArrayDtype]),
);
const bytesPerElement: Record<ArrayDtype, number> = { float32: 4, float64: 8, int32: 4, uint8: 1 };

/** The key of the header under which text is kept beside the arrays. */
const metadataKey = "__metadata__";

/** The header may not be longer than this, as in the reference implementation. */
const longestHeader = 100_000_000;

/**
 * Encodes arrays as a safetensors file: 8 bytes little-endian header length, a JSON header padded with spaces to a
 * multiple of 8, then the arrays back to back. Names are sorted, so that equal content gives equal bytes.
 *
 * Source: https://github.com/huggingface/safetensors#format
 */
export function encodeSafetensors(
  arrays: Readonly<NamedArrays>,
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const names = Object.keys(arrays).sort();
  const header: Record<string, HeaderEntry | Record<string, string>> = {};
  const keys = Object.keys(metadata).sort();
  if (keys.length > 0) header[metadataKey] = Object.fromEntries(keys.map((key) => [key, metadata[key]!]));
  let end = 0;
  // Wider elements first keeps every array aligned to its element size.
  const ordered = names.sort((a, b) => widthOf(arrays[b]!) - widthOf(arrays[a]!) || (a < b ? -1 : 1));
  for (const name of ordered) {
    const array = arrays[name]!;
    checkArray(name, array);
    const start = end;
    end += array.data.byteLength;
    header[name] = { dtype: codeOf[array.dtype], shape: [...array.shape], data_offsets: [start, end] };
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const headerLength = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + headerLength + end).fill(0x20, 8 + json.length, 8 + headerLength);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(headerLength), true);
  bytes.set(json, 8);
  for (const name of ordered) {
    const { data } = arrays[name]!;
    const { data_offsets } = header[name] as HeaderEntry;
    bytes.set(
      new Uint8Array(data.buffer, data.byteOffset, data.byteLength),
      8 + headerLength + data_offsets[0],
    );
  }
  return bytes;
}

/**
 * Decodes a safetensors file of F32, F64, I32 and U8 arrays. The arrays are copies.
 *
 * @throws {SafetensorsError} if the bytes are cut off, changed, overlapping, with gaps, or of another dtype.
 */
export function decodeSafetensors(bytes: Uint8Array): NamedArrays {
  const { header, dataStart } = readHeader(bytes);
  readMetadata(header);
  const entries = Object.entries(header)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]) => ({ name, ...checkEntry(name, value) }));
  checkLayout(entries, bytes.length - dataStart);
  const arrays: NamedArrays = {};
  for (const { name, dtype, shape, data_offsets } of entries) {
    const content = bytes.slice(dataStart + data_offsets[0], dataStart + data_offsets[1]);
    const kind = dtypeOf.get(dtype)!;
    arrays[name] = { shape, dtype: kind, data: typedArray(kind, content) };
  }
  return arrays;
}

/** Reads what `encodeSafetensors` was given as `metadata`, without decoding the arrays. */
export function safetensorsMetadata(bytes: Uint8Array): Record<string, string> {
  return readMetadata(readHeader(bytes).header);
}

function typedArray(dtype: ArrayDtype, content: Uint8Array): NamedArray["data"] {
  const buffer = content.buffer as ArrayBuffer;
  if (dtype === "float32") return new Float32Array(buffer, content.byteOffset, content.length / 4);
  if (dtype === "float64") return new Float64Array(buffer, content.byteOffset, content.length / 8);
  if (dtype === "int32") return new Int32Array(buffer, content.byteOffset, content.length / 4);
  return content;
}

function widthOf(array: NamedArray): number {
  return bytesPerElement[array.dtype];
}

function checkArray(name: string, { shape, dtype, data }: NamedArray): void {
  if (name === metadataKey) {
    throw new SafetensorsError(
      "An array is named __metadata__, which safetensors keeps for itself; rename it.",
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new SafetensorsError(
      `Array "${name}" has ${data.length} elements, but its shape [${shape}] needs ${sizeOf(shape)}.`,
    );
  }
  if (data.byteLength !== data.length * bytesPerElement[dtype]) {
    throw new SafetensorsError(`Array "${name}" says ${dtype}, but its data is a ${data.constructor.name}.`);
  }
}

function readHeader(bytes: Uint8Array): { header: Record<string, unknown>; dataStart: number } {
  if (bytes.length < 8) {
    throw new SafetensorsError(
      `The file has ${bytes.length} bytes, but a header needs at least 8: it is cut off.`,
    );
  }
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(longestHeader)) {
    throw new SafetensorsError(`The header claims ${length} bytes, more than the allowed ${longestHeader}.`);
  }
  const dataStart = 8 + Number(length);
  if (dataStart > bytes.length) {
    throw new SafetensorsError(
      `The header claims ${length} bytes, but only ${bytes.length - 8} follow: the file is cut off.`,
    );
  }
  return { header: parseHeader(bytes.subarray(8, dataStart)), dataStart };
}

function parseHeader(bytes: Uint8Array): Record<string, unknown> {
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new SafetensorsError("The header is not valid UTF-8 JSON: the file was altered.", { cause });
  }
  if (typeof header !== "object" || header === null || Array.isArray(header)) {
    throw new SafetensorsError("The header is not a JSON object: the file was altered.");
  }
  return header as Record<string, unknown>;
}

function readMetadata(header: Record<string, unknown>): Record<string, string> {
  const value = header[metadataKey];
  if (value === undefined) return {};
  if (
    typeof value !== "object" ||
    value === null ||
    Object.values(value).some((text) => typeof text !== "string")
  ) {
    throw new SafetensorsError("__metadata__ must map text to text.");
  }
  return value as Record<string, string>;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

function checkEntry(name: string, value: unknown): HeaderEntry {
  const { dtype, shape, data_offsets } = (value ?? {}) as Partial<Record<keyof HeaderEntry, unknown>>;
  if (typeof dtype !== "string" || !dtypeOf.has(dtype)) {
    throw new SafetensorsError(
      `Array "${name}" has dtype ${JSON.stringify(dtype)}; F32, F64, I32 and U8 are read.`,
    );
  }
  if (!Array.isArray(shape) || !shape.every(isCount)) {
    throw new SafetensorsError(
      `Array "${name}" has shape ${JSON.stringify(shape)}; a list of counts is needed.`,
    );
  }
  if (!Array.isArray(data_offsets) || data_offsets.length !== 2 || !data_offsets.every(isCount)) {
    throw new SafetensorsError(
      `Array "${name}" has data_offsets ${JSON.stringify(data_offsets)}; [start, end] is needed.`,
    );
  }
  const [start, end] = data_offsets as [number, number];
  const needed = sizeOf(shape) * bytesPerElement[dtypeOf.get(dtype)!];
  if (end - start !== needed) {
    throw new SafetensorsError(
      `Array "${name}" of ${dtype} [${shape}] needs ${needed} bytes, but its offsets hold ${end - start}.`,
    );
  }
  return { dtype, shape, data_offsets: [start, end] };
}

/** The arrays must fill the data from its first byte to its last, without overlap or gap. */
function checkLayout(entries: readonly ({ name: string } & HeaderEntry)[], dataLength: number): void {
  const byStart = [...entries].sort(
    (a, b) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  );
  let end = 0;
  for (const { name, data_offsets } of byStart) {
    if (data_offsets[0] !== end) {
      const fault = data_offsets[0] < end ? "overlaps the array before it" : "leaves a gap before it";
      throw new SafetensorsError(
        `Array "${name}" starts at byte ${data_offsets[0]}, not ${end}: it ${fault}.`,
      );
    }
    end = data_offsets[1];
  }
  if (end !== dataLength) {
    const fault = end > dataLength ? "the file is cut off" : "there are stray bytes at the end";
    throw new SafetensorsError(
      `The header describes ${end} bytes of data, the file has ${dataLength}: ${fault}.`,
    );
  }
}
