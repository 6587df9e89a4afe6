import type { WebSocket } from "ws";
import { fromBytes, toBytes } from "../codec.js";
import { type Command, commandSchema, protocolVersion, type Reply, type ServerMessage } from "../protocol.js";
import type { RunLibrary } from "../run-library.js";
import type { Show, Told } from "../show.js";

/** Commands that a page may send at once, and how many more each second. */
const allowance = { burst: 200, perSecond: 100 } as const;

/** When the server ends: messages that a page is told at the most, and milliseconds that it has to take them in. */
const farewell = { messages: 64, wait: 500 } as const;

/** Answers that wait for a page to be ready. */
const mostAnswers = 8;

interface Refusal {
  /** Of WebSocket: 1002 protocol, 1003 unsupported data, 1008 policy. */
  code: number;
  reason: string;
}

const refusals = {
  version: { code: 1002, reason: `This server speaks version ${protocolVersion}: reload the page.` },
  twice: { code: 1002, reason: "Hello came twice." },
  early: { code: 1002, reason: "Hello comes first." },
  garbage: { code: 1003, reason: "No message of the protocol." },
  flood: { code: 1008, reason: "Too many messages." },
} as const satisfies Record<string, Refusal>;

/**
 * One page that watches. It gets a message, and the next when it says that it is ready for it; so at most one is under way,
 * and that is the newest there is. Whatever it sends can only close its own connection.
 */
export class PageConnection {
  private readonly told: Told = {};
  private greeted = false;
  /** Whether the page has dealt with what it got. */
  private ready = false;
  /** Whether a message has yet to leave: a page that asks for more than it reads would fill the memory. */
  private writing = false;
  /** Answers and notices, which go before what the show has. */
  private answers: ServerMessage[] = [];
  private allowed: number = allowance.burst;
  private allowedAt = performance.now();

  constructor(
    private readonly socket: WebSocket,
    private readonly show: Show,
    private readonly library: RunLibrary | null,
  ) {
    socket.on("message", (data: Buffer, isBinary: boolean) => this.receive(data, isBinary));
    // A socket that fails is closed by `ws`; there is nobody to tell.
    socket.on("error", () => {});
  }

  /** Sends what is newest, if the page waits for something. */
  flush(): void {
    if (!this.ready || this.writing || this.socket.readyState !== this.socket.OPEN) return;
    const message = this.answers.shift() ?? this.show.next(this.told);
    if (message === null) return;
    this.ready = false;
    this.writing = true;
    this.socket.send(message instanceof Uint8Array ? message : toBytes(message), () => {
      this.writing = false;
      this.flush();
    });
  }

  /** Tells all there is, ready or not, such as how a training ended, and resolves when the page has it or takes too long. */
  async close(): Promise<void> {
    for (let i = 0; this.greeted && i < farewell.messages; i++) {
      const message = this.answers.shift() ?? this.show.next(this.told);
      if (message === null) break;
      this.socket.send(message instanceof Uint8Array ? message : toBytes(message));
    }
    await new Promise<void>((done) => {
      const timer = setTimeout(done, farewell.wait);
      this.socket.on("close", () => {
        clearTimeout(timer);
        done();
      });
      this.socket.close(1001, "The server ends.");
    });
  }

  private receive(data: Buffer, isBinary: boolean): void {
    const refusal = this.take(this.mayReceive() ? (isBinary ? commandOf(data) : null) : "flood");
    if (refusal !== null) this.refuse(refusal);
  }

  /** @returns why the connection has to be closed, or null */
  private take(command: Command | "flood" | null): Refusal | null {
    if (command === "flood") return refusals.flood;
    if (command === null) return refusals.garbage;
    if (command.type === "hello") return this.greet(command.version);
    if (!this.greeted) return refusals.early;
    if (command.type === "ready") {
      this.ready = true;
      this.flush();
      return null;
    }
    this.answer(command).then(
      (reply) => reply !== null && this.tell(reply),
      (error: unknown) => {
        const text = error instanceof Error ? error.message : String(error);
        this.tell({ type: "notice", level: "error", text });
      },
    );
    return null;
  }

  private async answer(command: Command): Promise<Reply | null> {
    if (command.type !== "runs" && command.type !== "run") return this.show.handle(command);
    if (this.library === null) throw new Error("There is no folder of runs here.");
    return command.type === "runs" ? this.library.list() : this.library.read(command.id);
  }

  /** A page that asks and does not read is told the newest few. */
  private tell(message: ServerMessage): void {
    this.answers = [...this.answers, message].slice(-mostAnswers);
    this.flush();
  }

  private greet(version: number): Refusal | null {
    if (version !== protocolVersion) return refusals.version;
    if (this.greeted) return refusals.twice;
    this.greeted = true;
    this.socket.send(toBytes(this.show.hello()));
    return null;
  }

  /** A bucket of messages that fills up again with time. */
  private mayReceive(): boolean {
    const now = performance.now();
    const regained = ((now - this.allowedAt) / 1000) * allowance.perSecond;
    this.allowed = Math.min(allowance.burst, this.allowed + regained) - 1;
    this.allowedAt = now;
    return this.allowed >= 0;
  }

  private refuse({ code, reason }: Refusal): void {
    this.socket.close(code, reason);
    // Whoever does not answer the closing handshake is cut off.
    setTimeout(() => this.socket.terminate(), 1000).unref();
  }
}

function commandOf(data: Buffer): Command | null {
  try {
    const result = commandSchema.safeParse(fromBytes(data));
    return result.success ? result.data : null;
  } catch {
    return null;
  }
}
