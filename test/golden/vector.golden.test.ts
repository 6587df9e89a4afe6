import {
  type AutoresetMode,
  type Batch,
  type Info,
  type MakeVecOptions,
  makeVec,
  registry,
  type VectorEnv,
  type VectorInfos,
} from "gymnasium-js";
import { expect, test } from "vitest";
import "../../src/envs/index.js";
import { GoldenTally, goldenFile } from "./golden.js";

/** An array of recorded infos: NumPy's type code and the values, null where an object array has none. */
type RecordedArray = [dtype: string, values: unknown[]];
/** `key` and `_key` pairs; `final_info` is one of these itself. */
interface RecordedInfos {
  [key: string]: RecordedArray | RecordedInfos;
}

interface VectorRun {
  seed: number;
  actions: unknown[][];
  reset: { obs: unknown[]; infos: RecordedInfos };
  obs: unknown[][];
  rewards: number[][];
  terminations: number[][];
  truncations: number[][];
  infos: RecordedInfos[] | Record<string, never>;
  mask_resets?: { after_step: number; reset_mask: number[]; obs: unknown[]; infos: RecordedInfos }[];
  next_random?: number[];
}

interface VectorCase {
  env_id: string;
  kwargs: Record<string, unknown>;
  autoreset_mode: "next_step" | "same_step" | "disabled";
  vectorization_mode: string;
  runs: VectorRun[];
}

interface VectorFile {
  num_envs: number;
  cases: VectorCase[];
  spaces: {
    env_id: string;
    action_space: Record<string, unknown>;
    observation_space: Record<string, unknown>;
    runs: { seed: number; action_space_samples: unknown[][] }[];
  }[];
  seed_list: {
    env_id: string;
    runs: {
      seed: number;
      seed_list: (number | null)[];
      obs_seed: unknown[];
      obs_seed_list: unknown[];
      obs_no_seed: unknown[];
    }[];
  };
}

const camelCase = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Both give the numbers of Gymnasium's sync mode. */
const bothKinds = ["native", "sync"] as const;

interface BatchTolerance {
  observations: number;
  rewards: number;
}

/** Of the environments that Ludus plays as under NumPy 2, recorded under NumPy 1. The trajectories tell of single steps. */
const numpy1Tolerances: Record<string, BatchTolerance> = {
  "Pendulum-v1": { observations: 1e-6, rewards: 1e-5 },
  "MountainCarContinuous-v0": { observations: 1e-6, rewards: 1e-6 },
};

/** A pendulum enlarges differences: so far into a run that their bounds have to be wider, and these. */
const shortRun = 20;
const longPendulum: BatchTolerance = { observations: 1e-3, rewards: 1e-3 };

function toleranceOf(id: string, t: number): BatchTolerance | undefined {
  return id === "Pendulum-v1" && t >= shortRun ? longPendulum : numpy1Tolerances[id];
}

/**
 * Recorded numbers are exact, but for sines and cosines of another C library (float32 observations) and for
 * what `tolerance` says.
 */
function expectClose(
  found: ArrayLike<unknown>,
  recorded: unknown[],
  what: string,
  tolerance = found instanceof Float32Array ? 1e-6 : 0,
): void {
  const expected = recorded.flat(2) as number[];
  const numbers = isOfTuple(found) ? inRecordedOrder(found, recorded) : found;
  expect(numbers.length, what).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(Number(numbers[i]) - Number(expected[i]));
    if (!(difference <= tolerance))
      throw new Error(`${what}[${i}] is ${numbers[i]}, recorded ${expected[i]}`);
  }
}

/** Whether a batch is a Tuple's, with one array per member. */
function isOfTuple(batch: ArrayLike<unknown>): batch is ArrayLike<number>[] {
  return Array.isArray(batch) && ArrayBuffer.isView(batch[0]);
}

/** The same may be recorded as Gymnasium gives it, or as one row per sub-environment. */
function inRecordedOrder(members: ArrayLike<number>[], recorded: unknown[]): unknown[] {
  if (recorded.length === members.length) return members.flatMap((member) => Array.from(member));
  return recorded.flatMap((_, i) => members.map((member) => member[i]));
}

