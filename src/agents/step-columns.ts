import type { Generator, TypedArray } from "gymnasium-js";
import { bytesOf } from "../replay/bytes.js";
import { corrupt, pack, unpack } from "../replay/packing.js";

/** Numbers of one kind that are known of each step. */
export interface StepColumn {
  name: string;
  /** `[vector steps, numEnvs, size]` */
  array: Exclude<TypedArray, BigInt64Array | BigUint64Array>;
  size: number;
}

/** The memory of a rollout: columns of as many vector steps as it is long, of which the first ones are held. */
export class StepColumns {
  /** @param config what has to be the same where bytes are loaded: plain JSON */
  constructor(
    private readonly columns: readonly StepColumn[],
    private readonly config: { numEnvs: number } & Readonly<Record<string, unknown>>,
  ) {}

  /** The first `held` vector steps as bytes with a checksum. */
  save(held: number): Uint8Array {
    const rows = held * this.config.numEnvs;
    const sections = this.columns.map(({ name, array, size }) => ({
      name,
      chunks: [bytesOf(array.subarray(0, rows * size))],
    }));
    return pack("rollout", this.config, sections);
  }

  /**
   * @returns vector steps held
   * @throws ReplayError `corrupt`, `mismatch` or `newer-version`; then nothing has changed
   */
  load(bytes: Uint8Array): number {
    const { numEnvs } = this.config;
    const sections = unpack("rollout", this.config, bytes);
    const held = (sections.get("terminations")?.length ?? -1) / numEnvs;
    const columns = this.columns.map((column) => ({ ...column, saved: sections.get(column.name) }));
    for (const { name, array, size, saved } of columns) {
      const expected = held * numEnvs * size * array.BYTES_PER_ELEMENT;
      if (saved?.byteLength === expected && Number.isInteger(held) && expected <= array.byteLength) continue;
      throw corrupt("rollout", `${name} has ${saved?.byteLength ?? "no"} bytes`);
    }
    for (const { array, saved } of columns) bytesOf(array).set(saved!);
    return held;
  }

  /** Makes one vector step the first. */
  moveToFront(step: number): void {
    const { numEnvs } = this.config;
    for (const { array, size } of this.columns) {
      array.copyWithin(0, step * numEnvs * size, (step + 1) * numEnvs * size);
    }
  }
}

/**
 * What an observation becomes with the frame that follows it in its episode: without its oldest frame, and with that one.
 * @param stacks rows of `rowSize` values, changed in place
 * @param frames rows of `frameSize` values
 */
export function pushFrame(
  stacks: { values: TypedArray; rowSize: number },
  frames: { values: ArrayLike<unknown>; frameSize: number },
  row: number,
): void {
  const [start, end] = [row * stacks.rowSize, (row + 1) * stacks.rowSize];
  const { frameSize } = frames;
  stacks.values.copyWithin(start, start + frameSize, end);
  for (let i = 0; i < frameSize; i++) {
    stacks.values[end - frameSize + i] = frames.values[row * frameSize + i] as number;
  }
}

/** Each order equally likely (Fisher and Yates), from 0, 1, 2 ... on, so that it depends on nothing before. */
export function shuffle(order: Int32Array, rng: Generator): void {
  for (let i = 0; i < order.length; i++) {
    const at = rng.integers(0, i + 1);
    order[i] = order[at]!;
    order[at] = i;
  }
}
