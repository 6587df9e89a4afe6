import type { Progress, TrainEvent } from "../training/index.js";
import { clip, columnsOf, styled, visibleLength } from "./ansi.js";
import { duration, sparkline } from "./sparkline.js";

const redrawMs = 100;
const plainMs = 5000;
const sparkWidth = 30;

/**
 * Tells people on stderr how a run goes: in a terminal one line that is drawn again, elsewhere (a log, a pipe) a
 * plain line every few seconds.
 */
export class ProgressLine {
  private readonly returns: number[] = [];
  private readonly startedAt = performance.now();
  private firstStep: number | null = null;
  private drawnAt = Number.NEGATIVE_INFINITY;
  private drawn = false;

  constructor(private readonly out: NodeJS.WriteStream = process.stderr) {}

  progress(progress: Progress): void {
    this.firstStep ??= progress.step;
    const now = performance.now();
    if (now - this.drawnAt < (this.out.isTTY ? redrawMs : plainMs)) return;
    this.drawnAt = now;
    const seconds = (now - this.startedAt) / 1000;
    const stepsPerSecond = (progress.step - this.firstStep) / seconds;
    if (this.out.isTTY) {
      const text = progressText({
        progress,
        stepsPerSecond,
        returns: this.returns,
        width: columnsOf(this.out) - 1,
      });
      this.out.write(`\r${text}\x1b[K`);
      this.drawn = true;
    } else {
      this.out.write(`${facts(progress, stepsPerSecond).join("  ")}\n`);
    }
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

  private line(text: string): void {
    this.close();
    this.out.write(`${text}\n`);
  }
}

export interface ProgressShown {
  progress: Progress;
  stepsPerSecond: number;
  /** Mean returns as they were recorded, oldest first. */
  returns: readonly number[];
  /** Columns there are. */
  width: number;
}

/** The line in colour, with the returns so far as bars where there is room for them. */
export function progressText({ progress, stepsPerSecond, returns, width }: ProgressShown): string {
  const [share = "", ...rest] = facts(progress, stepsPerSecond);
  const evaluating = progress.doing === "evaluating" ? [styled("evaluating", "yellow")] : [];
  const text = [styled(share, "bold"), ...rest, ...evaluating].join("  ");
  const room = Math.min(sparkWidth, width - visibleLength(text) - 2);
  if (returns.length < 2 || room < 5) return clip(text, width);
  return `${text}  ${styled(sparkline(returns, room), "green")}`;
}

/** Most wanted first, for a narrow terminal cuts the last ones; of a width that stays, so that nothing jumps about. */
function facts({ step, steps, returnMean }: Progress, stepsPerSecond: number): string[] {
  const total = steps.toLocaleString("en");
  const left = stepsPerSecond > 0 ? duration((steps - step) / stepsPerSecond) : "?";
  return [
    `${String(Math.floor((100 * step) / steps)).padStart(3)}%`,
    `return ${(returnMean === null ? "-" : returnMean.toFixed(2)).padStart(6)}`,
    `ETA ${left.padEnd(6)}`,
    `${Math.round(stepsPerSecond).toLocaleString("en").padStart(6)} steps/s`,
    `step ${step.toLocaleString("en").padStart(total.length)}/${total}`,
  ];
}
