import type { NativeArray } from "./addon.js";

export type PooledDtype = "float32" | "int32" | "bool";

/** What the pool holds and has done, for `ludus doctor`. */
export interface PoolReport {
  /** Bytes that wait to be used again. */
  bytes: number;
  /** Most bytes that may wait. */
  limit: number;
  reused: number;
  allocated: number;
}

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/**
 * Arrays of tensors that were disposed of, by dtype and length. Steps repeat their shapes, so that nearly every output
 * finds an array of its exact length, and the garbage collector has nothing to do.
 */
export class BufferPool {
  private readonly waiting = new Map<string, NativeArray[]>();
  private bytes = 0;
  private reused = 0;
  private allocated = 0;

  constructor(private readonly limit = 256 * 2 ** 20) {}

  /** An array of unknown content. */
  take(dtype: PooledDtype, length: number): NativeArray {
    const list = this.waiting.get(keyOf(dtype, length));
    const array = list?.pop();
    if (array === undefined) {
      this.allocated++;
      return new constructors[dtype](length);
    }
    this.reused++;
    this.bytes -= array.byteLength;
    return array;
  }

  /** Takes an array back that nobody else holds. Beyond the limit, it goes to the garbage collector. */
  release(dtype: PooledDtype, array: NativeArray): void {
    // A detached array has no memory any more.
    if (array.byteLength === 0 || this.bytes + array.byteLength > this.limit) return;
    const key = keyOf(dtype, array.length);
    const list = this.waiting.get(key);
    if (list) list.push(array);
    else this.waiting.set(key, [array]);
    this.bytes += array.byteLength;
  }

  report(): PoolReport {
    return { bytes: this.bytes, limit: this.limit, reused: this.reused, allocated: this.allocated };
  }
}

function keyOf(dtype: PooledDtype, length: number): string {
  return `${dtype}${length}`;
}
