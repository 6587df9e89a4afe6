import {
  Autoreset,
  type AutoresetMode,
  ClipAction,
  ClipReward,
  DelayObservation,
  DiscretizeAction,
  DiscretizeObservation,
  type Dtype,
  DtypeObservation,
  type Env,
  type EpisodeStatistics,
  FlattenObservation,
  FrameStackObservation,
  GrayscaleObservation,
  MaxAndSkipObservation,
  make,
  makeVec,
  NormalizeObservation,
  NormalizeReward,
  RecordEpisodeStatistics,
  RepeatAction,
  RescaleAction,
  RescaleObservation,
  ReshapeObservation,
  type RunningArrayStatistics,
  registry,
  StickyAction,
  TimeAwareObservation,
  TimeLimit,
  TransformAction,
  TransformObservation,
  TransformReward,
  type TypedArray,
  type VectorEnv,
  VectorNormalizeObservation,
  VectorNormalizeReward,
  VectorRecordEpisodeStatistics,
} from "gymnasium-js";
import "../../src/envs/index.js";
import { expect, test } from "vitest";
import { GoldenTally } from "./golden.js";
import { Pixels } from "./pixels.js";
import { camelCased, goldenOrStandingCopy } from "./standing-copy.js";

interface GoldenRun {
  seed: number;
  actions: (number | number[])[];
  resets: { before_step: number; obs: unknown; info: unknown }[];
  obs: unknown[];
  rewards: number[];
  terminated: number[];
  truncated: number[];
  infos?: unknown[];
  final?: Record<string, unknown>;
  next_random: number;
}

type Args = Record<string, unknown>;

interface GoldenCase {
  env_id: string;
  make_kwargs: Record<string, unknown>;
  unwrapped: boolean;
  wrapper: string;
  args: Args;
  observation_space: unknown;
  action_space: unknown;
  obs_dtype: string;
  freeze_after?: number;
  runs: GoldenRun[];
}

interface GoldenVectorRun {
  seed: number;
  actions: (number | number[])[][];
  reset_obs: number[][];
  obs?: number[][][];
  rewards?: number[][];
  /** Per sub-environment: 1 where the episode ended, its return and its length. */
  episodes?: { step: number; _episode: number[]; r: number[]; l: number[] }[];
  final: Record<string, unknown>;
}

interface GoldenVectorCase {
  id: string;
  env_id: string;
  make_kwargs: { max_episode_steps?: number };
  num_envs: number;
  autoreset_mode: "next_step" | "same_step";
  wrapper: string;
  args: Args;
  runs: GoldenVectorRun[];
}

interface GoldenFile {
  cases: GoldenCase[];
  vector_cases: GoldenVectorCase[];
}

/** Environments differ in their element types; the figures tell which wrapper goes with which. */
type AnyEnv = Env<never, never>;
type Wrap = (env: AnyEnv, args: Args) => { [name in keyof Env]: unknown };

/** A formula in the file, "factor*x+summand", as a function of a number that rounds as NumPy's of that precision. */
function linear(text: string, round: (x: number) => number): (x: number) => number {
  const parts = /^(-?[\d.]+)\*[a-z]+([+-][\d.]+)$/.exec(text);
  if (parts === null) throw new Error(`the formula ${text} is not one of a factor and a summand`);
  const [factor, summand] = [round(Number(parts[1])), round(Number(parts[2]))];
  return (x) => round(round(factor * x) + summand);
}

const ofReward = ({ func }: Args) => linear(func as string, (x) => x);
const ofArray =
  ({ func }: Args) =>
  (x: TypedArray) =>
    x.map(linear(func as string, Math.fround));

function framePadding(type: unknown): "reset" | "zero" | { observation: never } {
  if (typeof type === "number") return { observation: type as never };
  if (!Array.isArray(type)) return (type ?? "reset") as "reset" | "zero";
  return { observation: Float32Array.from(type) as never };
}

/** Booleans in arguments are recorded as 0 and 1. */
const isSet = (value: unknown) => value === 1 || value === true;

const binsOf = (args: Args) => ({
  bins: args["bins"] as number | number[],
  multiDiscrete: isSet(args["multidiscrete"]),
});

const statisticsOptions = (args: Args) => ({
  bufferLength: (args["buffer_length"] as number) ?? 100,
  statsKey: (args["stats_key"] as string) ?? "episode",
});

