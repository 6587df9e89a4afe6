// The whole DQN loop of MinAtar Breakout in frames per second: act, step, store, sample, learn at every frame, and what a
// run writes. Only frames that are learnt at count, after a warm-up. Each engine runs in a process of its own, in turns.
import { fileURLToPath } from "node:url";
import { type EngineName, engineReport } from "ludus";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  median,
  rounded,
  scaled,
  takeTurns,
} from "./harness/bench.js";
import { type Respondent, startWorker } from "./harness/questions.js";
import type { TrainAnswer, TrainQuestion } from "./harness/train-worker.js";

const worker = fileURLToPath(new URL("./harness/train-worker.ts", import.meta.url));
const engines = ["native", "wasm"] as const satisfies readonly EngineName[];
const env = "MinAtar/Breakout-v1";
const batchSize = 32;

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  const present = (await engineReport()).filter(({ available }) => available).map(({ name }) => name);
  const workers = engines
    .filter((engine) => present.includes(engine))
    .map((engine) => ({ engine, worker: startWorker(worker, engine, 1) }));
  const counts = {
    startAt: scaled(1000, options),
    warmUp: scaled(1000, options),
    frames: scaled(5000, options),
  };
  try {
    for (const numEnvs of [1, 8]) yield* inTurns(workers, { env, numEnvs, batchSize, ...counts });
  } finally {
    await Promise.all(workers.map(({ worker }) => worker.close()));
  }
}

/** Every run is the same one from its start, so what is done in it is known after any of them. */
async function* inTurns(
  workers: readonly { engine: EngineName; worker: Respondent }[],
  question: TrainQuestion,
): AsyncIterable<BenchRecord> {
  const answers: TrainAnswer[] = [];
  const works = workers.map(({ worker }, index) => async () => {
    const answer = (await worker.ask(question)) as TrainAnswer;
    answers[index] = answer;
    return answer.seconds;
  });
  // Each run has a warm-up of its own.
  const seconds = (await takeTurns(works, { repetitions: 3, warmUps: 0 })).map(median);
  for (const [index, { engine }] of workers.entries()) {
    const { frames, updates } = answers[index]!;
    yield {
      env,
      engine,
      numEnvs: question.numEnvs,
      batch: batchSize,
      frames,
      framesPerSecond: rounded(frames / seconds[index]!, 1),
      updatesPerSecond: rounded(updates / seconds[index]!, 1),
    };
  }
}

export default {
  name: "train-loop",
  describe: "frames per second of the whole DQN loop on MinAtar Breakout with an update at every frame",
  run,
} satisfies Bench;
