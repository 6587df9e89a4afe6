import type { PlaySession } from "./play-session.js";
import { type Command, type Hello, protocolVersion, type Reply, type ServerMessage } from "./protocol.js";
import type { Show, Told } from "./show.js";

/** Milliseconds of steps at full speed before the event loop gets air. */
const burst = 8;

/** A play as a show: steps at its pace while somebody watches. */
export class PlayShow implements Show {
  private listener: () => void = () => {};
  private version = 1;
  private timer: NodeJS.Timeout | NodeJS.Immediate | null = null;
  private closed = false;
  private pages = 0;
  /** When the next step is due, by the clock of `performance.now()`. */
  private due = 0;

  constructor(
    private readonly session: PlaySession,
    private readonly about: Omit<Hello, "type" | "version">,
  ) {
    session.onChange = () => this.changed();
  }

  hello(): Hello {
    return { type: "hello", version: protocolVersion, ...this.about };
  }

  next(told: Told): ServerMessage | null {
    const { version, session } = this;
    if (told["status"] !== version) {
      told["status"] = version;
      return session.status();
    }
    if (told["frame"] === version) return null;
    const branch = session.branchId;
    const from = told["branch"] === branch ? (told["steps"] ?? 0) : 0;
    const frame = session.frame(from);
    told["branch"] = branch;
    // The newest value may still be missing; it comes again with the next frame.
    told["steps"] = Math.max(0, frame.length - 1);
    told["frame"] = version;
    return frame;
  }

  async handle(command: Command): Promise<Reply | null> {
    const reply = await this.session.handle(command);
    this.schedule();
    return reply;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  watched(pages: number): void {
    this.pages = pages;
    this.schedule();
  }

  close(): void {
    this.closed = true;
    this.cancel();
    this.session.dispose();
  }

  private changed(): void {
    this.version++;
    this.listener();
  }

  private cancel(): void {
    if (this.timer === null) return;
    clearTimeout(this.timer as NodeJS.Timeout);
    clearImmediate(this.timer as NodeJS.Immediate);
    this.timer = null;
  }

  private schedule(): void {
    this.cancel();
    const { pace } = this.session;
    if (this.closed || this.pages === 0 || pace === 0) return;
    const now = performance.now();
    if (pace === null) {
      this.timer = setImmediate(() => this.stepFor(burst));
      return;
    }
    const period = 1000 / pace;
    // A pause, or a machine that was busy, is not made up for.
    this.due = this.due + period > now - period ? this.due + period : now + period;
    this.timer = setTimeout(
      () => {
        this.session.advance();
        this.schedule();
      },
      Math.max(0, this.due - now),
    );
  }

  private stepFor(milliseconds: number): void {
    const until = performance.now() + milliseconds;
    while (this.session.pace === null && performance.now() < until) this.session.advance();
    this.schedule();
  }
}
