import { DataError } from "../../supervised/data/index.js";
import { ungzipped } from "./gzip.js";

const block = 512;
const text = new TextDecoder("latin1");

/**
 * The regular files in a tar archive (POSIX ustar), gzipped or not, by their path.
 * @throws {DataError} `corrupt-file` if a header or a file is cut short or damaged
 */
export function parseTar(packed: Uint8Array, file: string): Map<string, Uint8Array> {
  const bytes = ungzipped(packed, file);
  const members = new Map<string, Uint8Array>();
  for (let at = 0; at + block <= bytes.length && bytes[at] !== 0; ) {
    const header = bytes.subarray(at, at + block);
    const size = octal(header, 124, 12);
    if (octal(header, 148, 8) !== checksum(header) || at + block + size > bytes.length) {
      throw new DataError(
        "corrupt-file",
        `${file} is no whole tar archive: it is damaged or cut short at byte ${at} of ${bytes.length}.`,
      );
    }
    const regular = header[156] === 0x30 || header[156] === 0;
    if (regular) members.set(nameOf(header), bytes.subarray(at + block, at + block + size));
    at += block + Math.ceil(size / block) * block;
  }
  return members;
}

/** Name with the prefix that longer paths have. */
function nameOf(header: Uint8Array): string {
  const prefix = terminated(header, 345, 155);
  return prefix === "" ? terminated(header, 0, 100) : `${prefix}/${terminated(header, 0, 100)}`;
}

function octal(header: Uint8Array, at: number, length: number): number {
  return Number.parseInt(terminated(header, at, length).trim() || "0", 8);
}

function terminated(header: Uint8Array, at: number, length: number): string {
  return text.decode(header.subarray(at, at + length)).split("\0")[0]!;
}

/** Sum of the header's bytes with spaces in place of the sum itself. */
function checksum(header: Uint8Array): number {
  return header.reduce((sum, byte, i) => sum + (i >= 148 && i < 156 ? 0x20 : byte), 0);
}
