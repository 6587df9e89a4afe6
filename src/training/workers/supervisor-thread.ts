/**
 * Entry of the thread that starts one environment thread and hears of its end. Whoever waits for an answer is blocked
 * and cannot; this thread's event loop is free. Any message ends both.
 */
import { parentPort, type Worker, workerData } from "node:worker_threads";
import { answers, dead, type SupervisorData, supervised } from "./protocol.js";
import { startThread } from "./thread-entry.js";

const { data, lastWords, resourceLimits } = workerData as SupervisorData;
const control = new Int32Array(data.control);

Atomics.store(control, supervised, 1);

const thread = start();
parentPort?.once("message", () => {
  void Promise.resolve(thread?.terminate()).finally(() => {
    lastWords.close();
    parentPort?.close();
  });
});

/** Null where the system gives no thread. */
function start(): Worker | null {
  let why: string | null = null;
  try {
    const started = startThread("host-thread", {
      workerData: data,
      transferList: [data.port],
      resourceLimits,
    });
    started.on("error", (error: Error) => {
      why = error.message;
    });
    started.on("exit", (code) => tellEnd(why ?? `its thread ended with code ${code}`));
    return started;
  } catch (error) {
    tellEnd((error as Error).message);
    return null;
  }
}

function tellEnd(why: string): void {
  lastWords.postMessage(why);
  Atomics.store(control, dead, 1);
  Atomics.notify(control, answers);
}
