import { toBytes } from "./codec.js";
import { type Hello, protocolVersion, type ServerMessage, type Stage, type Wall } from "./protocol.js";
import type { Show, Told } from "./show.js";

/** What a training plays at one moment; read between its steps, so that all of it belongs together. */
export type Boards = Omit<Wall, "type">;

export interface TrainingShowOptions {
  stage: Stage;
  player: string;
}

/** Milliseconds from one look to the next, at the least: 30 a second. */
const shortestPeriod = 33;

/** Share of its time that a training spends on being looked at. */
const share = 0.02;

/** Records in one message. */
const mostRecords = 500;

/** A training as a show. It is looked at while somebody watches, and never waited for: no look changes a number of it. */
export class TrainingShow implements Show {
  private readonly records: Record<string, unknown>[] = [];
  private listener: () => void = () => {};
  private moment = 0;
  private timer: NodeJS.Timeout | null = null;
  /** Of the moment, for every page that asks; null while nobody has, or there is nothing to see. */
  private seen: { moment: number; bytes: Uint8Array | null } = { moment: -1, bytes: null };
  /** Milliseconds that the newest look took. */
  private cost = 0;
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

  next(told: Told): ServerMessage | Uint8Array | null {
    const from = told["records"] ?? 0;
    if (from < this.records.length) {
      const records = this.records.slice(from, from + mostRecords);
      told["records"] = from + records.length;
      return { type: "metrics", from, records };
    }
    if (told["moment"] === this.moment) return null;
    told["moment"] = this.moment;
    if (this.seen.moment !== this.moment) {
      const start = performance.now();
      const boards = this.lookOrNot();
      const bytes = boards && toBytes({ type: "wall", ...boards } satisfies ServerMessage);
      this.seen = { moment: this.moment, bytes };
      this.cost = performance.now() - start;
    }
    return this.seen.bytes;
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
    if (pages > 0 && this.timer === null) this.awaitMoment();
    if (pages === 0) this.close();
  }

  close(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  private awaitMoment(): void {
    const turn = (): void => {
      this.moment++;
      this.listener();
      this.awaitMoment();
    };
    this.timer = setTimeout(turn, Math.max(shortestPeriod, this.cost / share)).unref();
  }
}
