import { bytesOf } from "../../replay/bytes.js";
import type { FieldArray } from "../../replay/element.js";
import { corrupt, type Section } from "../../replay/packing.js";

/** Numbers of one kind that are kept of the slots of each environment. */
export interface SlotColumn {
  name: string;
  /** `[numEnvs, slots / every, size]` */
  array: FieldArray;
  size: number;
  /** Slots that share one place. */
  every: number;
}

/** The memory of rings of slots, one ring per environment, which fill up from their first slot on. */
export class SlotColumns {
  /** @param slots of each environment */
  constructor(
    private readonly columns: readonly SlotColumn[],
    private readonly slots: number,
  ) {}

  /** @param used slots of each environment that hold something; the others are not saved */
  sections(used: Int32Array): Section[] {
    return this.columns.map((column) => ({ name: column.name, chunks: this.written(column, used) }));
  }

  /**
   * Checks what `sections` gave.
   * @returns takes it over
   * @throws ReplayError `corrupt`
   */
  read(section: (name: string) => Uint8Array, used: Int32Array): () => void {
    const parts = this.columns.map((column) => {
      const [saved, chunks] = [section(column.name), this.written(column, used)];
      const expected = chunks.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (saved.byteLength !== expected)
        throw corrupt("sequences", `${column.name} has ${saved.byteLength} bytes`);
      return { saved, chunks };
    });
    return () => {
      for (const { saved, chunks } of parts) {
        let at = 0;
        for (const chunk of chunks) {
          chunk.set(saved.subarray(at, at + chunk.byteLength));
          at += chunk.byteLength;
        }
      }
    };
  }

  /** The parts of a column that hold something, by environment, as bytes of the same memory. */
  private written({ array, size, every }: SlotColumn, used: Int32Array): Uint8Array[] {
    const places = this.slots / every;
    return Array.from(used, (count, env) => {
      const from = env * places * size;
      return bytesOf(array.subarray(from, from + Math.ceil(count / every) * size));
    });
  }
}
