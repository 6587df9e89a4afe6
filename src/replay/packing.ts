import { crc32 } from "./crc32.js";
import { ReplayError } from "./errors.js";

/**
 * Bytes of a saved buffer: "LUDUSREP", format version and header length (uint32), header (JSON), the sections one
 * after another, CRC-32 of all that. Numbers are little-endian.
 */
const magic = "LUDUSREP";
const formatVersion = 1;
const prologueBytes = 16;
const checksumBytes = 4;

/** A named run of bytes, given in pieces. */
export interface Section {
  name: string;
  chunks: readonly Uint8Array[];
}

interface Header {
  /** What was saved: "replay" or "frame-stacker". */
  kind: string;
  /** How it was configured; it must be so where it is loaded. */
  config: unknown;
  /** Names and byte lengths. */
  sections: [string, number][];
}

/** @param config plain JSON */
export function pack(kind: string, config: unknown, sections: readonly Section[]): Uint8Array {
  const lengths = sections.map(({ name, chunks }): [string, number] => [
    name,
    chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0),
  ]);
  const header = new TextEncoder().encode(
    JSON.stringify({ kind, config, sections: lengths } satisfies Header),
  );
  const payload = lengths.reduce((sum, [, length]) => sum + length, 0);
  const bytes = allocateBytes(prologueBytes + header.byteLength + payload + checksumBytes);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(magic));
  view.setUint32(8, formatVersion, true);
  view.setUint32(12, header.byteLength, true);
  bytes.set(header, prologueBytes);
  let at = prologueBytes + header.byteLength;
  for (const { chunks } of sections) {
    for (const chunk of chunks) {
      bytes.set(chunk, at);
      at += chunk.byteLength;
    }
  }
  view.setUint32(at, crc32(bytes.subarray(0, at)), true);
  return bytes;
}

/**
 * The sections of what `pack` gave, as views of `bytes`.
 * @throws ReplayError `corrupt`, `newer-version`, or `mismatch` if the kind or the config differ
 */
export function unpack(kind: string, config: unknown, bytes: Uint8Array): Map<string, Uint8Array> {
  const { header, payloadAt } = readHeader(kind, bytes);
  const end = header.sections.reduce((sum, [, length]) => sum + length, payloadAt);
  if (bytes.byteLength !== end + checksumBytes) {
    throw corrupt(kind, `there are ${bytes.byteLength} bytes, expected ${end + checksumBytes}`);
  }
  requireChecksum(kind, bytes);
  if (header.kind !== kind) {
    throw new ReplayError("mismatch", `These bytes are a saved ${header.kind}, expected a saved ${kind}.`);
  }
  requireConfig(kind, header.config, config);
  let at = payloadAt;
  return new Map(
    header.sections.map(([name, length]) => {
      at += length;
      return [name, bytes.subarray(at - length, at)];
    }),
  );
}

export function corrupt(kind: string, problem: string): ReplayError {
  return new ReplayError("corrupt", `The saved ${kind} is damaged: ${problem}; load an undamaged copy.`);
}

function readHeader(kind: string, bytes: Uint8Array): { header: Header; payloadAt: number } {
  if (bytes.byteLength < prologueBytes + checksumBytes) {
    throw corrupt(kind, `there are only ${bytes.byteLength} bytes`);
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (new TextDecoder().decode(bytes.subarray(0, 8)) !== magic) {
    throw corrupt(kind, `it does not begin with ${magic}`);
  }
  const version = view.getUint32(8, true);
  const payloadAt = prologueBytes + view.getUint32(12, true);
  if (version !== formatVersion) {
    // A damaged version number is damage; only an intact file can be newer.
    requireChecksum(kind, bytes);
    throw new ReplayError(
      "newer-version",
      `The saved ${kind} has format ${version}, but this version of Ludus reads format ${formatVersion}: update Ludus.`,
    );
  }
  if (payloadAt + checksumBytes > bytes.byteLength) throw corrupt(kind, "it ends within its header");
  try {
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(prologueBytes, payloadAt))) as Header;
    if (!isHeader(header)) throw new TypeError("not a header");
    return { header, payloadAt };
  } catch {
    throw corrupt(kind, "its header cannot be read");
  }
}

function isHeader(value: Partial<Header> | null): value is Header {
  if (typeof value?.kind !== "string" || !Array.isArray(value.sections)) return false;
  return value.sections.every(
    (section) => Array.isArray(section) && Number.isSafeInteger(section[1]) && section[1] >= 0,
  );
}

function requireChecksum(kind: string, bytes: Uint8Array): void {
  const end = bytes.byteLength - checksumBytes;
  const expected = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(end, true);
  const found = crc32(bytes.subarray(0, end));
  if (found === expected) return;
  const hex = (value: number) => value.toString(16).padStart(8, "0");
  throw corrupt(kind, `its checksum is ${hex(found)}, expected ${hex(expected)}`);
}

function requireConfig(kind: string, found: unknown, expected: unknown): void {
  const saved = { ...(found as Record<string, unknown>) };
  for (const [key, value] of Object.entries(expected as Record<string, unknown>)) {
    const [was, is] = [JSON.stringify(saved[key]), JSON.stringify(value)];
    if (was === is) continue;
    throw new ReplayError(
      "mismatch",
      `The saved ${kind} has ${key} ${was}, but this one has ${is}: load it into one of the same configuration.`,
    );
  }
}

function allocateBytes(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new ReplayError(
      "out-of-memory",
      `Saving takes ${length} bytes, which cannot be allocated: choose a smaller capacity.`,
      { cause },
    );
  }
}
