import { crc32, deflateSync, inflateSync } from "node:zlib";
import type { RgbFrame } from "gymnasium-js";

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** An RGB picture as a PNG file. */
export function encodePng({ width, height, data }: RgbFrame): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  // 8 bits per channel, RGB.
  header.set([8, 2], 8);
  const lines = Buffer.alloc(height * (1 + width * 3));
  for (let row = 0; row < height; row++) {
    lines.set(data.subarray(row * width * 3, (row + 1) * width * 3), row * (1 + width * 3) + 1);
  }
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(lines, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** Reads what `encodePng` writes: 8-bit RGB, lines without a filter. */
export function decodePng(file: Buffer): RgbFrame {
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  const length = file.readUInt32BE(33);
  const lines = inflateSync(file.subarray(41, 41 + length));
  const data = new Uint8Array(width * height * 3);
  for (let row = 0; row < height; row++) {
    const from = row * (1 + width * 3);
    if (lines[from] !== 0)
      throw new Error(`Line ${row} of the picture has the filter ${lines[from]}, expected 0.`);
    data.set(lines.subarray(from + 1, from + 1 + width * 3), row * width * 3);
  }
  return { width, height, data };
}

function chunk(type: string, content: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), content]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(content.length, 0);
  frame.writeUInt32BE(crc32(named), 4);
  return Buffer.concat([frame.subarray(0, 4), named, frame.subarray(4)]);
}
