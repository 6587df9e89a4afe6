import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { fileURLToPath } from "node:url";
import { rootFolder } from "../../root-folder.js";
import { LudusError } from "../errors.js";
import type { DoneEvent, TrainEvent } from "../events.js";
import type { TrainJob, TrainReply, TrainRequest } from "./train-messages.js";

export type { TrainJob } from "./train-messages.js";

/** What became of a job; a run that was interrupted is done, too, and says so. */
export type TrainOutcome<Job extends TrainJob = TrainJob> =
  | { job: Job; done: DoneEvent }
  | { job: Job; failed: LudusError };

export interface TrainProcessesOptions<Job extends TrainJob> {
  /** Trainings at the same time; as many as there are cores by default. */
  processes?: number | undefined;
  /** Aborted: what is being trained saves a checkpoint and ends, and nothing new is begun. */
  signal?: AbortSignal | undefined;
  onEvent?: ((job: Job, event: TrainEvent) => void) | undefined;
}

/** Trains jobs, several at the same time; outcomes come in the order in which they end. */
export type TrainJobs = <Job extends TrainJob>(
  jobs: Iterable<Job>,
  options?: TrainProcessesOptions<Job>,
) => AsyncGenerator<TrainOutcome<Job>>;

/**
 * Trains each job in a process of its own. One that dies gives a failed job, and the others go on; whoever stops reading
 * interrupts what is being trained.
 */
export const trainInProcesses: TrainJobs = async function* <Job extends TrainJob>(
  jobs: Iterable<Job>,
  { processes = availableParallelism(), signal, onEvent }: TrainProcessesOptions<Job> = {},
) {
  const waiting = jobs[Symbol.iterator]();
  const running = new Map<Job, { child: TrainChild; outcome: Promise<TrainOutcome<Job>> }>();
  const interrupt = (): void => {
    for (const { child } of running.values()) child.interrupt();
  };
  signal?.addEventListener("abort", interrupt);
  try {
    while (true) {
      while (running.size < processes && signal?.aborted !== true) {
        const next = waiting.next();
        if (next.done === true) break;
        const job = next.value;
        const child = new TrainChild(job, (event) => onEvent?.(job, event));
        const outcome = child.outcome.then((result) => ({ job, ...result }));
        running.set(job, { child, outcome });
      }
      if (running.size === 0) return;
      const outcome = await Promise.race([...running.values()].map((each) => each.outcome));
      running.delete(outcome.job);
      yield outcome;
    }
  } finally {
    signal?.removeEventListener("abort", interrupt);
    interrupt();
    await Promise.all([...running.values()].map((each) => each.outcome));
  }
};

type Result = { done: DoneEvent } | { failed: LudusError };

/** One process with one job. */
class TrainChild {
  readonly outcome: Promise<Result>;
  private readonly process: ChildProcess;

  constructor(job: TrainJob, onEvent: (event: TrainEvent) => void) {
    this.process = fork(childEntry(), {
      serialization: "advanced",
      execArgv: [],
      stdio: ["ignore", 2, 2, "ipc"],
    });
    this.outcome = new Promise((resolve) => {
      let result: Result | null = null;
      this.process.on("message", (reply: TrainReply) => {
        if (reply.type === "event") onEvent(reply.event);
        else if (reply.type === "done") result = { done: reply.done };
        else result = { failed: new LudusError(reply.code, reply.message) };
      });
      this.process.on("error", (error) => resolve({ failed: died(job, error.message) }));
      // Not "exit", which may come while there is still something to be read.
      this.process.on("close", (code, signal) => {
        resolve(result ?? { failed: died(job, signal === null ? `exit code ${code}` : `signal ${signal}`) });
      });
    });
    this.say({ type: "train", job });
  }

  interrupt(): void {
    this.say({ type: "interrupt" });
  }

  private say(request: TrainRequest): void {
    // It may be gone by now; its end is told by `outcome`.
    if (this.process.connected) this.process.send(request, () => {});
  }
}

function died(job: TrainJob, how: string): LudusError {
  return new LudusError(
    "process-died",
    `The process that trained ${job.key} ended before it was done (${how}); its last checkpoint is kept.`,
  );
}

/** When run from the sources (tests), processes run what was built. */
function childEntry(): string {
  return fileURLToPath(new URL("dist/training/processes/train-child.js", rootFolder));
}
