/** Two values taken in turns, so that what one call gave stays whole during the next (see `Env`). */
export class DoubleBuffer<T> {
  private readonly first: T;
  private readonly second: T;
  private current: T;

  constructor(make: () => T) {
    this.first = make();
    this.second = make();
    this.current = this.second;
  }

  /** The other value, to be written. */
  next(): T {
    this.current = this.current === this.first ? this.second : this.first;
    return this.current;
  }

  /** What `next` gave last. */
  get latest(): T {
    return this.current;
  }
}
