import type { ColumnLayout } from "../../column-layout.js";
import { layoutOf } from "../../layout.js";
import { clonePlain } from "../../plain.js";
import type { Space, TypedArray } from "../../spaces/space.js";
import type { Batch } from "../../vector/vector-env.js";

/** Elements of one space in batches of `rows`: numbers, views of flat arrays, or elements of any kind. */
export interface BatchRows {
  readonly rows: number;
  allocate(): Batch;
  /** What it gives may be reused by the next `read`. */
  read(batch: Batch, row: number): unknown;
  /** Copies an element in. */
  write(batch: Batch, row: number, element: unknown): void;
}

/** Of observations. Tuples lie in columns there; actions of a Tuple are a list (`actionRows`). */
export function observationRows(space: Space<unknown>, rows: number): BatchRows {
  const layout = layoutOf(space);
  return layout.kind === "columns" ? new ColumnRows(space, layout, rows) : actionRows(space, rows);
}

export function actionRows(space: Space<unknown>, rows: number): BatchRows {
  const { kind, size } = layoutOf(space);
  if (kind === "row") return new ArrayRows(space, size, rows);
  return {
    rows,
    allocate: () =>
      kind === "scalar" ? layoutOf(space).allocate(rows) : new Array<unknown>(rows).fill(null),
    read: (batch, row) => batch[row],
    write(batch, row, element) {
      batch[row] = kind === "scalar" ? (element as number) : clonePlain(element, "element");
    },
  };
}

class ArrayRows implements BatchRows {
  /** Views of the rows of each batch that was read; environments take few in turns. */
  private readonly views = new WeakMap<TypedArray, TypedArray[]>();

  constructor(
    private readonly space: Space<unknown>,
    private readonly size: number,
    readonly rows: number,
  ) {}

  allocate(): Batch {
    return layoutOf(this.space).allocate(this.rows);
  }

  read(batch: Batch, row: number): unknown {
    const flat = batch as TypedArray;
    let views = this.views.get(flat);
    if (views === undefined) {
      const { size } = this;
      views = Array.from({ length: this.rows }, (_, i) => flat.subarray(i * size, (i + 1) * size));
      this.views.set(flat, views);
    }
    return views[row];
  }

  write(batch: Batch, row: number, element: unknown): void {
    (batch as Float64Array).set(element as Float64Array, row * this.size);
  }
}

/** Tuples whose members are numbers or arrays. */
class ColumnRows implements BatchRows {
  private readonly members: readonly BatchRows[];
  private readonly element: unknown[];

  constructor(
    space: Space<unknown>,
    private readonly layout: ColumnLayout,
    readonly rows: number,
  ) {
    const { spaces } = space as unknown as { spaces: readonly Space<unknown>[] };
    this.members = spaces.map((member) => actionRows(member, rows));
    this.element = new Array<unknown>(spaces.length).fill(null);
  }

  allocate(): Batch {
    return this.layout.allocate(this.rows);
  }

  read(batch: Batch, row: number): unknown {
    const { members, element } = this;
    for (let i = 0; i < members.length; i++) element[i] = members[i]!.read((batch as Batch[])[i]!, row);
    return element;
  }

  write(batch: Batch, row: number, element: unknown): void {
    this.layout.writeElement(element as unknown[], batch as unknown[], row);
  }
}
