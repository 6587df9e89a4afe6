import type { Worker } from "node:worker_threads";
import { inherited } from "./env-thread.js";
import type {
  EvaluationReply,
  EvaluationRequest,
  EvaluationTask,
  EvaluationThreadData,
} from "./evaluation-messages.js";
import { startThread } from "./thread-entry.js";

export interface EvaluationWorkerOptions {
  data: EvaluationThreadData;
  /** How long a block may take, in seconds. */
  timeoutSeconds: number;
  /** Most memory of the thread's JavaScript heap; by default V8's own limit. */
  heapMegabytes: number | undefined;
}

/**
 * An evaluation thread, seen from outside. Unlike `EnvThread` it is asked without blocking, so that this thread's own
 * event loop hears of its end, and no supervising thread is needed.
 */
export class EvaluationWorker {
  private readonly worker: Worker;
  private waiting: { resolve(reply: EvaluationReply): void; reject(error: Error): void } | null = null;
  /** Why the thread has ended; null while it lives. */
  private ended: Error | null = null;
  private timer: NodeJS.Timeout | undefined;
  private closing = false;

  /** @throws Error where the system gives no thread */
  constructor(private readonly options: EvaluationWorkerOptions) {
    const { data, heapMegabytes } = options;
    this.worker = startThread("evaluation-thread", {
      workerData: data,
      execArgv: inherited(process.execArgv),
      resourceLimits: heapMegabytes === undefined ? {} : { maxOldGenerationSizeMb: heapMegabytes },
    });
    this.worker.on("message", (reply: EvaluationReply) => this.settle((waiting) => waiting.resolve(reply)));
    this.worker.on("error", (error: Error) => this.end(error));
    this.worker.on("exit", (code) => this.end(new Error(`its thread ended with code ${code}`)));
    // A pool that nobody closed keeps no process alive; one that is waited for does.
    this.worker.unref();
  }

  /** Announces the task of the blocks that follow. */
  begin(task: EvaluationTask): void {
    this.worker.postMessage({ type: "task", task } satisfies EvaluationRequest);
  }

  /** One block at a time. Rejects if the thread ends, or does not answer in time, which ends it. */
  play(block: { from: number; to: number }): Promise<EvaluationReply> {
    if (this.ended !== null) return Promise.reject(this.ended);
    const { timeoutSeconds } = this.options;
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      this.worker.ref();
      this.timer = setTimeout(() => {
        this.end(new Error(`it has not answered for ${timeoutSeconds} s`));
        void this.worker.terminate();
      }, timeoutSeconds * 1000);
      this.worker.postMessage({ type: "block", ...block } satisfies EvaluationRequest);
    });
  }

  async close(): Promise<void> {
    this.end(new Error("the evaluation pool was closed"));
    // A thread that keeps no process alive would let this one end before it has, with what is waited for undone. An answer that was
    // on its way still comes, and must not undo this.
    this.closing = true;
    this.worker.ref();
    await this.worker.terminate();
  }

  /** The first reason counts: what is said of the exit comes last. */
  private end(why: Error): void {
    this.ended ??= why;
    this.settle((waiting) => waiting.reject(this.ended as Error));
  }

  private settle(tell: (waiting: NonNullable<EvaluationWorker["waiting"]>) => void): void {
    const { waiting } = this;
    clearTimeout(this.timer);
    this.waiting = null;
    if (!this.closing) this.worker.unref();
    if (waiting !== null) tell(waiting);
  }
}
