import {
  type Hello,
  type Picture,
  protocolVersion,
  type ServerMessage,
  type Stage,
  type Thought,
} from "./protocol.js";
import type { Show, Told } from "./show.js";

/** What a training plays at one moment; read between its steps, so that all of it belongs together. */
export interface Boards {
  /** Environment steps made. */
  step: number;
  /** State of the rules of each board, or else its picture. */
  states: unknown[];
  pictures: Picture[];
  /** Return so far of each board's episode. */
  returns: Float32Array;
  /** What the policy makes of the first board. */
  thought: Thought | null;
}

export interface TrainingShowOptions {
  stage: Stage;
  player: string;
}

/** Milliseconds from one look to the next: 30 a second. */
const period = 33;

/** Records in one message. */
const mostRecords = 500;

/** A training as a show. It is looked at while somebody watches, and never waited for: no look changes a number of it. */
export class TrainingShow implements Show {
  private readonly records: Record<string, unknown>[] = [];
  private listener: () => void = () => {};
  private moment = 0;
  private timer: NodeJS.Timeout | null = null;
  private look: () => Boards | null = () => null;
  private run: string | null = null;

  constructor(private readonly options: TrainingShowOptions) {}

  /** @param look at what is played; null while there is nothing to see */
  open(run: string, look: () => Boards | null): void {
    this.run = run;
    this.look = look;
  }

  /** Takes in a record of the run's metrics, or another of its events. */
  tell(record: Record<string, unknown>): void {
    this.records.push(record);
    this.listener();
  }

  hello(): Hello {
    const { stage, player } = this.options;
    const { run } = this;
    return { type: "hello", version: protocolVersion, mode: "train", stage, player, checkpoints: [], run };
  }

  next(told: Told): ServerMessage | null {
    const from = told["records"] ?? 0;
    if (from < this.records.length) {
      const records = this.records.slice(from, from + mostRecords);
      told["records"] = from + records.length;
      return { type: "metrics", from, records };
    }
    if (told["moment"] === this.moment) return null;
    told["moment"] = this.moment;
    const boards = this.lookOrNot();
    return boards === null ? null : { type: "wall", ...boards };
  }

  /** A picture that cannot be drawn is no reason for a training to end. */
  private lookOrNot(): Boards | null {
    try {
      return this.look();
    } catch {
      this.look = () => null;
      return null;
    }
  }

  async handle(): Promise<null> {
    throw new Error("A training cannot be paused from here; `ludus watch` plays what it has learnt.");
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  watched(pages: number): void {
    if (pages > 0 && this.timer === null) {
      this.timer = setInterval(() => {
        this.moment++;
        this.listener();
      }, period);
      this.timer.unref();
    }
    if (pages === 0) this.close();
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }
}
