import { zlibSync } from "fflate";
import { GymnasiumError, type RgbFrame } from "gymnasium-js";
import { crc32 } from "../replay/crc32.js";
import { changedRectangle, type Rectangle } from "./changed-rectangle.js";

export interface ApngOptions {
  /** Frames per second, up to 65,535; 30 by default. */
  fps?: number;
  /** How often the film is shown; 0, the default, for ever. */
  plays?: number;
}

/** A picture and for how many frames it stands. */
interface Shot {
  readonly frame: RgbFrame;
  readonly changed: Rectangle;
  duration: number;
}

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
/** The longest that one picture may stand, in frames: it is written in 16 bits. */
const longestDuration = 65_535;

/**
 * Frames as an animated PNG (RGB, lossless), which browsers and most viewers play: of each frame only the rectangle that
 * changed is stored, and frames that repeat the one before only make it stand longer.
 *
 * PNG Specification, third edition, https://www.w3.org/TR/png-3/
 *
 * @example
 * const bytes = encodeApng([{ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) }], { fps: 10 });
 *
 * @throws GymnasiumError `invalid-options` if there is no frame, frames differ in size or have too few or too many
 * values, or the rate makes no sense
 */
export function encodeApng(frames: readonly RgbFrame[], options: ApngOptions = {}): Uint8Array {
  const { fps = 30, plays = 0 } = options;
  const { width, height } = requireFrames(frames);
  if (!(fps > 0 && fps <= 65_535) || !Number.isSafeInteger(plays) || plays < 0) {
    throw invalid(
      `fps is ${fps} and plays ${plays}, expected a rate above 0 up to 65535 and a number of times (0 for ever)`,
    );
  }
  const shots = shotsOf(frames);
  const chunks = [
    signature,
    // 8 bits per channel, colour type 2 (RGB), no interlacing.
    chunk("IHDR", numbers([width, 4], [height, 4], [8, 1], [2, 1], [0, 1], [0, 1], [0, 1])),
    chunk("acTL", numbers([shots.length, 4], [plays, 4])),
  ];
  // Frame controls and the data of all but the first frame are counted together.
  let sequence = 0;
  for (const [index, { frame, changed, duration }] of shots.entries()) {
    chunks.push(chunk("fcTL", control(sequence++, changed, delayOf(duration, fps))));
    const data = zlibSync(scanlines(frame, changed), { level: 9 });
    if (index === 0) chunks.push(chunk("IDAT", data));
    else chunks.push(chunk("fdAT", numbers([sequence++, 4]), data));
  }
  chunks.push(chunk("IEND"));
  return joined(chunks);
}

function shotsOf(frames: readonly RgbFrame[]): Shot[] {
  const shots: Shot[] = [];
  for (const frame of frames) {
    const last = shots.at(-1);
    const { width, height } = frame;
    const changed = last === undefined ? { x: 0, y: 0, width, height } : changedRectangle(last.frame, frame);
    if (changed !== null) shots.push({ frame, changed, duration: 1 });
    else if (last !== undefined && last.duration < longestDuration) last.duration++;
    else shots.push({ frame, changed: { x: 0, y: 0, width: 1, height: 1 }, duration: 1 });
  }
  return shots;
}

/** Which part of the picture is new, and for how long it stands. Then it stays (dispose 0), as does the rest (blend 0). */
function control(
  sequence: number,
  { x, y, width, height }: Rectangle,
  [numerator, denominator]: readonly [number, number],
): Uint8Array {
  return numbers(
    [sequence, 4],
    [width, 4],
    [height, 4],
    [x, 4],
    [y, 4],
    [numerator, 2],
    [denominator, 2],
    [0, 1],
    [0, 1],
  );
}

/** Seconds as a fraction of 16-bit numbers. */
function delayOf(duration: number, fps: number): readonly [number, number] {
  if (Number.isInteger(fps)) return [duration, fps];
  const milliseconds = Math.round((1000 * duration) / fps);
  return milliseconds <= 65_535 ? [Math.max(1, milliseconds), 1000] : [Math.round(duration / fps), 1];
}

/** Rows of a rectangle, each behind a 0: no filter, which suits flat colours. */
function scanlines({ width, data }: RgbFrame, rectangle: Rectangle): Uint8Array {
  const lineSize = 3 * rectangle.width;
  const lines = new Uint8Array(rectangle.height * (lineSize + 1));
  for (let row = 0; row < rectangle.height; row++) {
    const from = 3 * ((rectangle.y + row) * width + rectangle.x);
    lines.set(data.subarray(from, from + lineSize), row * (lineSize + 1) + 1);
  }
  return lines;
}

/** Numbers in so many bytes each, the most significant first. */
function numbers(...fields: readonly (readonly [value: number, bytes: number])[]): Uint8Array {
  const out = new Uint8Array(fields.reduce((sum, [, bytes]) => sum + bytes, 0));
  let at = 0;
  for (const [value, bytes] of fields) {
    for (let byte = bytes - 1; byte >= 0; byte--) out[at++] = value >>> (8 * byte);
  }
  return out;
}

function chunk(type: string, ...parts: readonly Uint8Array[]): Uint8Array {
  const data = joined([new TextEncoder().encode(type), ...parts]);
  return joined([numbers([data.length - 4, 4]), data, numbers([crc32(data), 4])]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function requireFrames(frames: readonly RgbFrame[]): RgbFrame {
  const [first] = frames;
  if (first === undefined) throw invalid("there are no frames, expected at least one");
  frames.forEach(({ width, height, data }, i) => {
    const isFirst = width === first.width && height === first.height && width > 0 && height > 0;
    if (isFirst && data.length === 3 * width * height) return;
    throw invalid(
      `frame ${i} is ${width} x ${height} with ${data.length} values, expected ${first.width} x ${first.height} with 3 values per pixel, as all are`,
    );
  });
  return first;
}

function invalid(fault: string): GymnasiumError {
  return new GymnasiumError("invalid-options", `encodeApng: ${fault}.`);
}
