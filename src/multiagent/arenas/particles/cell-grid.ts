/**
 * Points of a square sorted into cells, about one to each, so that near ones are found without looking at all: what a search costs
 * does not grow with how many there are, if the square grows with them. What it finds is exact. Made once, and filled anew whenever
 * points have moved; allocates nothing then.
 *
 * Cell lists: Allen & Tildesley 2017, Computer Simulation of Liquids, section 5.3
 */
export class CellGrid {
  /** Cells in a row, and rows. */
  private readonly lines: number;
  private readonly cellSide: number;
  /** Cells to a unit of length. */
  private readonly perUnit: number;
  /** `[cells + 1]` where the points of each cell begin. */
  private readonly starts: Int32Array;
  /** Points cell by cell, by index in each. */
  private readonly xs: Float64Array;
  private readonly ys: Float64Array;
  private readonly indices: Int32Array;
  /** By point: its cell, and where it stands among all. */
  private readonly cells: Int32Array;
  private readonly slots: Int32Array;
  /** What a search goes through: indices of points, and their distances squared. */
  private readonly gathered: Int32Array;
  private readonly gatheredDistances: Float64Array;
  /** Squared, of the nearest so far. */
  private readonly distances: Float64Array;
  /** From where a search goes, x and y, and how far, squared: numbers that functions pass on by an array are not boxed. */
  private readonly search = new Float64Array(3);
  private first = 0;

  /**
   * @param side of the square, whose lower left corner is the origin
   * @param capacity the most points that it will be filled with
   */
  constructor(
    private readonly side: number,
    capacity: number,
  ) {
    this.lines = Math.max(1, Math.floor(Math.sqrt(capacity)));
    this.cellSide = side / this.lines;
    this.perUnit = this.lines / side;
    this.starts = new Int32Array(this.lines * this.lines + 1);
    this.xs = new Float64Array(capacity);
    this.ys = new Float64Array(capacity);
    this.indices = new Int32Array(capacity);
    this.cells = new Int32Array(capacity);
    this.slots = new Int32Array(capacity);
    // One more than there are: what is not near enough is written, too, and then written over.
    this.gathered = new Int32Array(capacity + 1);
    this.gatheredDistances = new Float64Array(capacity + 1);
    this.distances = new Float64Array(capacity);
  }

  /**
   * Takes over points, which are copied: they may move on.
   * @param points x and y of each
   * @param first index of the first of them
   */
  fill(points: Float64Array, first: number, count: number): void {
    const { starts, cells, slots, lines, xs, ys, indices } = this;
    this.first = first;
    starts.fill(0);
    for (let i = 0; i < count; i++) {
      const at = 2 * (first + i);
      const cell = this.lineOf(points[at + 1]!) * lines + this.lineOf(points[at]!);
      cells[i] = cell;
      starts[cell]!++;
    }
    // Ends of the cells, which become their starts as points are put in from the last on.
    for (let cell = 1; cell < starts.length; cell++) starts[cell]! += starts[cell - 1]!;
    for (let i = count - 1; i >= 0; i--) {
      const slot = --starts[cells[i]!]!;
      const at = 2 * (first + i);
      slots[i] = slot;
      xs[slot] = points[at]!;
      ys[slot] = points[at + 1]!;
      indices[slot] = first + i;
    }
  }

  /**
   * Finds the points that are nearest to one in the square, in which all have to lie; of those as far away, the lowest indices.
   * @param origins x and y of each, from one of which the search goes
   * @param origin index of that one
   * @param k the most that are wanted
   * @param without index that is not wanted; -1 for none
   * @param out written: indices, the nearest first, at `out[offset...]`. What was found there before is where the search
   * begins, which is the faster the less has moved; -1 where nothing was.
   * @returns how many there are
   */
  nearest(
    origins: Float64Array,
    origin: number,
    k: number,
    without: number,
    out: Int32Array,
    offset: number,
  ): number {
    if (k === 0) return 0;
    const { search, side, cellSide } = this;
    search[0] = origins[2 * origin]!;
    search[1] = origins[2 * origin + 1]!;
    this.reachAsBefore(k, out, offset);
    for (;;) {
      const found = this.select(this.gather(), k, without, out, offset);
      if (found === k || search[2]! > 2 * side * side) return found;
      search[2] = 4 * search[2]! + cellSide * cellSide;
    }
  }

