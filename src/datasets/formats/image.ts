import { decode as decodePng, hasPngSignature } from "fast-png";
import jpeg from "jpeg-js";
import { DataError } from "../../supervised/data/index.js";

/** A picture, uint8 `[height, width, 3]`: red, green, blue. */
export interface RgbImage {
  height: number;
  width: number;
  data: Uint8Array;
}

/**
 * Decodes a PNG or JPEG, whichever the bytes are, to RGB: grey becomes three equal channels, transparency is left aside,
 * 16 bits are cut to 8. Pixels lie as they are stored: an orientation in EXIF, as cameras write it, is left aside, as Pillow, torchvision
 * and TensorFlow do by default.
 * @throws {DataError} `corrupt-file` if the bytes are neither, or damaged, or cut short
 */
export function decodeImage(bytes: Uint8Array, file: string): RgbImage {
  const isJpeg = bytes[0] === 0xff && bytes[1] === 0xd8;
  if (!isJpeg && !hasPngSignature(bytes)) {
    throw new DataError("corrupt-file", `${file} is neither PNG nor JPEG; convert it, or take it out.`);
  }
  try {
    return isJpeg ? fromJpeg(bytes) : fromPng(bytes);
  } catch (error) {
    throw new DataError(
      "corrupt-file",
      `${file} is a damaged ${isJpeg ? "JPEG" : "PNG"}, or cut short (${(error as Error).message}).`,
      { cause: error },
    );
  }
}

function fromJpeg(bytes: Uint8Array): RgbImage {
  const { height, width, data } = jpeg.decode(bytes, {
    useTArray: true,
    formatAsRGBA: false,
    tolerantDecoding: false,
    // What Adobe's segment says of the colours comes first; where it says none, they are RGB or CMYK as they are.
    ...(hasAdobeSegment(bytes) ? { colorTransform: false } : {}),
  });
  return { height, width, data };
}

/** Whether there is an APP14 segment of Adobe's before the picture (ITU-T T.872, 6.5.3). */
function hasAdobeSegment(bytes: Uint8Array): boolean {
  const startOfScan = 0xda;
  const app14 = 0xee;
  const adobe = "Adobe";
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== startOfScan; ) {
    const name = String.fromCharCode(...bytes.subarray(at + 4, at + 4 + adobe.length));
    if (bytes[at + 1] === app14 && name === adobe) return true;
    at += 2 + bytes[at + 2]! * 256 + bytes[at + 3]!;
  }
  return false;
}

function fromPng(bytes: Uint8Array): RgbImage {
  const png = decodePng(bytes, { checkCrc: true });
  const { height, width, depth, palette } = png;
  if (depth >= 8 && palette === undefined) {
    return { height, width, data: toRgb(png.data, png.channels, depth - 8) };
  }
  const levels = depth < 8 ? unpackedBits(png) : Uint8Array.from(png.data);
  if (palette !== undefined) {
    const data = Uint8Array.from({ length: 3 * levels.length }, (_, i) => {
      return palette[levels[Math.floor(i / 3)]!]![i % 3]!;
    });
    return { height, width, data };
  }
  const brightest = 2 ** depth - 1;
  return {
    height,
    width,
    data: toRgb(
      levels.map((level) => (level * 255) / brightest),
      1,
      0,
    ),
  };
}

/** Samples of less than a byte, each row on whole bytes. */
function unpackedBits({ width, height, depth, data }: ReturnType<typeof decodePng>): Uint8Array {
  const rowBytes = Math.ceil((width * depth) / 8);
  const samples = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * rowBytes + (bit >> 3)]!;
      samples[y * width + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  }
  return samples;
}

/** @param shift bits of a sample beyond the first 8 */
function toRgb(samples: ArrayLike<number>, channels: number, shift: number): Uint8Array {
  const pixels = samples.length / channels;
  const rgb = new Uint8Array(3 * pixels);
  const grey = channels < 3;
  for (let i = 0; i < pixels; i++) {
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = samples[i * channels + (grey ? 0 : c)]! >> shift;
  }
  return rgb;
}
