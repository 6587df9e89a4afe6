import {
  type Command,
  type Frame,
  type Hello,
  protocolVersion,
  type ServerMessage,
  type Status,
} from "../../src/viewer/protocol.js";
import type { Connection, Listener } from "./connection.js";
import type { Replay } from "./export/embedded.js";

/** Steps per second for "as fast as it goes". */
const fastest = 1000;

/** Milliseconds that are made up for at most, where the browser was busy or away. */
const longestGap = 100;

/**
 * Says what a server would say of a recording, where there is none: one message after the other, each once the page is
 * ready. Commands that a recording cannot follow do nothing.
 */
export class ReplayConnection implements Connection {
  private step = 0;
  private playing = false;
  private speed: number | null = 12;
  /** What the page has not been told yet; status and frame are told as they are then. */
  private answers: ServerMessage[];
  private news: ReadonlySet<"status" | "frame"> = new Set(["status", "frame"]);
  private waits = true;
  /** Until when steps were made, and the share of the next one that has passed. */
  private clock = { at: 0, share: 0 };
  private readonly since: Frame["since"];

  constructor(
    private readonly replay: Replay,
    private readonly listener: Listener,
  ) {
    const { frames } = replay.recording;
    this.since = {
      from: 0,
      rewards: Float32Array.from(frames.flatMap(({ since }) => [...since.rewards])),
      values: Float32Array.from(frames.flatMap(({ since }) => [...since.values])),
    };
    this.answers = [this.hello()];
    queueMicrotask(() => listener.onState(null));
    this.flush();
  }

  ready(): void {
    this.waits = true;
    this.flush();
  }

  send(command: Command): void {
    switch (command.type) {
      case "play":
        this.play();
        break;
      case "pause":
        this.playing = false;
        break;
      case "step":
        this.playing = false;
        this.goTo(this.step + 1);
        break;
      case "seek":
        this.playing = false;
        this.goTo(command.step);
        break;
      case "speed":
        this.speed = command.speed;
        break;
      case "record":
        this.answers.push(this.replay.recording);
        break;
      default:
        return;
    }
    this.tell("status");
  }

  private get last(): number {
    return this.replay.recording.frames.length - 1;
  }

  private play(): void {
    if (this.step === this.last) this.goTo(0);
    const goesOn = this.playing;
    this.playing = true;
    this.clock = { at: performance.now(), share: 0 };
    if (!goesOn) requestAnimationFrame((now) => this.advance(now));
  }

  /** As many steps as are due by now. */
  private advance(now: number): void {
    if (!this.playing) return;
    const passed = Math.min(Math.max(0, now - this.clock.at), longestGap) / 1000;
    const due = this.clock.share + passed * (this.speed ?? fastest);
    this.clock = { at: now, share: due % 1 };
    if (due >= 1) this.goTo(this.step + Math.floor(due));
    if (this.step === this.last) {
      this.playing = false;
      this.tell("status");
    } else requestAnimationFrame((then) => this.advance(then));
  }

  private goTo(step: number): void {
    this.step = Math.min(step, this.last);
    this.tell("frame");
  }

  private tell(what: "status" | "frame"): void {
    this.news = new Set([...this.news, what]);
    this.flush();
  }

  /** Never at once: whoever sends a command waits for the answer afterwards. */
  private flush(): void {
    queueMicrotask(() => {
      if (!this.waits) return;
      const message = this.next();
      if (message === null) return;
      this.waits = false;
      this.listener.onMessage(message);
    });
  }

  private next(): ServerMessage | null {
    const answer = this.answers.shift();
    if (answer !== undefined) return answer;
    const [what] = this.news;
    if (what === undefined) return null;
    this.news = new Set([...this.news].filter((other) => other !== what));
    return what === "status" ? this.status() : this.frame();
  }

  private hello(): Hello {
    const { stage, recording } = this.replay;
    const { player } = recording.episode;
    return {
      ...{ type: "hello", version: protocolVersion, mode: "replay", stage, player },
      ...{ checkpoints: [], run: null },
    };
  }

  private status(): Status {
    const { playing, speed } = this;
    const { player, checkpoint, seed, ended } = this.replay.recording.episode;
    const { length, return: total } = this.replay.recording.frames.at(-1)!;
    return {
      ...{ type: "status", playing, speed, controller: "policy", player, checkpoint },
      ...{ branch: 0, beside: null, rival: null, saved: null },
      branches: [{ id: 0, parent: null, seed, length, return: total, ended, player }],
    };
  }

  private frame(): Frame {
    return { ...this.replay.recording.frames[this.step]!, branch: 0, since: this.since };
  }
}
