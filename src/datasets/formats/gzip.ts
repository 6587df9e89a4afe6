import { gunzipSync } from "node:zlib";
import { DataError } from "../../supervised/data/index.js";

/** The same bytes not as a Buffer, which makes others of its kind where a typed array is copied. */
export function plainBytes({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/**
 * The bytes themselves, or what is in them if they are gzip (RFC 1952).
 * @param file name for the message
 * @throws {DataError} `corrupt-file` if the gzip is truncated or damaged
 */
export function ungzipped(bytes: Uint8Array, file: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return plainBytes(gunzipSync(bytes));
  } catch (error) {
    throw new DataError(
      "corrupt-file",
      `${file} is damaged or cut short: its gzip stream of ${bytes.length} bytes does not unpack (${(error as Error).message}).`,
      { cause: error },
    );
  }
}
