/** Which source pixels an output pixel of one axis covers, in whole units, so that sums are exact. */
interface AxisCover {
  /** Source pixels per output pixel, padded with weights of 0. */
  readonly taps: number;
  /** First source pixel of each output pixel. */
  readonly start: Int32Array;
  /** `[to, taps]` */
  readonly weights: Int32Array;
  /** Sum of the weights of each output pixel. */
  readonly total: number;
}

export interface ResizeSizes {
  readonly height: number;
  readonly width: number;
  readonly outHeight: number;
  readonly outWidth: number;
  /** Bytes per pixel. */
  readonly channels: number;
}

/**
 * Resizes pictures of bytes so that each new pixel is the mean of the area that it covers, pixels on the border by the
 * fraction that lies inside. Sums are exact and rounded once, halves to even (up where both sides are halved), as
 * OpenCV's `INTER_AREA` does when it shrinks; OpenCV rounds sums to float32 on the way, which can tip a half.
 */
export class AreaResizer {
  /** Bytes of a resized picture. */
  readonly size: number;

  private readonly rows: AxisCover;
  private readonly columns: AxisCover;
  private readonly total: number;
  private readonly halves: boolean;
  /** Weighted sum of the source rows under one output row. */
  private readonly sums: Int32Array | Float64Array;
  /** One output row; its stores round halves to even. */
  private readonly line: Uint8ClampedArray;

  constructor(private readonly sizes: ResizeSizes) {
    const { height, width, outHeight, outWidth, channels } = sizes;
    this.rows = coverOf(height, outHeight);
    this.columns = coverOf(width, outWidth);
    this.total = this.rows.total * this.columns.total;
    this.halves = height === 2 * outHeight && width === 2 * outWidth;
    this.sums =
      255 * this.total < 2 ** 31 ? new Int32Array(width * channels) : new Float64Array(width * channels);
    this.size = outHeight * outWidth * channels;
    this.line = new Uint8ClampedArray(outWidth * channels);
  }

  /** Reads `[height, width, channels]` of `source`, writes `[outHeight, outWidth, channels]` at `out[offset...]`. */
  resize(source: Uint8Array, out: Uint8Array, offset = 0): void {
    for (let row = 0; row < this.sizes.outHeight; row++) this.resizeRow(source, out, row, offset);
  }

  /** The same for those rows of the new picture that changed with `changed` rows of the source (1, else 0). */
  resizeChanged(source: Uint8Array, out: Uint8Array, changed: Uint8Array): void {
    const { taps, start } = this.rows;
    for (let row = 0; row < start.length; row++) {
      let any = 0;
      for (let tap = 0; tap < taps; tap++) any |= changed[start[row]! + tap]!;
      if (any !== 0) this.resizeRow(source, out, row, 0);
    }
  }

  private resizeRow(source: Uint8Array, out: Uint8Array, row: number, offset: number): void {
    if (this.rows.taps === 3) this.sumThreeRows(source, row);
    else this.sumRows(source, row);
    if (this.columns.taps === 3 && this.sizes.channels === 1) this.sumThreeColumns();
    else this.sumColumns();
    out.set(this.line, offset + row * this.line.length);
  }

  private sumRows(source: Uint8Array, row: number): void {
    const { taps, start, weights } = this.rows;
    const { sums } = this;
    const from = start[row]! * sums.length;
    sums.fill(0);
    for (let tap = 0; tap < taps; tap++) {
      const weight = weights[row * taps + tap]!;
      const line = from + tap * sums.length;
      if (weight !== 0) for (let x = 0; x < sums.length; x++) sums[x]! += weight * source[line + x]!;
    }
  }

  /** The same for three rows at once, as 210 to 84 has it. */
  private sumThreeRows(source: Uint8Array, row: number): void {
    const { start, weights } = this.rows;
    const { sums } = this;
    const width = sums.length;
    const one = start[row]! * width;
    const two = one + width;
    const three = two + width;
    const first = weights[row * 3]!;
    const second = weights[row * 3 + 1]!;
    const third = weights[row * 3 + 2]!;
    for (let x = 0; x < width; x++) {
      sums[x] = first * source[one + x]! + second * source[two + x]! + third * source[three + x]!;
    }
  }

  private sumThreeColumns(): void {
    const { sums, line, total } = this;
    const { start, weights } = this.columns;
    for (let x = 0, w = 0; x < start.length; x++, w += 3) {
      const from = start[x]!;
      const sum =
        sums[from]! * weights[w]! + sums[from + 1]! * weights[w + 1]! + sums[from + 2]! * weights[w + 2]!;
      line[x] = sum / total;
    }
  }

  private sumColumns(): void {
    const { sums, line, total, halves } = this;
    const { channels } = this.sizes;
    const { taps, start, weights } = this.columns;
    for (let x = 0; x < start.length; x++) {
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let tap = 0; tap < taps; tap++) {
          sum += sums[(start[x]! + tap) * channels + channel]! * weights[x * taps + tap]!;
        }
        line[x * channels + channel] = halves ? (sum + 2) >> 2 : sum / total;
      }
    }
  }
}

/**
 * With `from : to = a : b` in lowest terms, a source pixel is `b` units long and an output pixel `a` units.
 */
function coverOf(from: number, to: number): AxisCover {
  const divisor = greatestCommonDivisor(from, to);
  const [outputLength, sourceLength] = [from / divisor, to / divisor];
  const firstOf = (output: number) => Math.floor((output * outputLength) / sourceLength);
  const lastOf = (output: number) => Math.ceil(((output + 1) * outputLength) / sourceLength) - 1;
  let taps = 1;
  for (let output = 0; output < to; output++) taps = Math.max(taps, lastOf(output) - firstOf(output) + 1);
  const start = new Int32Array(to);
  const weights = new Int32Array(to * taps);
  for (let output = 0; output < to; output++) {
    // Padding must not read beyond the last pixel.
    start[output] = Math.min(firstOf(output), from - taps);
    for (let pixel = firstOf(output); pixel <= lastOf(output); pixel++) {
      const begin = Math.max(output * outputLength, pixel * sourceLength);
      const end = Math.min((output + 1) * outputLength, (pixel + 1) * sourceLength);
      weights[output * taps + pixel - start[output]!] = end - begin;
    }
  }
  return { taps, start, weights, total: outputLength };
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
