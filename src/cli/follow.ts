import { shellWord } from "../datasets/shell-word.js";
import type { DoneEvent, Listeners } from "../training/index.js";
import { ExitWith } from "./exit.js";
import { onInterrupt } from "./interrupts.js";
import { ProgressLine } from "./progress-line.js";

/**
 * Runs a training in the foreground: progress on stderr, events as JSON lines or the result in words on stdout,
 * Ctrl+C saves and ends.
 * @throws ExitWith 130 after an interruption
 */
export async function follow(
  work: (listeners: Listeners) => Promise<DoneEvent>,
  { json, stopAfter }: { json: boolean; stopAfter: number | undefined },
): Promise<DoneEvent> {
  const line = new ProgressLine();
  const { signal, exitCode, release } = onInterrupt(() => {
    line.close();
    process.stderr.write("Saving a checkpoint ... (Ctrl+C again aborts without one)\n");
  });
  try {
    const done = await work({
      signal,
      ...(stopAfter === undefined ? {} : { stopAfter }),
      onWarning: (sentence) => {
        line.close();
        process.stderr.write(`Warning: ${sentence}\n`);
      },
      onProgress: (progress) => line.progress(progress),
      onEvent: (event) => {
        line.event(event);
        if (json) process.stdout.write(`${JSON.stringify(event)}\n`);
      },
    });
    line.close();
    if (!json) process.stdout.write(`${inWords(done)}\n`);
    if (done.interrupted) throw new ExitWith(exitCode());
    return done;
  } finally {
    line.close();
    release();
  }
}

function inWords(done: DoneEvent): string {
  const run = `run ${done.run}`;
  if (done.interrupted && !done.resumable) {
    return `Interrupted at step ${done.steps.toLocaleString("en")}; its environment has no snapshot(), so it can be played but not resumed\n${run}`;
  }
  if (done.interrupted) {
    return `Interrupted at step ${done.steps.toLocaleString("en")} with a checkpoint; go on with: ludus resume ${shellWord(done.run)}`;
  }
  const score = `return ${done.evalReturnMean?.toFixed(2)} ± ${done.evalReturnStd?.toFixed(2)} over ${done.evalEpisodes} episodes`;
  return `${score} (checkpoint of step ${done.bestStep}, ${done.updates.toLocaleString("en")} updates, ${Math.round(done.stepsPerSecond).toLocaleString("en")} steps/s)\n${run}`;
}
