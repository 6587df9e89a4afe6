/** Milliseconds of steps at full speed before the event loop gets air. */
const burst = 8;

/** Something that goes on step by step. */
export interface Paced {
  /** Steps per second; null for as many as can be made; 0 while it stands still. */
  readonly pace: number | null;
  step(): void;
}

/** Makes steps at their pace, while somebody watches. */
export class Pacer {
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  private watched = false;
  /** When the next step is due, by the clock of `performance.now()`. */
  private due = 0;

  constructor(private readonly paced: Paced) {}

  /** Somebody watches, or nobody does. */
  watch(watched: boolean): void {
    this.watched = watched;
    this.schedule();
  }

  /** Has to be called where the pace may have changed. */
  schedule(): void {
    this.cancel();
    const { pace } = this.paced;
    if (!this.watched || pace === 0) return;
    const now = performance.now();
    if (pace === null) {
      this.timer = setImmediate(() => this.stepInBurst());
      return;
    }
    const period = 1000 / pace;
    // A pause, or a machine that was busy, is not made up for.
    this.due = this.due + period > now - period ? this.due + period : now + period;
    this.timer = setTimeout(
      () => {
        this.paced.step();
        this.schedule();
      },
      Math.max(0, this.due - now),
    );
  }

  private stepInBurst(): void {
    const until = performance.now() + burst;
    while (this.paced.pace === null && performance.now() < until) this.paced.step();
    this.schedule();
  }

  private cancel(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
    this.timer = null;
  }
}
