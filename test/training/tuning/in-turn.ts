import { LudusError, openRun, resume, train } from "../../../src/training/index.js";
import type { TrainJob, TrainJobs } from "../../../src/training/processes/train-processes.js";

export interface InTurn {
  train: TrainJobs;
  /** What was trained, in order. */
  started: { key: string; resumed: boolean }[];
}

export interface InTurnOptions {
  /** Ends without the rest after so many jobs. */
  most?: number;
  /** The last of these is not trained on its way to the end, but only for so many steps, as if it were killed then. */
  cutAt?: number;
  /** So many of the first ones find their run in use. */
  inUse?: number;
  /** Jobs that diverge. */
  diverges?: (job: TrainJob) => boolean;
}

/** Trains in this very process, one after the other: what a study makes of it does not depend on processes. */
export function inTurn({
  most = Infinity,
  cutAt,
  inUse = 0,
  diverges = () => false,
}: InTurnOptions = {}): InTurn {
  const started: InTurn["started"] = [];
  const trainJobs: TrainJobs = async function* (jobs) {
    for (const job of jobs) {
      if (started.length >= most) return;
      started.push({ key: job.key, resumed: job.resume !== undefined });
      if (started.length <= inUse) {
        yield { job, failed: new LudusError("run-in-use", `${job.key} is in use.`) };
        continue;
      }
      const isCut = started.length === most && cutAt !== undefined;
      if (diverges(job)) {
        yield { job, failed: new LudusError("diverged", `${job.key} diverged.`) };
        continue;
      }
      const stopAfter = isCut ? cutAt : job.stopAfter;
      const done =
        job.resume === undefined
          ? await train({ ...job, stopAfter })
          : await resume(openRun(job.resume), { stopAfter });
      if (isCut) return;
      yield { job, done };
    }
  };
  return { train: trainJobs, started };
}
