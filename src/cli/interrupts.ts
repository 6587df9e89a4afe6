import { exitCodes } from "../training/index.js";

/**
 * Ctrl+C as a signal: the first asks the run to save and end, a second aborts at once.
 * @returns the signal, and a function that puts the default back
 */
export function onInterrupt(say: () => void): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const interrupt = (): void => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    say();
    controller.abort();
  };
  process.on("SIGINT", interrupt);
  process.on("SIGTERM", interrupt);
  return {
    signal: controller.signal,
    release: () => {
      process.off("SIGINT", interrupt);
      process.off("SIGTERM", interrupt);
    },
  };
}
