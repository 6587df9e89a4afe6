import { from, lastValueFrom, map, take, toArray } from "rxjs";
import { describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import { searchPolicy } from "../../../src/agents/evolution/index.js";
import {
  evaluate,
  type PolicySearchConfigInput,
  type PolicySearchOptions,
  parseSearchConfig,
  type SearchGeneration,
  search,
  searchedPolicy,
} from "../../../src/training/index.js";

async function run(options: PolicySearchOptions): Promise<SearchGeneration[]> {
  const generations: SearchGeneration[] = [];
  for await (const generation of search(options)) generations.push(generation);
  return generations;
}

/** What is the same where two searches are: all but the function. */
const numbers = (generations: readonly SearchGeneration[]) => generations.map(({ save: _, ...rest }) => rest);

const base: PolicySearchConfigInput = {
  env: "CartPole-v1",
  algorithm: { name: "es", populationSize: 10 },
  net: { type: "mlp", hidden: [5] },
  episodes: 2,
  generations: 6,
  evaluation: { every: 2, episodes: 3 },
};

describe.each([
  { name: "ga", populationSize: 9 },
  { name: "cem", populationSize: 9, elites: 3 },
  { name: "es", populationSize: 8 },
  { name: "cma-es", populationSize: 9 },
] as const)("$name", (algorithm) => {
  const config = { ...base, algorithm };

  test("has the same numbers in one thread and in several, others for another seed", async () => {
    const [here, threads, other] = await Promise.all([
      run({ config }),
      run({ config, workers: 3 }),
      run({ config: { ...config, seed: 1 } }),
    ]);
    expect(numbers(threads!)).toEqual(numbers(here!));
    expect(other!.at(-1)!.parameters).not.toEqual(here!.at(-1)!.parameters);
    expect(here!.map(({ ended }) => ended)).toEqual([null, null, null, null, null, "generations"]);
    expect(here!.map(({ evaluation }) => evaluation !== null)).toEqual([
      false,
      true,
      false,
      true,
      false,
      true,
    ]);
  });

  test("goes on from a saved generation, bit for bit", async () => {
    const whole = await run({ config });
    let saved: ReturnType<SearchGeneration["save"]> | null = null;
    for await (const generation of search({ config })) {
      if (generation.generation !== 3) continue;
      saved = structuredClone(generation.save());
      break;
    }
    const rest = await run({ config, state: saved! });
    expect(numbers(rest)).toEqual(numbers(whole.slice(3)));
    expect(rest.at(-1)!.save()).toEqual(whole.at(-1)!.save());
  });
});

describe("a search", () => {
  test("deploys a policy that plays as its evaluation said", async () => {
    const config = parseSearchConfig({ ...base, episodes: 1, evaluation: { every: 6, episodes: 1 } });
    const last = (await run({ config })).at(-1)!;
    const policy = searchPolicy(searchedPolicy(config).plan, last.parameters);
    const played = await evaluate({ env: config.env, policy, episodes: 200, seed: 1, maxSteps: 500 });
    const [found] = [played!.returnMean];
    // Noise of 200 episodes is some 10 %; the untrained net lasts 10 to 30 steps.
    const check = (await run({ config: { ...config, evaluation: { every: 6, episodes: 200 } } })).at(-1)!;
    expect(check.parameters).toEqual(last.parameters);
    expect(Math.abs(found! - check.evaluation!.returnMean) / found!).toBeLessThan(0.25);
  });

  test("counts steps and episodes, and says how the candidates did", async () => {
    const [first, second] = await run({ config: { ...base, env: "Pendulum-v1", generations: 2 } });
    expect([first!.episodes, second!.episodes]).toEqual([20, 40]);
    expect([first!.envSteps, second!.envSteps]).toEqual([4000, 8000]);
    const { min, mean, max, std } = first!.fitness;
    expect(min).toBeLessThan(mean);
    expect(mean).toBeLessThan(max);
    expect(std).toBeGreaterThan(0);
    expect(std).toBeLessThanOrEqual((max - min) / 2);
  });

  test("keeps the best evaluation, and ends where it is good enough", async () => {
    const generations = await run({ config: { ...base, generations: 40, targetReturn: 60 } });
    const { ended, evaluation, best, parameters, generation } = generations.at(-1)!;
    expect(ended).toBe("target");
    expect(evaluation!.returnMean).toBeGreaterThanOrEqual(60);
    expect(best).toEqual({ generation, returnMean: evaluation!.returnMean, parameters });
    expect(generations.slice(0, -1).every(({ best: before }) => (before?.returnMean ?? 0) < 60)).toBe(true);
  });

  test("ends where its environment steps are spent, with an evaluation", async () => {
    const config = { ...base, env: "Pendulum-v1", maxEnvSteps: 10_000 };
    const last = (await run({ config })).at(-1)!;
    expect([last.ended, last.generation, last.envSteps]).toEqual(["env-steps", 3, 12_000]);
    expect(last.evaluation).not.toBeNull();
  });

  test("plays an environment without a time limit up to maxSteps", async () => {
    const config = { ...base, env: "CliffWalking-v1", maxSteps: 30, generations: 1 };
    const [first] = await run({ config });
    expect(first!.envSteps).toBe(20 * 30);
  });

  test("is a stream to RxJS, and its threads end with it", async () => {
    const steps = from(search({ config: base, workers: 2 })).pipe(
      take(2),
      map(({ generation }) => generation),
      toArray(),
    );
    expect(await lastValueFrom(steps)).toEqual([1, 2]);
  });

  test("cannot be saved when the next generation has been asked for", async () => {
    const generations = await run({ config: { ...base, generations: 2 } });
    expect(() => generations[0]!.save()).toThrow(/Generation 1 has to be saved before/);
  });

  test.each([
    [{ env: "CartPole-v1" }, /algorithm/],
    [{ ...base, episode: 3 }, /episode/],
    [{ ...base, algorithm: { name: "es", populationSize: 3 } }, /even of algorithm.populationSize/],
    [{ ...base, generations: 0 }, /generations/],
  ])("refuses the config %j in one sentence", async (config, sentence) => {
    await expect(run({ config: config as PolicySearchConfigInput })).rejects.toThrow(
      expect.objectContaining({ code: "invalid-value", message: expect.stringMatching(sentence) }),
    );
  });

  test("refuses a state of another algorithm", async () => {
    const state = (await run({ config: { ...base, generations: 1 } }))[0]!.save();
    const config: PolicySearchConfigInput = { ...base, algorithm: { name: "cem" } };
    await expect(run({ config, state })).rejects.toThrow(expect.objectContaining({ code: "invalid-state" }));
  });
});
