import { Worker, type WorkerOptions } from "node:worker_threads";
import { rootFolder } from "../../root-folder.js";

/**
 * Starts a thread of the built entry of that name. Threads run built files only, also where this is run from its sources.
 * @throws Error where the system gives no thread
 */
export function startThread(
  name: "evaluation-thread" | "host-thread" | "supervisor-thread",
  options: WorkerOptions,
): Worker {
  try {
    return new Worker(new URL(`dist/training/workers/${name}.js`, rootFolder), options);
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== "ERR_WORKER_INIT_FAILED") throw error;
    const sentence = `the system gives no more threads (${message}); ask for fewer workers, or raise its limit`;
    throw new Error(sentence, { cause: error });
  }
}
