/** Typed arrays as bytes and back, for saving. Byte order is the machine's, little-endian wherever JavaScript runs. */

/** The same memory as bytes. */
export function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** A copy, whatever the alignment; bytes beyond the last whole element are left out. */
export function copyOf<T>(
  bytes: Uint8Array,
  ArrayOf: { new (buffer: ArrayBuffer): T; BYTES_PER_ELEMENT: number },
): T {
  const unit = ArrayOf.BYTES_PER_ELEMENT;
  return new ArrayOf(bytes.slice(0, Math.floor(bytes.byteLength / unit) * unit).buffer as ArrayBuffer);
}

export function totalBytes(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
}

/** Fills the chunks, one after another, from `bytes`. */
export function scatter(bytes: Uint8Array, chunks: readonly Uint8Array[]): void {
  let at = 0;
  for (const chunk of chunks) {
    chunk.set(bytes.subarray(at, at + chunk.byteLength));
    at += chunk.byteLength;
  }
}
