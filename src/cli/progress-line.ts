import type { Progress, TrainEvent } from "../training/index.js";
import { duration, sparkline } from "./sparkline.js";

const redrawMs = 100;
const plainMs = 5000;

/**
 * Tells people on stderr how a run goes: in a terminal one line that is drawn again, elsewhere (a log, a pipe) a
 * plain line every few seconds.
 */
export class ProgressLine {
  private readonly returns: number[] = [];
  private readonly startedAt = performance.now();
  private firstStep: number | null = null;
  private drawnAt = 0;
  private drawn = false;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  progress(progress: Progress): void {
    this.firstStep ??= progress.step;
    const now = performance.now();
    if (now - this.drawnAt < (this.out.isTTY ? redrawMs : plainMs)) return;
    this.drawnAt = now;
    this.draw(this.text(progress, (now - this.startedAt) / 1000));
  }

  event(event: TrainEvent): void {
    switch (event.event) {
      case "start":
        this.line(
          `${event.env} with ${event.agent} (preset ${event.preset ?? "none"}, engine ${event.engine}, seed ${event.seed})`,
        );
        if (event.step > 0) this.line(`goes on from step ${event.step.toLocaleString("en")}`);
        break;
      case "metrics":
        if (event.returnMean !== null) this.returns.push(event.returnMean);
        break;
      case "eval":
        this.line(
          `step ${event.step.toLocaleString("en")}: evaluation return ${event.returnMean.toFixed(2)} ± ${event.returnStd.toFixed(2)} over ${event.episodes} episodes${event.best ? ", the best so far" : ""}`,
        );
        break;
      case "checkpoint":
      case "done":
        break;
      default:
        event satisfies never;
    }
  }

  /** Leaves the terminal with the cursor on a fresh line. */
  close(): void {
    if (this.drawn) this.out.write("\r\x1b[K");
    this.drawn = false;
  }

  private text(progress: Progress, seconds: number): string {
    const rate = (progress.step - (this.firstStep ?? 0)) / seconds;
    const share = Math.floor((100 * progress.step) / progress.steps);
    const returned = progress.returnMean === null ? "-" : progress.returnMean.toFixed(2);
    const parts = [
      `${String(share).padStart(3)}%`,
      `step ${progress.step.toLocaleString("en")}/${progress.steps.toLocaleString("en")}`,
      `return ${returned}`,
      `${Math.round(rate).toLocaleString("en")} steps/s`,
      `ETA ${rate > 0 ? duration((progress.steps - progress.step) / rate) : "?"}`,
    ];
    if (progress.doing === "evaluating") parts.push("evaluating");
    const text = parts.join("  ");
    const room = Math.min(30, (this.out.columns ?? 100) - text.length - 4);
    return this.returns.length > 1 && room > 4 ? `${text}  ${sparkline(this.returns, room)}` : text;
  }

  private draw(text: string): void {
    if (!this.out.isTTY) {
      this.out.write(`${text}\n`);
      return;
    }
    const width = this.out.columns ?? 80;
    this.out.write(`\r\x1b[K${text.slice(0, width - 1)}`);
    this.drawn = true;
  }

  private line(text: string): void {
    this.close();
    this.out.write(`${text}\n`);
  }
}