function rowOf(batch: Batch | null, i: number, length: number): ArrayLike<unknown> {
  if (batch === null) return [];
  return isOfTuple(batch) ? batch.map((member) => member[i]) : batch.slice(i * length, (i + 1) * length);
}

function flags(indices: readonly number[], numEnvs: number): number[] {
  return Array.from({ length: numEnvs }, (_, i) => (indices.includes(i) ? 1 : 0));
}

/** Compares one recorded key; `ourValue` gives it per sub-environment, undefined where it gave none. */
function expectInfo(infos: RecordedInfos, key: string, ourValue: (i: number) => unknown, what: string): void {
  const [dtype, values] = infos[key] as RecordedArray;
  const mask = (infos[`_${key}`] as RecordedArray)[1];
  mask.forEach((given, i) => {
    const ours = ourValue(i);
    expect(ours !== undefined, `${what}.${key}: mask ${i}`).toBe(given === 1);
    if (given !== 1) return;
    // Where a reset's integer 1 came first, NumPy made the array integer and cut the others' fractions off.
    const found = key === "prob" && dtype === "i8" ? Math.trunc(ours as number) : ours;
    expect(
      typeof found === "number" ? found : [...(found as ArrayLike<number> & Iterable<number>)],
      `${what}.${key}[${i}]`,
    ).toEqual(values[i]);
  });
}

const finalKeys = ["final_obs", "_final_obs", "final_info", "_final_info"];

function expectInfos(infos: VectorInfos, recorded: RecordedInfos, what: string): void {
  const keys = Object.keys(recorded).filter((key) => !key.startsWith("_") && !finalKeys.includes(key));
  expect(Object.keys(infos).sort(), what).toEqual(keys.map(camelCase).sort());
  for (const key of keys) {
    const entry = infos[camelCase(key)];
    expectInfo(recorded, key, (i) => (entry?.mask[i] ? entry.values[i] : undefined), what);
  }
}

function expectFinals(
  step: { finalObservations: Batch | null; finalInfos: (Info | null)[] | null },
  recorded: RecordedInfos,
  { what, tolerance }: { what: string; tolerance: number | undefined },
): void {
  const rows = (recorded["final_obs"] as RecordedArray | undefined)?.[1];
  if (rows !== undefined) expect(step.finalInfos, `${what}: final infos`).not.toBeNull();
  step.finalInfos?.forEach((info, i) => {
    const row = rows?.[i] ?? null;
    expect(info !== null, `${what}: final ${i}`).toBe(row !== null);
    if (row === null) return;
    const expected = [row].flat();
    expectClose(
      rowOf(step.finalObservations, i, expected.length),
      expected,
      `${what}: final observation ${i}`,
      tolerance,
    );
  });
  const infos = recorded["final_info"] as RecordedInfos | undefined;
  for (const key of Object.keys(infos ?? {}).filter((one) => !one.startsWith("_"))) {
    expectInfo(
      infos as RecordedInfos,
      key,
      (i) => step.finalInfos?.[i]?.[camelCase(key)],
      `${what}: final info`,
    );
  }
}

function checkRun(envs: VectorEnv, run: VectorRun): void {
  const { numEnvs } = envs;
  const first = envs.reset({ seed: run.seed });
  expectClose(first.observations, run.reset.obs, "reset");
  expectInfos(first.infos, run.reset.infos, "reset infos");
  run.actions.forEach((actions, t) => {
    const step = envs.step(actions.flat() as number[]);
    const what = `step ${t}`;
    const tolerances = toleranceOf(envs.spec?.id ?? "", t);
    const infos = Array.isArray(run.infos) ? (run.infos[t] as RecordedInfos) : {};
    expectClose(step.observations, run.obs[t] as unknown[], what, tolerances?.observations);
    expectClose(step.rewards, run.rewards[t] as number[], `${what}: rewards`, tolerances?.rewards);
    expect([...step.terminations], what).toEqual(flags(run.terminations[t] as number[], numEnvs));
    expect([...step.truncations], what).toEqual(flags(run.truncations[t] as number[], numEnvs));
    expectInfos(step.infos, infos, what);
    expectFinals(step, infos, { what, tolerance: tolerances?.observations });
    for (const masked of run.mask_resets?.filter((one) => one.after_step === t) ?? []) {
      const reset = envs.reset({ mask: masked.reset_mask.map(Boolean) });
      expectClose(reset.observations, masked.obs, `${what}: masked reset`, tolerances?.observations);
      expectInfos(reset.infos, masked.infos, `${what}: masked reset`);
    }
  });
}