const wrappers: Record<string, Wrap> = {
  TimeLimit: (env, args) => new TimeLimit(env, args["max_episode_steps"] as number),
  NormalizeObservation: (env, args) => new NormalizeObservation(env, args),
  NormalizeReward: (env, args) => new NormalizeReward(env, args),
  FrameStackObservation: (env, args) =>
    new FrameStackObservation(env, args["stack_size"] as number, {
      padding: framePadding(args["padding_type"]),
    }),
  StickyAction: (env, args) =>
    new StickyAction(env, args["repeat_action_probability"] as number, {
      duration: (args["repeat_action_duration"] as number) ?? 1,
    }),
  RepeatAction: (env, args) => new RepeatAction(env, args["num_repeats"] as number),
  ClipReward: (env, args) =>
    new ClipReward(env, { min: args["min_reward"] as number, max: args["max_reward"] as number }),
  TransformReward: (env, args) => new TransformReward(env, ofReward(args)),
  RescaleAction: (env, args) =>
    new RescaleAction(env, { min: args["min_action"] as number, max: args["max_action"] as number }),
  ClipAction: (env) => new ClipAction(env),
  TransformAction: (env, args) => new TransformAction(env as Env<unknown, TypedArray>, ofArray(args)),
  DiscretizeAction: (env, args) => new DiscretizeAction(env, binsOf(args)),
  RescaleObservation: (env, args) =>
    new RescaleObservation(env, { min: args["min_obs"] as number, max: args["max_obs"] as number }),
  TimeAwareObservation: (env, args) =>
    new TimeAwareObservation(env, {
      flatten: args["flatten"] === undefined || isSet(args["flatten"]),
      normalizeTime: isSet(args["normalize_time"]),
      timeKey: (args["dict_time_key"] as string) ?? "time",
    }),
  RecordEpisodeStatistics: (env, args) => new RecordEpisodeStatistics(env, statisticsOptions(args)),
  DelayObservation: (env, args) => new DelayObservation(env, args["delay"] as number),
  MaxAndSkipObservation: (env, args) => new MaxAndSkipObservation(env, args["skip"] as number),
  GrayscaleObservation: (env, args) =>
    new GrayscaleObservation(env, { keepChannel: isSet(args["keep_dim"]) }),
  ReshapeObservation: (env, args) => new ReshapeObservation(env, args["shape"] as number[]),
  FlattenObservation: (env) => new FlattenObservation(env),
  TransformObservation: (env, args) =>
    new TransformObservation(env as Env<TypedArray, unknown>, ofArray(args)),
  DtypeObservation: (env, args) => new DtypeObservation(env, args["dtype"] as Dtype),
  DiscretizeObservation: (env, args) => new DiscretizeObservation(env, binsOf(args)),
  Autoreset: (env) => new Autoreset(env),
};

function arrayStatistics({ mean, variance, count }: RunningArrayStatistics): Record<string, unknown> {
  const dtype = mean instanceof Float32Array ? "float32" : "float64";
  return { mean: [...mean], var: [...variance], count, dtype };
}

const statistics: Record<string, (env: unknown) => Record<string, unknown>> = {
  NormalizeObservation: (env) => {
    return arrayStatistics((env as NormalizeObservation<unknown>).statistics);
  },
  NormalizeReward: (env) => {
    const { statistics: running, discountedReturn } = env as NormalizeReward<unknown, unknown>;
    const { mean, variance, count } = running;
    return { mean, var: variance, count, discounted_reward: discountedReturn };
  },
  RecordEpisodeStatistics: (env) => {
    const { returnQueue, lengthQueue, episodeCount } = env as RecordEpisodeStatistics<unknown, unknown>;
    return { return_queue: returnQueue, length_queue: lengthQueue, episode_count: episodeCount };
  },
};

const vectorWrappers: Record<string, (envs: VectorEnv, args: Args) => VectorEnv> = {
  NormalizeObservation: (envs, args) => new VectorNormalizeObservation(envs, args),
  NormalizeReward: (envs, args) => new VectorNormalizeReward(envs, args),
  RecordEpisodeStatistics: (envs, args) => new VectorRecordEpisodeStatistics(envs, statisticsOptions(args)),
};

const vectorStatistics: Record<string, (envs: VectorEnv) => Record<string, unknown>> = {
  NormalizeObservation: (envs) => {
    return arrayStatistics((envs as VectorNormalizeObservation).statistics);
  },
  NormalizeReward: (envs) => {
    const { mean, variance, count } = (envs as VectorNormalizeReward).statistics;
    return { mean, var: variance, count };
  },
  RecordEpisodeStatistics: (envs) => {
    const { returnQueue, lengthQueue, episodeCount } = envs as VectorRecordEpisodeStatistics;
    return { return_queue: returnQueue, length_queue: lengthQueue, episode_count: episodeCount };
  },
};

