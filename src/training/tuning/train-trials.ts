import { join, relative } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { PartialConfig } from "../config.js";
import { readMetrics } from "../curves.js";
import type { EnvModuleRecord } from "../env-module.js";
import { LudusError } from "../errors.js";
import type { TrainEvent } from "../events.js";
import {
  type TrainJob,
  type TrainJobs,
  type TrainOutcome,
  trainInProcesses,
} from "../processes/train-processes.js";
import { listRuns, openRun } from "../run-folder.js";
import type { RungTrainer, TrialRun } from "./halving.js";
import { trialConfig, trialValues } from "./sampling.js";
import type { ResultLine, Results, Study, StudyRecord } from "./study.js";

/** How the trainings of a study are done. */
export interface RunTraining {
  /** Trainings at the same time; as many as there are cores by default. */
  processes?: number;
  /** The module that the environment comes from, where it lies now. */
  envModule?: EnvModuleRecord;
  /** URL of a module whose `loadEnvModule(path)` loads modules of environments. */
  moduleLoader?: string;
  /** Aborted: what is being trained saves a checkpoint, and the study ends for now. */
  signal?: AbortSignal;
  onEvent?: (run: TrialRun, event: TrainEvent) => void;
  /** By default each in a process of its own. */
  train?: TrainJobs;
}

interface TrialJob extends TrainJob {
  run: TrialRun;
}

/**
 * What the study itself decides in the config of a run: an evaluation falls on the end of each rung, all of which are multiples of
 * the first one's, and no run ends before.
 */
export function studyOverrides(
  { rungs, base }: Pick<StudyRecord, "rungs" | "base">,
  seed: number,
): PartialConfig {
  const { episodes, finalEpisodes } = base.evaluation;
  return {
    seed,
    evaluation: { every: rungs[0]!.steps, finalEpisodes: Math.min(episodes, finalEpisodes) },
    stop: { returnMean: null, patience: 0 },
  };
}

/** Trains a study's runs in processes of their own, and keeps each result before it tells it. */
export function trainerOf(study: Study, results: Results, training: RunTraining): RungTrainer {
  const { processes, signal, onEvent, train = trainInProcesses } = training;
  const options = {
    ...{ processes, signal },
    onEvent: (job: TrialJob, event: TrainEvent) => onEvent?.(job.run, event),
  };
  return async function* trainRuns(runs) {
    let jobs = runs.map((run) => jobFor({ study, results, training }, run));
    for (let attempt = 0; jobs.length > 0; attempt++) {
      if (attempt > 0) await pause(leavingMs);
      const busy: TrialJob[] = [];
      for await (const outcome of train(jobs, options)) {
        if (attempt < leavingAttempts && "failed" in outcome && outcome.failed.code === "run-in-use") {
          busy.push(outcome.job);
          continue;
        }
        const result = resultOf(study, outcome, signal?.aborted === true);
        if (result === null) continue;
        results.add(result);
        yield result;
      }
      jobs = busy;
    }
  };
}

/** The processes of a study that was killed end a moment after it, and have their runs until then. */
const leavingMs = 500;
const leavingAttempts = 10;

interface Setting {
  study: Study;
  results: Results;
  training: RunTraining;
}

function jobFor({ study, results, training }: Setting, run: TrialRun): TrialJob {
  const { record, space } = study;
  const values = trialValues(space, record.seed, run.trial);
  const config = trialConfig(record.base, values, studyOverrides(record, run.seed));
  const runs = join(study.path, "runs", `trial-${run.trial}`, `seed-${run.seed}`);
  const known = results.folderOf(run);
  // Of the rung before, or left by a kill; what cannot be resumed is begun anew.
  const begun = known === null ? listRuns(runs).at(-1)?.path : join(study.path, known);
  const isLast = run.rung === record.rungs.length - 1;
  return {
    key: `trial-${run.trial}/seed-${run.seed}`,
    ...{ run, config, runs, preset: record.preset, engine: record.engine },
    ...{
      resume: record.resumable ? begun : undefined,
      envModule: training.envModule,
      moduleLoader: training.moduleLoader,
    },
    // Evaluations are made before the next vector step, so that a run stops after one more.
    stopAfter: isLast ? undefined : evaluatedAt(record, run.rung, config.numEnvs) + 1,
  };
}

/** The step of the evaluation at the end of a rung: only whole vector steps are made. */
function evaluatedAt({ rungs }: StudyRecord, rung: number, numEnvs: number): number {
  return Math.ceil(rungs[rung]!.steps / numEnvs) * numEnvs;
}

/** Failures that another trial may be spared. All else, such as a full disk, ends the study. */
const trialsOwn: readonly string[] = ["diverged"];

/**
 * What a training has come to; null where it was interrupted before the end of the rung.
 * @throws {LudusError} what failed for reasons that are not the trial's own
 */
function resultOf(study: Study, outcome: TrainOutcome<TrialJob>, interrupted: boolean): ResultLine | null {
  const { run, config } = outcome.job;
  const { record, space, path } = study;
  const step = evaluatedAt(record, run.rung, config.numEnvs);
  const values = trialValues(space, record.seed, run.trial);
  if ("failed" in outcome) {
    // A process that Ctrl+C reaches before it knows what to make of it is interrupted, too.
    if (interrupted && outcome.failed.code === "process-died") return null;
    if (!trialsOwn.includes(outcome.failed.code)) throw outcome.failed;
    return { ...run, returnMean: null, failure: outcome.failed.message, step, values, folder: null };
  }
  const folder = outcome.done.run;
  const evaluation = readMetrics(openRun(folder)).find((line) => line.event === "eval" && line.step === step);
  if (evaluation !== undefined)
    return { ...run, returnMean: evaluation.returnMean, step, values, folder: relative(path, folder) };
  if (interrupted) return null;
  throw new LudusError(
    "corrupt-run",
    `The run ${folder} has no evaluation of step ${step}, where its rung ends.`,
  );
}
