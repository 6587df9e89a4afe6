import type { FitListeners, FitProgress, FitRunDoneEvent } from "../training/index.js";
import { ExitWith } from "./exit.js";
import { StatusLine } from "./fit-status-line.js";
import { doneText, eventText, progressText, reportText } from "./fit-text.js";
import { onInterrupt } from "./interrupts.js";

/** Share of the loss so far in the smoothed one. */
const smoothing = 0.95;

/**
 * Runs a fit or a study in the foreground: progress on stderr, events as JSON lines or the result in words on stdout, Ctrl+C
 * ends it.
 * @throws ExitWith 130 after an interruption
 */
export async function followFit(
  work: (listeners: FitListeners) => Promise<FitRunDoneEvent>,
  { json, stopAfter, isStudy }: { json: boolean; stopAfter: number | undefined; isStudy: boolean },
): Promise<void> {
  const line = new StatusLine();
  const progress = new ProgressWords();
  const { signal, exitCode, release } = onInterrupt(() => {
    line.line(
      isStudy
        ? "Ending the study ... (Ctrl+C again ends it at once)"
        : "Saving a checkpoint ... (Ctrl+C again aborts without one)",
    );
  });
  try {
    const done = await work({
      signal,
      ...(stopAfter === undefined ? {} : { stopAfter }),
      onProgress: (now) => {
        progress.take(now);
        line.show(() => progress.text());
      },
      onStudyProgress: (words) => line.show(() => words),
      onEvent: (event) => {
        const text = eventText(event);
        if (text !== null) line.line(text);
        if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
        else if (event.event === "report") process.stdout.write(`${reportText(event)}\n`);
      },
    });
    line.close();
    if (!json) process.stdout.write(`${doneText(done)}\n`);
    if (done.interrupted) throw new ExitWith(exitCode());
  } finally {
    line.close();
    release();
  }
}

/** How far a fit is, in words. */
class ProgressWords {
  private startedAt = 0;
  private first: FitProgress | null = null;
  private progress: FitProgress | null = null;
  private loss = 0;

  take(progress: FitProgress): void {
    if (this.first === null) {
      this.first = progress;
      this.startedAt = performance.now();
      this.loss = progress.loss;
    }
    this.loss = smoothing * this.loss + (1 - smoothing) * progress.loss;
    this.progress = progress;
  }

  text(): string {
    const seconds = (performance.now() - this.startedAt) / 1000;
    return progressText({ progress: this.progress!, first: this.first!, loss: this.loss, seconds });
  }
}