/** Nested lists and arrays as one flat list of numbers; objects member by member. */
function flat(value: unknown): unknown {
  if (typeof value === "bigint") return Number(value);
  if (ArrayBuffer.isView(value)) return [...(value as unknown as Iterable<number | bigint>)].map(Number);
  if (Array.isArray(value)) return value.map(flat).flat(Number.POSITIVE_INFINITY);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, flat(member)]));
}

/**
 * The file was recorded with NumPy 1; where these two environments are played as NumPy 2 does, observations differ by
 * up to 1e-6, rewards and statistics accordingly. All else is exact.
 */
const tolerances: Record<string, number> = {
  "Pendulum-v1": 1e-5,
  "MountainCarContinuous-v0": 1e-5,
  // Its float32 sines and cosines after a reset are NumPy's own (see the trajectories), and normalizing enlarges them.
  "Acrobot-v1": 1e-5,
};

/** Gymnasium multiplies the first variance of these float64 statistics by the first count while both are still float32. */
const toleranceOf = ({ env_id, wrapper }: GoldenCase) =>
  env_id === "Pixels" && wrapper === "NormalizeObservation" ? 1e-6 : (tolerances[env_id] ?? 0);

/** Flat data, numbers within `tolerance` (relative above 1, absolute below); 0 asks for the same bits. */
function requireClose(
  found: unknown,
  expected: unknown,
  { tolerance, at }: { tolerance: number; at: string },
): void {
  if (tolerance === 0 || typeof expected !== "object" || expected === null) {
    if (typeof expected === "number" && typeof found === "number" && Number.isFinite(expected)) {
      if (Math.abs(found - expected) <= tolerance * Math.max(1, Math.abs(expected))) return;
    }
    expect(found, at).toEqual(expected);
    return;
  }
  const [left, right] = [found as Record<string, unknown>, expected as Record<string, unknown>];
  expect(Object.keys(left), at).toEqual(Object.keys(right));
  for (const key of Object.keys(right))
    requireClose(left[key], right[key], { tolerance, at: `${at} ${key}` });
}

/** Statistics as the file has them, those of observations as flat lists. */
function finalOf(recorded: Record<string, unknown> = {}): Record<string, unknown> {
  const { mean, var: variance, dtype } = recorded;
  return dtype === undefined
    ? recorded
    : { ...recorded, mean: [flat(mean)].flat(), var: [flat(variance)].flat() };
}

/** Infos as the file has them: it leaves out Taxi's action masks. */
function infoOf(info: Record<string, unknown>): unknown {
  const { actionMask: _, ...recorded } = info;
  return flat(recorded);
}

function makeEnv({ env_id, make_kwargs, unwrapped }: GoldenCase): Env {
  if (env_id === "Pixels") return new Pixels() as unknown as Env;
  return make(env_id, { ...camelCased(make_kwargs), ...(unwrapped && { maxEpisodeSteps: null }) });
}

function play(golden: GoldenCase, run: GoldenRun): void {
  const env = wrappers[golden.wrapper]!(makeEnv(golden) as unknown as AnyEnv, golden.args) as unknown as Env;
  expect(env.observationSpace.describe(), "observation space").toEqual(golden.observation_space);
  expect(env.actionSpace.describe(), "action space").toEqual(golden.action_space);
  const tolerance = toleranceOf(golden);
  // A Box without axes holds one number, which NumPy shows as such.
  const isNumber = env.observationSpace.shape?.length === 0;
  const shown = (observation: unknown) => (isNumber ? [flat(observation)].flat()[0] : flat(observation));
  // The recorded formula leaves the space, which was not told of it.
  const requireInside = (observation: unknown, at: string) => {
    if (golden.wrapper === "TransformObservation") return;
    expect(env.observationSpace.contains(observation), `${at}: observation is in the space`).toBe(true);
  };
  const resets: unknown[] = [];
  const reset = (before_step: number, options?: { seed: number }) => {
    const { observation, info } = env.reset(options);
    requireInside(observation, `reset before step ${before_step}`);
    resets.push({ before_step, obs: shown(observation), info: infoOf(info) });
  };
  reset(0, { seed: run.seed });
  const [terminated, truncated]: [number[], number[]] = [[], []];
  for (const [t, action] of run.actions.entries()) {
    if (t === golden.freeze_after) (env as unknown as { updateStatistics: boolean }).updateStatistics = false;
    const step = env.step(typeof action === "number" ? action : Float32Array.from(action));
    const at = `step ${t}`;
    requireInside(step.observation, at);
    requireClose(shown(step.observation), flat(run.obs[t]), { tolerance, at: `${at}: observation` });
    requireClose(step.reward, run.rewards[t], { tolerance, at: `${at}: reward` });
    requireClose(infoOf(step.info), run.infos?.[t] ?? {}, { tolerance, at: `${at}: info` });
    if (step.terminated) terminated.push(t);
    if (step.truncated) truncated.push(t);
    const isOver = step.terminated || step.truncated;
    if (isOver && t + 1 < run.actions.length && golden.wrapper !== "Autoreset") reset(t + 1);
  }
  expect({ terminated, truncated }).toEqual({ terminated: run.terminated, truncated: run.truncated });
  const recorded = run.resets.map(({ before_step, obs, info }) => ({ before_step, obs: flat(obs), info }));
  requireClose(resets, recorded, { tolerance, at: "resets" });
  if (run.final !== undefined) {
    requireClose(statistics[golden.wrapper]!(env), finalOf(run.final), { tolerance, at: "statistics" });
  }
  expect(env.rng.random(), "the generator's next number").toBe(run.next_random);
}

