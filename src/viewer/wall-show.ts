import { Pacer } from "./pacer.js";
import {
  type Command,
  type Hello,
  protocolVersion,
  type ServerMessage,
  type Status,
  type Wall,
} from "./protocol.js";
import type { Show, Told } from "./show.js";

/** Environments that play on side by side, each episode followed by another. */
export interface WallPlay {
  /** One step in all of them. */
  step(): void;
  /** All begin anew, environment i from seed + i. */
  restart(seed: number): void;
  /** What is to be seen now. */
  wall(): Omit<Wall, "type">;
  dispose(): void;
}

export interface WallShowOptions {
  play: WallPlay;
  about: Omit<Hello, "type" | "version" | "mode" | "checkpoints">;
  seed: number;
  /** Step of the checkpoint that plays; null for none. */
  checkpoint: number | null;
}

/** Many boards as a show. */
export class WallShow implements Show {
  private listener: () => void = () => {};
  private version = 1;
  private playing = true;
  private speed: number | null = 12;
  private seed: number;
  private readonly pacer: Pacer;

  constructor(private readonly options: WallShowOptions) {
    this.seed = options.seed;
    const show = this;
    this.pacer = new Pacer({
      get pace() {
        return show.playing ? show.speed : 0;
      },
      step: () => this.step(),
    });
  }

  hello(): Hello {
    const { about } = this.options;
    return { type: "hello", version: protocolVersion, mode: "wall", checkpoints: [], ...about };
  }

  next(told: Told): ServerMessage | null {
    const { version } = this;
    if (told["status"] !== version) {
      told["status"] = version;
      return this.status();
    }
    if (told["wall"] === version) return null;
    told["wall"] = version;
    return { type: "wall", ...this.options.play.wall() };
  }

  async handle(command: Command): Promise<null> {
    switch (command.type) {
      case "play":
      case "pause":
        this.playing = command.type === "play";
        break;
      case "step":
        this.playing = false;
        this.step();
        break;
      case "speed":
        this.speed = command.speed;
        break;
      case "restart":
        this.seed = command.seed ?? (this.seed + 1) % 2 ** 32;
        this.options.play.restart(this.seed);
        break;
      default:
        throw new Error(
          "Many boards at once can be paused, stepped and begun anew; `ludus watch` without --boards does more.",
        );
    }
    this.changed();
    this.pacer.schedule();
    return null;
  }

  onChange(listener: () => void): void {
    this.listener = listener;
  }

  watched(pages: number): void {
    this.pacer.watch(pages > 0);
  }

  close(): void {
    this.pacer.watch(false);
    this.options.play.dispose();
  }

  private step(): void {
    this.options.play.step();
    this.changed();
  }

  private changed(): void {
    this.version++;
    this.listener();
  }

  private status(): Status {
    const { playing, speed } = this;
    const { about, checkpoint } = this.options;
    return {
      ...{ type: "status", playing, speed, controller: "policy", player: about.player, checkpoint },
      ...{ branch: 0, beside: null, branches: [], rival: null, saved: null },
    };
  }
}
