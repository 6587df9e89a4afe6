/**
 * Entry of the thread that starts one environment thread and hears of its end. Whoever waits for an answer is blocked
 * and cannot; this thread's event loop is free. Any message ends both.
 */
import { parentPort, Worker, workerData } from "node:worker_threads";
import { answers, dead, type SupervisorData, supervised } from "./protocol.js";
import { threadEntry } from "./thread-entry.js";

const { data, lastWords, resourceLimits } = workerData as SupervisorData;
const control = new Int32Array(data.control);
let why: string | null = null;

Atomics.store(control, supervised, 1);

const thread = new Worker(threadEntry("host-thread"), {
  workerData: data,
  transferList: [data.port],
  resourceLimits,
});
thread.on("error", (error: Error) => {
  why = error.message;
});
thread.on("exit", (code) => {
  lastWords.postMessage(why ?? `its thread ended with code ${code}`);
  Atomics.store(control, dead, 1);
  Atomics.notify(control, answers);
});
parentPort?.once("message", () => {
  void thread.terminate().finally(() => {
    lastWords.close();
    parentPort?.close();
  });
});