function playVector(
  golden: GoldenVectorCase,
  run: GoldenVectorRun,
  vectorizationMode: "native" | "sync",
): void {
  const { max_episode_steps: limit, ...kwargs } = golden.make_kwargs;
  const inner = makeVec(golden.env_id, {
    numEnvs: golden.num_envs,
    autoresetMode: golden.autoreset_mode.replace("_", "-") as AutoresetMode,
    vectorizationMode,
    kwargs: camelCased(kwargs),
    ...(limit === undefined ? {} : { maxEpisodeSteps: limit }),
  });
  const envs = vectorWrappers[golden.wrapper]!(inner, golden.args);
  const tolerance = tolerances[golden.env_id] ?? 0;
  const { observations } = envs.reset({ seed: run.seed });
  requireClose(flat(observations), flat(run.reset_obs), { tolerance, at: "reset" });
  const episodes: unknown[] = [];
  const { statsKey } = statisticsOptions(golden.args);
  for (const [t, actions] of run.actions.entries()) {
    const { observations, rewards, infos } = envs.step(actions.flat());
    if (run.obs) requireClose(flat(observations), flat(run.obs[t]), { tolerance, at: `step ${t}` });
    if (run.rewards) requireClose(flat(rewards), run.rewards[t], { tolerance, at: `step ${t}: rewards` });
    if (infos[statsKey] === undefined) continue;
    const { values, mask } = infos[statsKey] as { values: (EpisodeStatistics | null)[]; mask: boolean[] };
    const [r, l] = [values.map((one) => one?.r ?? 0), values.map((one) => one?.l ?? 0)];
    episodes.push({ step: t, _episode: mask.map(Number), r, l });
  }
  if (run.episodes) requireClose(episodes, run.episodes, { tolerance, at: "episodes" });
  requireClose(vectorStatistics[golden.wrapper]!(envs), finalOf(run.final), { tolerance, at: "statistics" });
}

test("wrappers show what Gymnasium's show", () => {
  const { file, label } = goldenOrStandingCopy<GoldenFile>("wrappers.json");
  const tally = new GoldenTally(label);
  for (const golden of file.cases) {
    const { env_id, wrapper, args } = golden;
    for (const run of golden.runs) {
      if (env_id !== "Pixels" && !registry.has(env_id)) tally.unsupported(`environment ${env_id}`);
      else if (wrappers[wrapper] === undefined) tally.unsupported(`wrapper ${wrapper}`);
      else
        tally.record(`${wrapper} ${JSON.stringify(args)} ${env_id} seed ${run.seed}`, () =>
          play(golden, run),
        );
    }
  }
  for (const golden of file.vector_cases) {
    const { env_id, wrapper } = golden;
    for (const run of golden.runs) {
      if (!registry.has(env_id)) tally.unsupported(`environment ${env_id}`);
      else if (vectorWrappers[wrapper] === undefined) tally.unsupported(`vector wrapper ${wrapper}`);
      else
        tally.record(`${golden.id} seed ${run.seed}`, () => {
          for (const mode of ["native", "sync"] as const) playVector(golden, run, mode);
        });
    }
  }
  tally.report();
});
