import { crc32, inflateSync } from "node:zlib";
import type { RgbFrame } from "gymnasium-js";

interface Rectangle {
  x: number;
  y: number;
  width: number;
  height: number;
}

export interface Film {
  width: number;
  height: number;
  plays: number;
  /** What is seen, the whole picture each time. */
  frames: RgbFrame[];
  /** Of each frame, the part that is stored. */
  rectangles: Rectangle[];
  /** Seconds of each frame, as a fraction. */
  delays: [number, number][];
}

interface Chunk {
  type: string;
  data: Buffer;
}

/** Reads an animated PNG by the letter of the specification; RGB, unfiltered, nothing disposed of or blended. */
export function decodeApng(bytes: Uint8Array): Film {
  const [header, animation, ...rest] = chunksOf(Buffer.from(bytes));
  requireThat(header?.type === "IHDR" && animation?.type === "acTL", "it begins with IHDR and acTL");
  const [width, height] = [header!.data.readUInt32BE(0), header!.data.readUInt32BE(4)];
  requireThat(header!.data.subarray(8).equals(Buffer.from([8, 2, 0, 0, 0])), "it is RGB of 8 bits");
  const film: Film = {
    width,
    height,
    plays: animation!.data.readUInt32BE(4),
    frames: [],
    rectangles: [],
    delays: [],
  };
  const canvas = Buffer.alloc(width * height * 3);
  let sequence = 0;
  requireThat(rest.pop()?.type === "IEND" && rest.length % 2 === 0, "controls and data alternate up to IEND");
  for (let i = 0; i < rest.length; i += 2) {
    const [control, data] = [rest[i]!, rest[i + 1]!];
    requireThat(control.type === "fcTL" && control.data.length === 26, "a frame begins with fcTL");
    requireThat(control.data.readUInt32BE(0) === sequence++, "controls are numbered in order");
    requireThat(data.type === (i === 0 ? "IDAT" : "fdAT"), "the first frame is IDAT, others are fdAT");
    if (i > 0) requireThat(data.data.readUInt32BE(0) === sequence++, "data is numbered in order");
    const [w, h, x, y] = [4, 8, 12, 16].map((at) => control.data.readUInt32BE(at)) as [
      number,
      number,
      number,
      number,
    ];
    requireThat(w > 0 && h > 0 && x + w <= width && y + h <= height, "rectangles lie within the picture");
    requireThat(control.data.readUInt16BE(24) === 0, "nothing is disposed of or blended");
    paint(
      canvas,
      width,
      { x, y, width: w, height: h },
      inflateSync(i === 0 ? data.data : data.data.subarray(4)),
    );
    film.rectangles.push({ x, y, width: w, height: h });
    film.delays.push([control.data.readUInt16BE(20), control.data.readUInt16BE(22)]);
    film.frames.push({ width, height, data: Uint8Array.from(canvas) });
  }
  requireThat(film.frames.length === animation!.data.readUInt32BE(0), "acTL counts the frames");
  return film;
}

function chunksOf(bytes: Buffer): Chunk[] {
  requireThat(bytes.subarray(0, 8).toString("latin1") === "\x89PNG\r\n\x1a\n", "it has PNG's signature");
  const chunks: Chunk[] = [];
  for (let at = 8; at < bytes.length; ) {
    const length = bytes.readUInt32BE(at);
    const body = bytes.subarray(at + 4, at + 8 + length);
    requireThat(crc32(body) === bytes.readUInt32BE(at + 8 + length), "the checksum is right");
    chunks.push({ type: body.subarray(0, 4).toString("latin1"), data: body.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

function paint(canvas: Buffer, width: number, rectangle: Rectangle, lines: Buffer): void {
  const lineSize = 3 * rectangle.width;
  requireThat(lines.length === rectangle.height * (lineSize + 1), "the data fills the rectangle");
  for (let row = 0; row < rectangle.height; row++) {
    const from = row * (lineSize + 1);
    requireThat(lines[from] === 0, "rows are unfiltered");
    lines.copy(canvas, 3 * ((rectangle.y + row) * width + rectangle.x), from + 1, from + 1 + lineSize);
  }
}

function requireThat(isSo: boolean, what: string): void {
  if (!isSo) throw new Error(`Not so: ${what}.`);
}