function vectorOf(
  id: string,
  kwargs: Record<string, unknown>,
  options: { numEnvs: number; mode: string; vectorization: MakeVecOptions["vectorizationMode"] },
) {
  const { max_episode_steps: limit, ...others } = kwargs;
  return makeVec(id, {
    numEnvs: options.numEnvs,
    kwargs: Object.fromEntries(Object.entries(others).map(([key, value]) => [camelCase(key), value])),
    vectorizationMode: options.vectorization,
    autoresetMode: options.mode.replace("_", "-") as AutoresetMode,
    ...(limit === undefined ? {} : { maxEpisodeSteps: limit as number }),
  });
}

/** The next draw of each sub-environment's generator, read from a snapshot so that both kinds can be asked. */
function nextRandoms(envs: VectorEnv): number[] {
  const { envs: members } = envs as unknown as { envs?: { rng: { random(): number } }[] };
  const { generators } = envs as unknown as { generators?: { random(): number }[] };
  return (members?.map((env) => env.rng) ?? generators ?? []).map((rng) => rng.random());
}

/** Space descriptions agree in all fields that both have. */
function expectSpace(found: Record<string, unknown>, recorded: Record<string, unknown>): void {
  const common = Object.keys(recorded).filter((key) => key in found);
  expect(common).toContain("type");
  for (const key of common) expect(found[key], key).toEqual(recorded[key]);
}

test("vector.json", () => {
  const file = goldenFile<VectorFile>("vector.json");
  if (file === null) return;
  const numEnvs = file.num_envs;
  const tally = new GoldenTally("vector.json");
  for (const {
    env_id: id,
    kwargs,
    autoreset_mode: mode,
    vectorization_mode: vectorization,
    runs,
  } of file.cases) {
    for (const run of runs) {
      if (!registry.has(id)) tally.unsupported(id);
      else
        tally.record(`${id} ${mode} ${vectorization} ${JSON.stringify(kwargs)} seed ${run.seed}`, () => {
          const ours = vectorization === "vector_entry_point" ? (["entry-point"] as const) : bothKinds;
          for (const vectorization of ours) {
            const envs = vectorOf(id, kwargs, { numEnvs, mode, vectorization });
            checkRun(envs, run);
            if (run.next_random) expect(nextRandoms(envs)).toEqual(run.next_random);
          }
        });
    }
  }
  for (const recorded of file.spaces) {
    if (!registry.has(recorded.env_id)) {
      tally.unsupported(recorded.env_id);
      continue;
    }
    const envs = vectorOf(recorded.env_id, {}, { numEnvs, mode: "next_step", vectorization: "native" });
    tally.record(`${recorded.env_id} spaces`, () => {
      expectSpace(envs.actionSpace.describe(), recorded.action_space);
      expectSpace(envs.observationSpace.describe(), recorded.observation_space);
      for (const { seed, action_space_samples: samples } of recorded.runs) {
        envs.actionSpace.seed(seed);
        for (const sample of samples)
          expectClose(envs.actionSpace.sample() as Int32Array, sample, `samples of seed ${seed}`);
      }
    });
  }
  const { env_id: id, runs } = file.seed_list;
  for (const run of runs) {
    if (!registry.has(id)) tally.unsupported(id);
    else
      tally.record(`${id} seed list ${run.seed}`, () => {
        for (const vectorization of bothKinds) {
          const envs = vectorOf(id, {}, { numEnvs, mode: "next_step", vectorization });
          expectClose(envs.reset({ seed: run.seed }).observations, run.obs_seed, "seed");
          expectClose(envs.reset({ seed: run.seed_list }).observations, run.obs_seed_list, "seed list");
          expectClose(envs.reset().observations, run.obs_no_seed, "no seed");
        }
      });
  }
  tally.report();
});
