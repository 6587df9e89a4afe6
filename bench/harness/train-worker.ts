// Answers `bench/train-loop.ts`: seconds of whole training runs on the engine that its argument names.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type EngineName, type Progress, type RunConfig, resolveConfig, train } from "ludus";
import { answerQuestions } from "./questions.js";

/** What `bench/train-loop.ts` asks; the answer is `TrainAnswer`. */
export interface TrainQuestion {
  env: string;
  numEnvs: number;
  batchSize: number;
  /** Frames before the first update. */
  startAt: number;
  /** Frames with updates that are not timed yet. */
  warmUp: number;
  /** Frames with updates that are timed. */
  frames: number;
}

export interface TrainAnswer extends Readonly<Record<string, unknown>> {
  /** From the end of the warm-up to the last frame, and what was done in them. */
  seconds: number;
  frames: number;
  updates: number;
}

const engine = process.argv[2] as EngineName;

await answerQuestions<TrainQuestion>(async (question): Promise<TrainAnswer> => {
  const last = question.startAt + question.warmUp + question.frames;
  const runs = mkdtempSync(join(tmpdir(), "ludus-bench-"));
  let [first, now]: [Moment | null, Moment | null] = [null, null];
  const onProgress = (progress: Progress): void => {
    now = { time: performance.now(), step: progress.step, updates: progress.updates };
    if (first === null && progress.step >= question.startAt + question.warmUp) first = now;
  };
  try {
    // A run that is stopped before its last step is not evaluated.
    const config = configOf(question, last + question.numEnvs);
    await train({ config, engine, runs, onProgress, stopAfter: last });
  } finally {
    rmSync(runs, { recursive: true, force: true });
  }
  return between(first!, now!);
});

interface Moment {
  time: number;
  step: number;
  updates: number;
}

function between(first: Moment, last: Moment): TrainAnswer {
  return {
    seconds: (last.time - first.time) / 1000,
    frames: last.step - first.step,
    updates: last.updates - first.updates,
  };
}

/** MinAtar's own DQN (Young & Tian 2019, examples/dqn.py), as it explores from its 105,000th frame on. */
function configOf({ env, numEnvs, batchSize, startAt }: TrainQuestion, steps: number): RunConfig {
  return resolveConfig({
    env,
    steps,
    seed: 1,
    numEnvs,
    learn: { startAt, every: 1, batchSize },
    replay: { capacity: 100_000, stack: 1 },
    dqn: {
      net: { type: "minatar" },
      double: false,
      dueling: false,
      nStep: 1,
      gamma: 0.99,
      loss: "huber",
      target: { type: "hard", every: 1000 },
      exploration: { type: "constant", epsilon: 0.1 },
      optimizer: { name: "rmsprop", learningRate: 0.00025, decay: 0.95, epsilon: 0.01, centered: true },
    },
    evaluation: { every: 0 },
    checkpoint: { every: 0 },
    metrics: { every: 1000 },
  });
}
