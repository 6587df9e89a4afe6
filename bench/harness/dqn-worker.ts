// Answers `bench/dqn-update.ts`: seconds of DQN updates, forwards and inferences on the engine that its argument names.
import { box, defaultRng, discrete, type Generator } from "gymnasium-js";
import {
  createAgent,
  type EngineName,
  optimizerSchema,
  type ReplayBatch,
  useEngine,
  type ValueAgent,
} from "ludus";
import { actions, type Question, subjects } from "./dqn-questions.js";
import { answerQuestions } from "./questions.js";

/** An agent and what it learns from, batch after batch. */
interface Pupil {
  agent: ValueAgent;
  batches: readonly ReplayBatch[];
}

/** As in the peer, whose optimiser has no use for always the same batch. */
const batchCount = 8;

/** Each uses something of every iteration. */
const works: Record<Question["what"], (pupil: Pupil, iterations: number) => number> = {
  update: ({ agent, batches }, iterations) => {
    let used = 0;
    for (let update = 0; update < iterations; update++) {
      used += agent.learn(batches[update % batchCount]!).loss;
    }
    return used;
  },
  forward: (pupil, iterations) => forwards(pupil, pupil.batches[0]!.size, iterations),
  inference: (pupil, iterations) => forwards(pupil, 1, iterations),
};

const pupils = new Map<string, Pupil>();

await useEngine(process.argv[2] as EngineName);
await answerQuestions<Question>(({ net, batch, what, iterations }) => {
  const pupil = pupilOf(net, batch);
  const start = performance.now();
  const used = works[what](pupil, iterations);
  const seconds = (performance.now() - start) / 1000;
  if (!Number.isFinite(used)) throw new Error(`${what} of ${net} came to ${used}; expected a finite number.`);
  return { seconds };
});

function forwards({ agent, batches }: Pupil, rows: number, iterations: number): number {
  let used = 0;
  for (let forward = 0; forward < iterations; forward++) {
    used += agent.qValues(batches[forward % batchCount]!.observations, rows).at(-1)!;
  }
  return used;
}

function pupilOf(net: Question["net"], batch: number): Pupil {
  const key = `${net} ${batch}`;
  const known = pupils.get(key);
  if (known !== undefined) return known;
  const { shape, stack } = subjects.find((subject) => subject.net === net)!;
  const agent = createAgent("dqn", {
    observationSpace: box({ low: 0, high: 1, shape: [...shape], dtype: "uint8" }),
    actionSpace: discrete(actions),
    numEnvs: 1,
    stack,
    config: { net: { type: net }, optimizer: optimizerSchema.parse({ name: "rmsprop" }) },
    seed: 1,
  });
  const rowSize = shape.reduce((product, dimension) => product * dimension, stack);
  const rng = defaultRng(1);
  const batches = Array.from({ length: batchCount }, () => randomBatch(rng, rowSize, batch));
  const pupil = { agent, batches };
  pupils.set(key, pupil);
  return pupil;
}

function randomBatch(rng: Generator, rowSize: number, rows: number): ReplayBatch {
  const bits = () => Uint8Array.from({ length: rows * rowSize }, () => (rng.random() < 0.2 ? 1 : 0));
  return {
    size: rows,
    observations: bits(),
    actions: Int32Array.from({ length: rows }, () => rng.integers(0, actions)),
    rewards: Float32Array.from({ length: rows }, () => rng.integers(0, 2)),
    discounts: new Float32Array(rows).fill(0.99),
    nextObservations: bits(),
    nextActionMasks: null,
    weights: new Float32Array(rows).fill(1),
    indices: Int32Array.from({ length: rows }, (_, row) => row),
  };
}
