// DQN updates per second on one core: sampled batch in, changed weights out (targets, loss, gradients, RMSProp).
import { box, defaultRng, discrete } from "gymnasium-js";
import {
  type Agent,
  createAgent,
  type EngineName,
  optimizerSchema,
  type ReplayBatch,
  useEngine,
} from "ludus";
import { type Bench, type BenchOptions, type BenchRecord, compare, scaled } from "./harness/bench.js";

const rows = 32;

/** The two nets of the project's speed budget. */
const subjects = [
  { net: "minatar", shape: [10, 10, 4], stack: 1, updates: { wasm: 400, cpu: 2 } },
  { net: "nature", shape: [84, 84], stack: 4, updates: { wasm: 10, cpu: 0 } },
] as const;

const engines = ["wasm", "cpu"] as const satisfies readonly EngineName[];

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  for (const engine of engines) {
    await useEngine(engine);
    for (const { net, shape, stack, updates } of subjects) {
      // On cpu an update of the large net takes a minute.
      if (updates[engine] === 0) continue;
      const space = box({ low: 0, high: 1, shape: [...shape], dtype: "uint8" });
      const agent = createAgent("dqn", {
        observationSpace: space,
        actionSpace: discrete(6),
        numEnvs: 1,
        stack,
        config: { net: { type: net }, optimizer: optimizerSchema.parse({ name: "rmsprop" }) },
        seed: 1,
      });
      const batch = randomBatch(shape.reduce<number>((product, dimension) => product * dimension, stack));
      const candidate = {
        name: `${net} on ${engine}`,
        iterations: scaled(updates[engine], options),
        work: (iterations: number) => learn(agent, batch, iterations),
      };
      const [measured] = await compare([candidate]);
      agent.dispose();
      yield { net, engine, batch: rows, updatesPerSecond: Math.round(measured!.perSecond * 10) / 10 };
    }
  }
}

function learn(agent: Agent, batch: ReplayBatch, iterations: number): number {
  let loss = 0;
  for (let update = 0; update < iterations; update++) loss += agent.learn(batch).loss;
  return loss;
}

function randomBatch(rowSize: number): ReplayBatch {
  const rng = defaultRng(1);
  const bits = () => Uint8Array.from({ length: rows * rowSize }, () => (rng.random() < 0.2 ? 1 : 0));
  return {
    size: rows,
    observations: bits(),
    actions: Int32Array.from({ length: rows }, () => rng.integers(0, 6)),
    rewards: Float32Array.from({ length: rows }, () => rng.integers(0, 2)),
    discounts: new Float32Array(rows).fill(0.99),
    nextObservations: bits(),
    nextActionMasks: null,
    weights: new Float32Array(rows).fill(1),
    indices: Int32Array.from({ length: rows }, (_, row) => row),
  };
}

export default {
  name: "dqn-update",
  describe: "DQN updates per second at batch 32: the MinAtar net and the Nature CNN, by engine",
  run,
} satisfies Bench;
