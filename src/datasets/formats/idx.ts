import { DataError, type Field } from "../../supervised/data/index.js";
import { ungzipped } from "./gzip.js";

/** The type byte of unsigned bytes, the only one that MNIST and its like use. */
const unsignedByte = 0x08;

/**
 * Reads an IDX file of unsigned bytes (http://yann.lecun.com/exdb/mnist), gzipped or not: magic number 0 0 8 n, then n
 * big-endian sizes, then the values. The first size is that of the rows.
 *
 * @throws {DataError} `corrupt-file` if the magic number is another or there are too few or too many bytes
 */
export function parseIdx(packed: Uint8Array, file: string): Field & { data: Uint8Array } {
  const bytes = ungzipped(packed, file);
  const sides = bytes[3] ?? 0;
  if (bytes.length < 4 || bytes[0] !== 0 || bytes[1] !== 0 || bytes[2] !== unsignedByte || sides < 1) {
    const magic = [...bytes.subarray(0, 4)].join(" ");
    throw new DataError(
      "corrupt-file",
      `${file} begins with the bytes ${magic || "(none)"}, but an IDX file of bytes begins with 0 0 8 and its number of axes.`,
    );
  }
  const header = 4 + 4 * sides;
  const shape: number[] = [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 4; at < header && at + 4 <= bytes.length; at += 4) shape.push(view.getUint32(at));
  const expected = header + shape.reduce((product, side) => product * side, 1);
  if (shape.length < sides || bytes.length !== expected) {
    throw new DataError(
      "corrupt-file",
      `${file} has ${bytes.length} bytes, but its header of shape [${shape.join(", ")}] asks for ${expected}; it is cut short or damaged.`,
    );
  }
  return { data: bytes.subarray(header), shape: shape.slice(1) };
}
