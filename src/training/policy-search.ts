import { makeVec } from "gymnasium-js";
import { z } from "zod";
import {
  createSearch,
  episodeSeeds,
  type PlannedPolicy,
  planPolicy,
  type SearchAlgorithm,
  type SearchAlgorithmState,
  searchAlgorithmSchema,
} from "../agents/index.js";
import { LudusError } from "./errors.js";
import { mean } from "./evaluation.js";
import { positive, searchParts } from "./kinds/parts/index.js";
import {
  EvaluationPool,
  type EvaluationPoolOptions,
  type PlayedEpisodes,
} from "./workers/evaluation-pool.js";

/** Everything that decides the numbers of a search. */
export const policySearchConfigSchema = z.strictObject({
  env: z.string().min(1).describe("id of the environment"),
  envOptions: z.record(z.string(), z.unknown()).default({}).describe("settings handed to the environment"),
  algorithm: searchAlgorithmSchema.describe("ga, cem, es or cma-es, with its settings"),
  ...searchParts,
  seed: z
    .int()
    .min(0)
    .max(2 ** 32 - 1)
    .default(0)
    .describe("the seed of everything"),
  maxSteps: positive
    .default(10_000)
    .describe("time limit in steps, for environments without one; default 10000"),
  evaluation: z
    .strictObject({
      every: positive.default(10).describe("generations from one evaluation to the next; default 10"),
      episodes: positive
        .max(10_000)
        .default(20)
        .describe("episodes per evaluation, on seeds of their own; default 20"),
    })
    .prefault({})
    .describe("how good what the search would deploy is"),
  generations: positive.default(100).describe("generations after which the search ends; default 100"),
  maxEnvSteps: positive
    .nullable()
    .default(null)
    .describe(
      "environment steps, those of evaluations aside, after which it ends; default null, for no limit",
    ),
  targetReturn: z
    .number()
    .nullable()
    .default(null)
    .describe("mean return of an evaluation at which it ends; default null, for none"),
});

export type PolicySearchConfig = z.output<typeof policySearchConfigSchema>;
export type PolicySearchConfigInput = z.input<typeof policySearchConfigSchema>;

/** Parameters that did best in an evaluation. */
export interface BestPolicy {
  generation: number;
  returnMean: number;
  parameters: Float32Array;
}

/** All that the rest of a search depends on beside its config: JSON and typed arrays. */
export interface PolicySearchState {
  algorithm: SearchAlgorithmState;
  envSteps: number;
  episodes: number;
  best: BestPolicy | null;
}

export interface PolicySearchOptions extends EvaluationPoolOptions {
  config: PolicySearchConfigInput;
  /** Goes on from here, as if it had never stopped; of a search with the same config but for when it ends. */
  state?: PolicySearchState;
}

/** What a generation has come to. Arrays are the receiver's to keep. */
export interface SearchGeneration {
  /** Generations done, this one included. */
  generation: number;
  /** Of this search so far, without evaluations. */
  envSteps: number;
  episodes: number;
  /** Of the candidates. */
  fitness: { mean: number; std: number; max: number; min: number };
  /** Figures of the search itself, such as its step size. */
  figures: Readonly<Record<string, number>>;
  /** What the search would deploy now; see `PlannedPolicy` for what the vector means. */
  parameters: Float32Array;
  /** Of `parameters`, on fresh seeds; null where none was due. */
  evaluation: { returnMean: number; returnStd: number; episodes: number } | null;
  /** Of all evaluations so far; null before the first. */
  best: BestPolicy | null;
  /** Why the search ends with this generation; null where it goes on. */
  ended: "generations" | "env-steps" | "target" | null;
  /** Before the next generation is asked for. */
  save(): PolicySearchState;
}

/**
 * Searches a policy's parameters by the returns of whole episodes, generation by generation. The numbers depend on the
 * config alone, not on `workers`. Stopping to read it ends the threads. RxJS's `from(search(...))` makes a stream of it.
 *
 * @throws {LudusError} `invalid-value` for a config that is wrong, `env-failed` if a thread fails
 *
 * @example
 * const config = { env: "CartPole-v1", algorithm: { name: "es" }, targetReturn: 475 };
 * for await (const { generation, evaluation, best } of search({ config, workers: 2 })) {
 *   if (evaluation) console.log(generation, evaluation.returnMean, best?.parameters.length);
 * }
 */
export async function* search(
  options: PolicySearchOptions,
): AsyncGenerator<SearchGeneration, void, undefined> {
  const config = parseSearchConfig(options.config);
  const policy = searchedPolicy(config);
  const algorithm = createSearch(config.algorithm, { initial: policy.initial, seed: config.seed });
  const tally: Tally = { envSteps: 0, episodes: 0, best: null };
  if (options.state !== undefined) restore(algorithm, tally, options.state);
  const { env, envOptions, maxSteps } = config;
  const pool = new EvaluationPool({ env, envOptions, maxSteps, policy: policy.plan }, options);
  try {
    for (let ended: SearchGeneration["ended"] = null; ended === null; ) {
      const generation = await nextGeneration({ config, algorithm, tally, pool });
      ended = generation.ended;
      yield generation;
    }
  } finally {
    await pool.close();
  }
}

