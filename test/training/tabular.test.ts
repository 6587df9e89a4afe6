import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Batch, discrete, type VectorEnv } from "gymnasium-js";
import { testAgent } from "ludus/testing";
import { describe, expect, test } from "vitest";
import type { TabularVectorStep } from "../../src/agents/index.js";
import {
  evaluateStored,
  openActing,
  openPolicy,
  openRun,
  type PartialConfig,
  type RunConfig,
  resolveConfig,
  resume,
  train,
} from "../../src/training/index.js";
import { type AnyAgent, kindOf } from "../../src/training/kinds/index.js";
import { bytesOf, inFolder } from "./tiny-runs.js";

function tabularConfig(...layers: readonly PartialConfig[]): RunConfig {
  const tiny = {
    agent: "tabular",
    env: "FrozenLake-v1",
    seed: 3,
    steps: 4000,
    evaluation: { every: 1000, episodes: 3, finalEpisodes: 4 },
    checkpoint: { every: 700 },
    metrics: { every: 100 },
  };
  return resolveConfig(tiny, ...layers);
}

describe("the contract of agents", () => {
  const envs = {
    singleObservationSpace: discrete(6, { start: 2 }),
    singleActionSpace: discrete(3, { start: 5 }),
    numEnvs: 16,
  };

  /** Learns from flat batches, as the contract's own are. */
  function makeAgent(seed: number): AnyAgent {
    const agent = kindOf({ agent: "tabular" }).createAgent(
      envs as unknown as VectorEnv,
      tabularConfig() as never,
      seed,
    );
    const learn = agent.learn.bind(agent) as unknown as (step: TabularVectorStep) => unknown;
    const flat = ({ observations, actions, rewards, nextObservations }: Record<string, Batch>) =>
      learn({
        observations: observations!,
        actions: actions!,
        next: {
          observations: nextObservations!,
          rewards: Float64Array.from(rewards as Float32Array),
          terminations: new Uint8Array(16),
          truncations: new Uint8Array(16),
          finalObservations: null,
        },
      });
    return Object.assign(agent, { learn: flat }) as unknown as AnyAgent;
  }

  testAgent(({ seed }) => makeAgent(seed), {
    test,
    setting: {
      observationSpace: envs.singleObservationSpace,
      actionSpace: envs.singleActionSpace,
      numEnvs: 16,
    },
    makeBatch: (random, size) => ({
      size,
      observations: random.observations(size),
      actions: random.actions(size),
      rewards: Float32Array.from({ length: size }, () => random.rng.normal(0, 1)),
      nextObservations: random.observations(size),
    }),
    skip: {
      randomness: "a table begins the same for every seed",
      leaks: "a table has no tensors",
    },
  });
});

const methods: Record<string, PartialConfig> = {
  "Q-learning": {},
  "Sarsa(lambda), three environments": { numEnvs: 3, tabular: { method: { type: "sarsa-lambda" } } },
  "Dyna-Q": { tabular: { method: { type: "dyna-q" } } },
  "Monte Carlo, Boltzmann": {
    tabular: { method: { type: "monte-carlo" }, exploration: { type: "boltzmann" } },
  },
};

test.each(Object.entries(methods))(
  "%s: interrupted and resumed it is the same run, byte for byte",
  (_, layer) =>
    inFolder(async (runs) => {
      const config = tabularConfig(layer);
      const whole = await train({ config, runs });
      const stopped = await train({ config, runs, stopAfter: 1537 });
      const resumed = await resume(openRun(stopped.run));
      expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
      expect(resumed.evalReturnMean).toBe(whole.evalReturnMean);
    }),
);

test("a run keeps the table among its weights, and no memory", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tabularConfig(), runs });
    expect(done).toMatchObject({ agent: "tabular", steps: 4000, updates: 4000 });
    const newest = join(done.run, "checkpoints", "step-4000");
    expect(readdirSync(newest).sort()).toEqual([
      "checksums.json",
      "optimizer.safetensors",
      "state.json",
      "weights.safetensors",
    ]);
  }));

test("what was learnt is played as it was in the run", () =>
  inFolder(async (runs) => {
    const config = tabularConfig({ env: "CliffWalking-v1", steps: 30_000, tabular: { gamma: 1 } });
    const done = await train({ config, runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "best" });
    const { returnMean } = await evaluateStored(stored, { episodes: 4, seed: config.seed + 2_000_000_000 });
    stored.dispose();
    expect(returnMean).toBe(done.evalReturnMean);
    expect(returnMean).toBe(-13);
    const acting = await openActing(run, "last");
    expect(acting.choose(Int32Array.of(36)).values).toHaveLength(4);
    acting.dispose();
  }));

test("an environment that has no table of states is refused", () =>
  inFolder(async (runs) => {
    await expect(train({ config: tabularConfig({ env: "CartPole-v1" }), runs })).rejects.toThrow(
      /tabular reads Discrete observations.*not Box/,
    );
  }));

test("values that diverge end the run, which names the checkpoint from before", () =>
  inFolder(async (runs) => {
    const method = { type: "sarsa-lambda", traces: "accumulating", lambda: 1 };
    const tabular = { method, gamma: 1, stepSize: { type: "constant", alpha: 1 } };
    const config = tabularConfig({
      env: "CliffWalking-v1",
      steps: 100_000,
      tabular,
      checkpoint: { every: 20 },
    });
    const error = await train({ config, runs }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "diverged", exitCode: 1 });
    expect((error as Error).message).toMatch(
      /no longer finite.* The checkpoint of step \d+, from before, is whole/,
    );
  }));
