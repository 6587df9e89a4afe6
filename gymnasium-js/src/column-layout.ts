import type { ArrayLayout } from "./layout.js";
import type { TypedArray } from "./spaces/space.js";

/**
 * How elements of a Tuple of numbers and flat arrays lie: a batch is, as in Gymnasium, a list with one batch per member;
 * an element a list with one element per member. Rules write the numbers of an element one after the other.
 */
export class ColumnLayout {
  readonly kind = "columns";
  /** Numbers per element, of all members together. */
  readonly size: number;

  constructor(readonly members: readonly ArrayLayout[]) {
    this.size = members.reduce((sum, member) => sum + member.size, 0);
  }

  /** A zeroed batch: one array per member. */
  allocate(rows: number): TypedArray[] {
    return this.members.map((member) => member.allocate(rows));
  }

  /** Zeroed memory for rules to write `rows` elements to: in the array type of all members, else in doubles. */
  allocateNumbers(rows: number): TypedArray {
    const [first, ...others] = this.allocate(0);
    const isUniform = others.every((array) => array.constructor === first?.constructor);
    const ArrayOf = (
      isUniform && first !== undefined ? first.constructor : Float64Array
    ) as Float64ArrayConstructor;
    return new ArrayOf(rows * this.size);
  }

  /** One element: zeros and zeroed arrays. */
  allocateElement(): unknown[] {
    return this.members.map((member) => (member.kind === "scalar" ? 0 : member.allocate(1)));
  }

  /** Puts the numbers at `numbers[offset...]` into the parts of `element`. */
  readElement(numbers: TypedArray, offset: number, element: unknown[]): void {
    let from = offset;
    for (let m = 0; m < this.members.length; m++) {
      const { kind, size } = this.members[m] as ArrayLayout;
      if (kind === "scalar") element[m] = numbers[from];
      else copyNumbers(numbers, from, { to: element[m] as TypedArray, at: 0, count: size });
      from += size;
    }
  }

  /** Puts the numbers at `numbers[offset...]` into row `row` of a batch. */
  writeNumbers(numbers: TypedArray, offset: number, batch: unknown[], row: number): void {
    let from = offset;
    for (let m = 0; m < this.members.length; m++) {
      const { size } = this.members[m] as ArrayLayout;
      const column = batch[m] as TypedArray;
      // Once per ended episode, which in Blackjack is nearly every step: no object for the arguments.
      for (let k = 0; k < size; k++) column[row * size + k] = numbers[from + k] as number;
      from += size;
    }
  }

  /** Puts the numbers of `rows` elements into a batch. */
  writeAll(numbers: TypedArray, batch: unknown[], rows: number): void {
    let first = 0;
    for (let m = 0; m < this.members.length; m++) {
      const { size } = this.members[m] as ArrayLayout;
      const column = batch[m] as TypedArray;
      for (let row = 0; row < rows; row++) {
        const from = row * this.size + first;
        for (let k = 0; k < size; k++) column[row * size + k] = numbers[from + k] as number;
      }
      first += size;
    }
  }

  /** Puts an element into row `row` of a batch. */
  writeElement(element: readonly unknown[], batch: unknown[], row: number): void {
    this.members.forEach(({ kind, size }, m) => {
      const column = batch[m] as TypedArray;
      if (kind === "scalar") column[row] = element[m] as number;
      else column.set(element[m] as TypedArray, row * size);
    });
  }

  /** Copies row `row` of one batch to row `at` of another. */
  copyRow(from: readonly unknown[], row: number, { to, at }: { to: unknown[]; at: number }): void {
    this.members.forEach(({ size }, m) => {
      const column = from[m] as TypedArray;
      copyNumbers(column, row * size, { to: to[m] as TypedArray, at: at * size, count: size });
    });
  }
}

function copyNumbers(
  from: TypedArray,
  start: number,
  { to, at, count }: { to: TypedArray; at: number; count: number },
): void {
  for (let k = 0; k < count; k++) to[at + k] = from[start + k] as number;
}
