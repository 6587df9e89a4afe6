import type { PartialConfig } from "../config.js";
import type { Preset } from "./preset.js";

interface Tuned {
  env: string;
  summary: string;
  steps: number;
  learn: { startAt: number; every: number; batchSize: number };
  capacity: number;
  /** Part of the run over which random actions become few. */
  exploring: number;
  drqn: PartialConfig;
  returnMeans: Readonly<Record<number, number>>;
}

function remembering({ env, summary, steps, learn, capacity, exploring, drqn, returnMeans }: Tuned): Preset {
  const forSteps = (total: number) => ({
    steps: total,
    drqn: {
      exploration: { type: "linear", start: 1, end: 0.05, steps: Math.ceil(total * exploring) },
      learningRate: { type: "linear", end: 0, steps: total },
    },
    evaluation: { every: Math.ceil(total / 10) },
  });
  const { drqn: schedules, ...rest } = forSteps(steps);
  return {
    ...{ name: "drqn", agent: "drqn", env, summary, forSteps },
    config: {
      ...rest,
      numEnvs: 16,
      learn,
      replay: { capacity },
      drqn: {
        ...schedules,
        optimizer: { name: "adam", learningRate: 1e-3, clipNorm: 10 },
        ...drqn,
      },
    },
    measured: { engine: "native", steps, returnMeans },
  };
}

/** DRQN on the gridworlds where what was seen at the start tells where to go. */
export const memoryGridworlds: readonly Preset[] = [
  remembering({
    env: "Ludus/TMaze-v0",
    summary: "remembers the sign up to the crossing, in a quarter of a minute",
    steps: 50_000,
    learn: { startAt: 1000, every: 8, batchSize: 32 },
    capacity: 50_000,
    exploring: 0.4,
    drqn: {
      net: { type: "mlp", hidden: [64] },
      lstm: { units: 64 },
      gamma: 0.97,
      sequence: { length: 12, burnIn: 4 },
    },
    returnMeans: { 1: 0.93, 2: 0.93, 3: 0.921, 4: 0.9255, 5: 0.93 },
  }),
];
