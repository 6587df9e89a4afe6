// Each of the searches learns, from seeds that nobody chose for it; how it fares on more of them is in
// docs/agents/evolution.md.
import { describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import { type PolicySearchConfigInput, type SearchGeneration, search } from "../../../src/training/index.js";

/** The last generation of a search that evaluates over 100 episodes. */
async function learn(config: PolicySearchConfigInput, every = 5): Promise<SearchGeneration> {
  let last: SearchGeneration | null = null;
  for await (const generation of search({ config: { ...config, evaluation: { every, episodes: 100 } } })) {
    last = generation;
  }
  const { generation, envSteps, best, ended } = last as SearchGeneration;
  const { name } = config.algorithm;
  console.log(
    `${config.env} ${name} seed ${config.seed}: ${best?.returnMean} in ${generation} generations, ${envSteps} steps, ${ended}`,
  );
  return last as SearchGeneration;
}

describe.each(["ga", "cem", "es", "cma-es"] as const)("%s", (name) => {
  test.each([1, 2, 3])("balances CartPole's pole in all of 100 episodes, seed %i", async (seed) => {
    const config = { env: "CartPole-v1", algorithm: { name }, seed, generations: 60, targetReturn: 500 };
    const { ended, evaluation } = await learn(config);
    expect(ended).toBe("target");
    expect(evaluation!.returnMean).toBe(500);
  });

  test("drives MountainCarContinuous's car up to its threshold of 90", async () => {
    const env = "MountainCarContinuous-v0";
    const { ended } = await learn({ env, algorithm: { name }, seed: 1, generations: 40, targetReturn: 90 });
    expect(ended).toBe("target");
  });
});

test("CMA-ES swings Acrobot up to its threshold of -100", async () => {
  const algorithm = { name: "cma-es" } as const;
  const limits = { generations: 60, targetReturn: -100 };
  const { ended } = await learn({ env: "Acrobot-v1", algorithm, episodes: 2, seed: 1, ...limits });
  expect(ended).toBe("target");
});

test("CEM swings Pendulum up and holds it: -250 where an untrained net gets -1200", async () => {
  const noise = { type: "linear", variance: 1, generations: 60 } as const;
  const algorithm = { name: "cem", populationSize: 100, noise } as const;
  const limits = { generations: 60, targetReturn: -250 };
  const { ended } = await learn({ env: "Pendulum-v1", algorithm, episodes: 4, seed: 3, ...limits }, 10);
  expect(ended).toBe("target");
});
