import { Pacer } from "./pacer.js";
import type { PlaySession } from "./play-session.js";
import { type Command, type Hello, protocolVersion, type Reply, type ServerMessage } from "./protocol.js";
import type { Show, Told } from "./show.js";

/** A play as a show: steps at its pace while somebody watches. */
export class PlayShow implements Show {
  private listener: () => void = () => {};
  private version = 1;
  private readonly pacer: Pacer;
  /** Settles when the newest command has been dealt with. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly session: PlaySession,
    private readonly about: Omit<Hello, "type" | "version">,
  ) {
    session.onChange = () => this.changed();
    this.pacer = new Pacer({
      get pace() {
        return session.pace;
      },
      step: () => session.advance(),
    });
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

  /** Commands take effect in the order in which they came, though opening a checkpoint takes its time. */
  handle(command: Command): Promise<Reply | null> {
    const reply = this.last.then(async () => {
      const answer = await this.session.handle(command);
      this.pacer.schedule();
      return answer;
    });
    this.last = reply.catch(() => {});
    return reply;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  watched(pages: number): void {
    this.pacer.watch(pages > 0);
  }

  close(): void {
    this.pacer.watch(false);
    this.session.dispose();
  }

  private changed(): void {
    this.version++;
    this.listener();
  }
}
