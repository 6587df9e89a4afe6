// Steps per second of whole tabular trainings on one core: act, step, learn, reset.
import { make } from "gymnasium-js";
import { type TabularConfigInput, trainTabular } from "../src/agents/index.js";
import "../src/envs/index.js";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  type Candidate,
  compare,
  scaled,
} from "./harness/bench.js";

const envs = ["FrozenLake-v1", "CliffWalking-v1", "Taxi-v4"] as const;

type Method = NonNullable<TabularConfigInput["method"]>;

/** The methods with their defaults; planning makes ten updates a step, so that it takes fewer steps. */
const methods: readonly Method["type"][] = [
  "q-learning",
  "sarsa",
  "expected-sarsa",
  "double-q-learning",
  "monte-carlo",
  "n-step-sarsa",
  "n-step-expected-sarsa",
  "tree-backup",
  "sarsa-lambda",
  "q-lambda",
  "dyna-q",
];
const steps = 1_000_000;
const planningSteps = 100_000;

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  for (const method of methods) {
    const measured = await compare(envs.map((env) => training(env, method, options)));
    for (const [i, env] of envs.entries()) {
      yield { env, method, stepsPerSecond: Math.round(measured[i]!.perSecond) };
    }
  }
}

/** From a new agent to the last step, with epsilon 0.1 throughout. */
function training(envId: string, method: Method["type"], options: BenchOptions): Candidate {
  const env = make<number, number>(envId);
  const config: TabularConfigInput = {
    method: { type: method },
    exploration: { type: "epsilon-greedy", epsilon: { type: "constant", epsilon: 0.1 } },
  };
  return {
    name: `${envId} ${method}`,
    iterations: scaled(method === "dyna-q" ? planningSteps : steps, options),
    work: (iterations) => {
      const { agent } = trainTabular(env, { config, steps: iterations, seed: 1 });
      return agent.table.q.reduce((sum, value) => sum + value, 0);
    },
  };
}

export default {
  name: "tabular",
  describe: "steps per second of tabular trainings, for every method",
  run,
} satisfies Bench;
