import { rowProducts, type SparseRows } from "../sparse-rows.js";
import { applyKernel, type Kernel } from "./kernel.js";

/** Rows of a kernel matrix, of which those used last are kept. */
export class KernelRows {
  /** K[i, i] */
  readonly diagonal: Float64Array;
  private readonly kept = new Map<number, Float32Array>();
  private readonly limit: number;
  private readonly buffers: { scratch: Float64Array; out: Float64Array };

  /** @param megabytes of kernel rows to keep; two are kept in any case */
  constructor(
    private readonly sparse: SparseRows,
    private readonly kernel: Kernel,
    megabytes: number,
  ) {
    const { rows, columns, squaredNorms } = sparse;
    this.limit = Math.max(2, Math.floor((megabytes * 2 ** 20) / (4 * rows)));
    this.buffers = { scratch: new Float64Array(columns), out: new Float64Array(rows) };
    this.diagonal = squaredNorms.map((squaredNorm) => {
      const one = Float64Array.of(squaredNorm);
      applyKernel(kernel, one, { squaredNorm, squaredNorms: one.slice() });
      return one[0]!;
    });
  }

  /** K[i, all], valid until two other rows have been asked for. */
  row(i: number): Float32Array {
    const found = this.kept.get(i);
    if (found) {
      // A Map goes through its keys in the order in which they came: the first is the one not used for longest.
      this.kept.delete(i);
      this.kept.set(i, found);
      return found;
    }
    const row = this.room();
    const { out } = this.buffers;
    const { squaredNorms } = this.sparse;
    rowProducts(this.sparse, i, this.buffers);
    applyKernel(this.kernel, out, { squaredNorm: squaredNorms[i]!, squaredNorms });
    row.set(out);
    this.kept.set(i, row);
    return row;
  }

  private room(): Float32Array {
    if (this.kept.size < this.limit) return new Float32Array(this.sparse.rows);
    const [oldest, row] = this.kept.entries().next().value!;
    this.kept.delete(oldest);
    return row;
  }
}
