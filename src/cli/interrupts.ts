import { isatty } from "node:tty";
import { exitCodes } from "../training/index.js";

/** As a shell has it of a process that SIGHUP ended. */
const hungUpCode = 129;

/** Descriptors that were a terminal's at the start. */
const terminals = [0, 1, 2].filter((descriptor) => isatty(descriptor));

/** What is under way, and can be asked to save and end. */
const underWay = new Set<{ ask(): void; hangUp(): void }>();

/** Whether the last of them has been asked. */
let isEnding = false;

export interface Interruption {
  signal: AbortSignal;
  /** What an interrupted command ends with. */
  exitCode(): number;
  /** Puts the default back. */
  release(): void;
}

/**
 * Ctrl+C (SIGINT, SIGTERM) and the closing of the terminal (SIGHUP) as a signal: the first asks the run to save and end. A second Ctrl+C
 * aborts at once; a closing may be told twice, by the system and by the shell.
 */
export function onInterrupt(say: () => void): Interruption {
  const controller = new AbortController();
  let exitCode: number = exitCodes.interrupted;
  isEnding = false;
  const ask = (): void => {
    if (controller.signal.aborted) return;
    isEnding = true;
    say();
    controller.abort();
  };
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    ask();
  };
  const hangUp = (): void => {
    exitCode = hungUpCode;
    ask();
  };
  const asked = { ask, hangUp };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  process.on("SIGHUP", hangUp);
  underWay.add(asked);
  return {
    signal: controller.signal,
    exitCode: () => exitCode,
    release: () => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
      process.off("SIGHUP", hangUp);
      underWay.delete(asked);
    },
  };
}

/**
 * Nobody reads any more what is written: whatever is under way is asked to save and end.
 * @param why the terminal is gone, of which SIGHUP may not have told yet, or the reader of a pipe
 * @returns whether anything is, or is on its way to its own end
 */
export function endUnread(why: "hung-up" | "closed"): boolean {
  for (const { ask, hangUp } of underWay) (why === "hung-up" ? hangUp : ask)();
  return underWay.size > 0 || isEnding;
}

/**
 * Ends the process where its terminal is gone, by the signal that tells so: Node cannot put back the modes of such a terminal, and would
 * abort at its exit.
 */
export function endHungUp(): void {
  const isGone = terminals.some((descriptor) => !isatty(descriptor));
  if (isGone && process.platform !== "win32") process.kill(process.pid, "SIGHUP");
}
