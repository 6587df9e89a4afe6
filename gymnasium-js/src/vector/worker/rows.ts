import type { Layout } from "../../layout.js";
import type { TypedArray } from "../../spaces/space.js";
import type { Batch } from "../vector-env.js";

/** Copies row `row` of one batch to row `at` of another. */
export function copyRow(
  layout: Layout,
  from: Batch,
  row: number,
  { to, at }: { to: Batch; at: number },
): void {
  if (layout.kind === "columns") {
    layout.copyRow(from as unknown[], row, { to: to as unknown[], at });
    return;
  }
  const { size } = layout;
  for (let k = 0; k < size; k++) to[at * size + k] = from[row * size + k] as number;
}

/** The rows from `first` on, in memory of their own where they are numbers. */
export function sliceRows(layout: Layout, batch: Batch, first: number, count: number): Batch {
  if (layout.kind === "columns") {
    return layout.members.map((member, m) => sliceRows(member, batch[m] as Batch, first, count));
  }
  return batch.slice(first * layout.size, (first + count) * layout.size);
}

/** Batches of consecutive rows as one. */
export function joinRows(layout: Layout, batches: readonly Batch[]): Batch {
  if (layout.kind === "columns") {
    return layout.members.map((member, m) =>
      joinRows(
        member,
        batches.map((batch) => batch[m] as Batch),
      ),
    );
  }
  if (layout.kind === "element") return (batches as unknown[][]).flat(1);
  const rows = batches.reduce((sum, batch) => sum + batch.length / layout.size, 0);
  const joined = layout.allocate(rows);
  let offset = 0;
  for (const batch of batches as TypedArray[]) {
    joined.set(batch, offset);
    offset += batch.length;
  }
  return joined;
}
