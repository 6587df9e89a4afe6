import { DataError, type Dataset, dataset } from "../../supervised/data/index.js";
import { ungzipped } from "./gzip.js";

const side = 32;
const plane = side * side;
/** Bytes: a label, then a plane each of red, green and blue. */
const record = 1 + 3 * plane;

/** Classes of CIFAR-10 by label. */
export const cifar10Classes = [
  "airplane",
  "automobile",
  "bird",
  "cat",
  "deer",
  "dog",
  "frog",
  "horse",
  "ship",
  "truck",
] as const;

/**
 * Reads CIFAR-10's binary files (https://www.cs.toronto.edu/~kriz/cifar.html), gzipped or not, as one data set: `inputs`
 * uint8 `[32, 32, 3]`, channels last, and `targets` int32.
 *
 * @throws {DataError} `corrupt-file` for a file that is no whole records or has a label beyond 9
 */
export function parseCifar10(files: readonly { name: string; bytes: Uint8Array }[]): Dataset {
  const unpacked = files.map(({ name, bytes }) => ({ name, bytes: ungzipped(bytes, name) }));
  const sizes = unpacked.map(({ name, bytes }) => recordsIn(bytes, name));
  const size = sizes.reduce((sum, records) => sum + records, 0);
  const images = new Uint8Array(size * 3 * plane);
  const labels = new Int32Array(size);
  let row = 0;
  for (const { name, bytes } of unpacked) {
    for (let at = 0; at < bytes.length; at += record, row++) {
      const label = bytes[at]!;
      if (label >= cifar10Classes.length) {
        throw new DataError(
          "corrupt-file",
          `${name} has the label ${label} in record ${at / record}, but CIFAR-10 has labels 0 to 9.`,
        );
      }
      labels[row] = label;
      interleave(
        bytes.subarray(at + 1, at + record),
        images.subarray(row * 3 * plane, (row + 1) * 3 * plane),
      );
    }
  }
  return dataset(
    { inputs: { data: images, shape: [side, side, 3] }, targets: { data: labels, shape: [] } },
    cifar10Classes,
  );
}

function recordsIn(bytes: Uint8Array, name: string): number {
  if (bytes.length > 0 && bytes.length % record === 0) return bytes.length / record;
  throw new DataError(
    "corrupt-file",
    `${name} has ${bytes.length} bytes, but CIFAR-10 records have ${record} each; it is cut short or no CIFAR-10 file.`,
  );
}

/** `[3, 32, 32]` to `[32, 32, 3]`. */
function interleave(planes: Uint8Array, pixels: Uint8Array): void {
  for (let i = 0; i < plane; i++) {
    for (let channel = 0; channel < 3; channel++) pixels[3 * i + channel] = planes[channel * plane + i]!;
  }
}
