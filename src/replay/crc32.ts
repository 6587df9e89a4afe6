/** CRC-32 as in IEEE 802.3, zip and png: reflected polynomial 0xedb88320, four bytes at a time. */

const polynomial = 0xedb88320;

/** `tables[k][b]`: what byte b contributes when k zero bytes follow it. */
const tables = makeTables();

function makeTables(): readonly [Int32Array, Int32Array, Int32Array, Int32Array] {
  const [first, ...others] = [
    new Int32Array(256),
    new Int32Array(256),
    new Int32Array(256),
    new Int32Array(256),
  ];
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? polynomial : 0);
    first![byte] = crc;
  }
  let before = first!;
  for (const table of others) {
    for (let byte = 0; byte < 256; byte++) table[byte] = (before[byte]! >>> 8) ^ first![before[byte]! & 255]!;
    before = table;
  }
  return [first!, others[0]!, others[1]!, others[2]!];
}

/**
 * Checksum of `bytes`, 0 to 2^32 - 1.
 *
 * @example
 * crc32(new TextEncoder().encode("123456789")); // 0xcbf43926
 */
export function crc32(bytes: Uint8Array): number {
  const [t0, t1, t2, t3] = tables;
  const { length } = bytes;
  let crc = ~0;
  let i = 0;
  for (; i + 3 < length; i += 4) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc = t3[crc & 255]! ^ t2[(crc >>> 8) & 255]! ^ t1[(crc >>> 16) & 255]! ^ t0[crc >>> 24]!;
  }
  for (; i < length; i++) crc = (crc >>> 8) ^ t0[(crc ^ bytes[i]!) & 255]!;
  return ~crc >>> 0;
}