  /**
   * Finds the points that are no farther from one than it reaches.
   * @param origins x and y of each, from one of which the search goes
   * @param origin index of that one
   * @param reaches of each
   * @param out written: their indices, ascending
   * @returns how many there are
   */
  within(origins: Float64Array, origin: number, reaches: Float64Array, out: Int32Array): number {
    const { gathered, search } = this;
    search[0] = origins[2 * origin]!;
    search[1] = origins[2 * origin + 1]!;
    search[2] = reaches[origin]! * reaches[origin]!;
    const count = this.gather();
    for (let i = 0; i < count; i++) {
      const index = gathered[i]!;
      let at = i;
      for (; at > 0 && out[at - 1]! > index; at--) out[at] = out[at - 1]!;
      out[at] = index;
    }
    return count;
  }

  /** Row or column of a coordinate; the nearest for what lies outside. */
  private lineOf(coordinate: number): number {
    const line = coordinate * this.perUnit;
    return line < 0 ? 0 : line >= this.lines ? this.lines - 1 : line | 0;
  }

  /** Lets the search reach as far as what was found before, or so far that much may be found. */
  private reachAsBefore(k: number, found: Int32Array, offset: number): void {
    const { xs, ys, slots, first, search, cellSide } = this;
    search[2] = 0;
    for (let i = offset; i < offset + k; i++) {
      if (found[i]! < 0) {
        search[2] = (k + 1) * cellSide * cellSide;
        return;
      }
      const slot = slots[found[i]! - first]!;
      const dx = xs[slot]! - search[0]!;
      const dy = ys[slot]! - search[1]!;
      search[2] = Math.max(search[2]!, dx * dx + dy * dy);
    }
  }

  /** @returns how many points the search reaches, which are in `gathered` */
  private gather(): number {
    const { lines, starts, xs, ys, indices, gathered, gatheredDistances, search } = this;
    const x = search[0]!;
    const y = search[1]!;
    const limit = search[2]!;
    // More than enough, whatever rounding does.
    const reach = Math.sqrt(limit) * (1 + 1e-9);
    const left = this.lineOf(x - reach);
    const right = this.lineOf(x + reach);
    const top = this.lineOf(y + reach);
    let count = 0;
    for (let row = this.lineOf(y - reach); row <= top; row++) {
      const end = starts[row * lines + right + 1]!;
      for (let slot = starts[row * lines + left]!; slot < end; slot++) {
        const dx = xs[slot]! - x;
        const dy = ys[slot]! - y;
        const distance = dx * dx + dy * dy;
        gathered[count] = indices[slot]!;
        gatheredDistances[count] = distance;
        if (distance <= limit) count++;
      }
    }
    return count;
  }

  /** The nearest of what was gathered. @returns how many there are */
  private select(count: number, k: number, without: number, out: Int32Array, offset: number): number {
    const { gathered, gatheredDistances, distances } = this;
    let found = 0;
    for (let i = 0; i < count; i++) {
      const index = gathered[i]!;
      if (index === without) continue;
      const distance = gatheredDistances[i]!;
      let at = found;
      for (; at > 0; at--) {
        const other = distances[at - 1]!;
        if (other < distance || (other === distance && out[offset + at - 1]! < index)) break;
        if (at === k) continue;
        distances[at] = other;
        out[offset + at] = out[offset + at - 1]!;
      }
      if (at === k) continue;
      distances[at] = distance;
      out[offset + at] = index;
      if (found < k) found++;
    }
    return found;
  }
}