/** @throws {LudusError} `invalid-value`, one sentence with the first key that is wrong */
export function parseSearchConfig(config: PolicySearchConfigInput): PolicySearchConfig {
  const result = policySearchConfigSchema.safeParse(config);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const where = issue && issue.path.length > 0 ? ` of ${issue.path.join(".")}` : "";
  throw new LudusError(
    "invalid-value",
    `The search's config is wrong: ${issue?.message ?? "unknown"}${where}.`.replace("..", "."),
    { cause: result.error },
  );
}

/** The policy whose parameters a config searches: `searchPolicy(plan, parameters)` plays it. */
export function searchedPolicy(
  config: Pick<PolicySearchConfig, "env" | "envOptions" | "net" | "observations">,
): PlannedPolicy {
  const envs = makeVec(config.env, { numEnvs: 1, kwargs: config.envOptions });
  const { singleObservationSpace: observationSpace, singleActionSpace: actionSpace } = envs;
  envs.close();
  return planPolicy({ observationSpace, actionSpace, net: config.net, observations: config.observations });
}

interface Tally {
  envSteps: number;
  episodes: number;
  best: BestPolicy | null;
}

interface Search {
  config: PolicySearchConfig;
  algorithm: SearchAlgorithm;
  tally: Tally;
  pool: EvaluationPool;
}

/** What the candidates of a generation have come to. */
export interface PlayedGeneration extends PlayedEpisodes {
  /** By candidate: the mean return of its episodes. */
  fitness: readonly number[];
  /** Environment steps of all episodes. */
  steps: number;
}

/** Plays every candidate of the generation that is due, and tells the algorithm how good they were. */
export async function playGeneration(
  { algorithm, pool }: Pick<Search, "algorithm" | "pool">,
  { seed, episodes: count }: Pick<PolicySearchConfig, "seed" | "episodes">,
): Promise<PlayedGeneration> {
  const seeds = episodeSeeds(seed, "episodes", { generation: algorithm.generation, count });
  const { returns, lengths } = await pool.evaluate(algorithm.ask(), seeds);
  const fitness = Array.from({ length: algorithm.populationSize }, (_, i) =>
    mean(Array.from(returns.subarray(i * count, (i + 1) * count))),
  );
  algorithm.tell(fitness);
  return { returns, lengths, fitness, steps: lengths.reduce((sum, length) => sum + length, 0) };
}

export function fitnessFigures(fitness: readonly number[]): SearchGeneration["fitness"] {
  return {
    ...spread(fitness),
    max: fitness.reduce((a, b) => Math.max(a, b)),
    min: fitness.reduce((a, b) => Math.min(a, b)),
  };
}

async function nextGeneration(search: Search): Promise<SearchGeneration> {
  const { config, algorithm, tally } = search;
  const { fitness, lengths, steps } = await playGeneration(search, config);
  tally.episodes += lengths.length;
  tally.envSteps += steps;
  const due = algorithm.generation % config.evaluation.every === 0;
  const spent = spentBy(search);
  const evaluation = due || spent !== null ? await evaluateSearch(search) : null;
  const { targetReturn } = config;
  const reached = evaluation !== null && targetReturn !== null && evaluation.returnMean >= targetReturn;
  const { generation } = algorithm;
  return {
    generation,
    envSteps: tally.envSteps,
    episodes: tally.episodes,
    fitness: fitnessFigures(fitness),
    figures: { ...algorithm.figures },
    parameters: algorithm.parameters.slice(),
    evaluation,
    best: tally.best,
    ended: reached ? "target" : spent,
    save: () => {
      if (algorithm.generation === generation) return stateOf(algorithm, tally);
      throw new LudusError(
        "unsupported",
        `Generation ${generation} has to be saved before the next one is asked for.`,
      );
    },
  };
}

function spentBy({ config, algorithm, tally }: Search): "generations" | "env-steps" | null {
  if (algorithm.generation >= config.generations) return "generations";
  return config.maxEnvSteps !== null && tally.envSteps >= config.maxEnvSteps ? "env-steps" : null;
}

async function evaluateSearch({
  config,
  algorithm,
  tally,
  pool,
}: Search): Promise<SearchGeneration["evaluation"]> {
  const { dimension, generation } = algorithm;
  const parameters = algorithm.parameters.slice();
  const count = config.evaluation.episodes;
  const seeds = episodeSeeds(config.seed, "evaluation", { generation, count });
  const { returns } = await pool.evaluate({ type: "vectors", size: 1, dimension, rows: parameters }, seeds);
  const { mean: returnMean, std: returnStd } = spread(Array.from(returns));
  if (tally.best === null || returnMean > tally.best.returnMean)
    tally.best = { generation, returnMean, parameters };
  return { returnMean, returnStd, episodes: count };
}

/** Mean and population standard deviation. */
function spread(values: readonly number[]): { mean: number; std: number } {
  const center = mean(values);
  return { mean: center, std: Math.sqrt(mean(values.map((value) => (value - center) ** 2))) };
}

function stateOf(algorithm: SearchAlgorithm, { envSteps, episodes, best }: Tally): PolicySearchState {
  return { algorithm: algorithm.save(), envSteps, episodes, best: structuredClone(best) };
}

function restore(algorithm: SearchAlgorithm, tally: Tally, state: PolicySearchState): void {
  algorithm.restore(state.algorithm);
  tally.envSteps = state.envSteps;
  tally.episodes = state.episodes;
  tally.best = structuredClone(state.best);
}
