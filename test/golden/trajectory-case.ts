import { defaultRng, type Env, type Info, make, type StepResult } from "gymnasium-js";
import { expect } from "vitest";
import { camelCased } from "./standing-copy.js";

/** An observation as the golden files write it: a number, or nested lists. */
export type GoldenObservation = number | readonly GoldenObservation[];

/** One value for all steps, or one per step. */
type PerStep = number | readonly number[];

interface GoldenReset {
  before_step?: number;
  obs: GoldenObservation;
  info: Record<string, number>;
}

export interface TrajectoryRun {
  seed: number;
  policy: "random" | "scripted";
  actions: readonly (number | readonly number[])[];
  resets: readonly GoldenReset[];
  obs: readonly GoldenObservation[];
  rewards: PerStep;
  terminated: readonly number[];
  truncated: readonly number[];
  infos: Record<string, PerStep>;
  final_reset: GoldenReset;
  next_random: number;
}

export interface TrajectoryCase {
  id: string;
  env_id: string;
  kwargs: Record<string, unknown>;
  max_episode_steps: number | null;
  reward_threshold: number | null;
  action_space: GoldenSpace;
  observation_space: GoldenSpace;
  runs: readonly TrajectoryRun[];
}

interface GoldenSpace {
  type: string;
  n?: number;
  shape?: readonly number[];
  dtype?: string;
  high?: readonly (number | string)[];
}

export interface ResetOptionsCase {
  env_id: string;
  options: Record<string, unknown>;
  runs: readonly { seed: number; obs: readonly GoldenObservation[] }[];
}

export interface TrajectoryFile {
  cases: readonly TrajectoryCase[];
  reset_options?: readonly ResetOptionsCase[];
}

/** How far observations and rewards may be from the recorded ones. */
export interface Tolerance {
  readonly observation: number;
  readonly reward: number;
  /** So many steps of a run must be exact all the same; 0 if not given. */
  readonly exactSteps?: number;
  /** Of the observations after a reset; 0 if not given. */
  readonly reset?: number;
  /**
   * The part of a state that an observation tells. If given, the environment is put into it after each step whose
   * observation differs, so that the tolerances are of one step: over many, some dynamics enlarge any rounding.
   */
  readonly stateOf?: (observation: readonly number[]) => object;
}

const exactly: Tolerance = { observation: 0, reward: 0 };

/** Spaces, time limit and reward threshold of the environment that the case makes. */
export function checkMade(golden: TrajectoryCase): void {
  const env = makeCase(golden);
  expect(env.spec?.maxEpisodeSteps ?? null).toBe(golden.max_episode_steps);
  expect(env.spec?.rewardThreshold ?? null).toBe(golden.reward_threshold);
  for (const [space, expected] of [
    [env.actionSpace, golden.action_space],
    [env.observationSpace, golden.observation_space],
  ] as const) {
    expect(space.type).toBe(expected.type);
    const described = space.describe();
    for (const key of ["n", "shape", "dtype"] as const) {
      if (expected[key] !== undefined && key in described) expect(described[key]).toEqual(expected[key]);
    }
  }
}

/**
 * Plays a run's actions; every observation, reward, flag, info and draw must be the recorded one, the first two
 * within `tolerance`.
 */
export function checkRun(golden: TrajectoryCase, run: TrajectoryRun, tolerance: Tolerance = exactly): void {
  const env = makeCase(golden);
  if (run.policy === "random") expect(randomActions(golden.action_space, run)).toEqual(run.actions);
  const resets = new Map(run.resets.map((reset) => [reset.before_step, reset]));
  const terminated = new Set(run.terminated);
  const truncated = new Set(run.truncated);

  run.actions.forEach((action, t) => {
    const reset = resets.get(t);
    if (reset !== undefined) checkReset(reset, env.reset(t === 0 ? { seed: run.seed } : {}), tolerance);
    const result = env.step(typeof action === "number" ? action : Float32Array.from(action));
    const got = { t, ...flagsOf(result) };
    expect(got).toEqual({ t, terminated: terminated.has(t), truncated: truncated.has(t) });
    const allowed = t < (tolerance.exactSteps ?? 0) ? 0 : tolerance.observation;
    expectNear(plain(result.observation), run.obs[t], allowed, `observation of step ${t}`);
    expectNear(result.reward, at(run.rewards, t), tolerance.reward, `reward of step ${t}`);
    const infos = Object.entries(run.infos).map(([key, values]) => [key, at(values, t)]);
    expect(recorded(result.info), `info of step ${t}`).toEqual(Object.fromEntries(infos));
    if (tolerance.stateOf !== undefined && !isEqual(plain(result.observation), run.obs[t])) {
      amendState(env, tolerance.stateOf(run.obs[t] as readonly number[]));
    }
  });
  checkReset(run.final_reset, env.reset(), tolerance);
  expect(env.rng.random(), "the draw after the run").toBe(run.next_random);
}

/** `reset(seed, options)`, `reset(options)`, `reset()` in a row. */
export function checkResetOptions(golden: ResetOptionsCase, { reset: tolerance = 0 } = exactly): void {
  for (const { seed, obs } of golden.runs) {
    const env = make(golden.env_id);
    const options = camelCased(golden.options);
    // Copied one by one: an observation's memory is used again two calls later.
    const got = [{ seed, options }, { options }, {}].map((reset) => plain(env.reset(reset).observation));
    got.forEach((observation, i) => {
      expectNear(observation, obs[i], tolerance, `observation of reset ${i}`);
    });
  }
}

function makeCase(golden: TrajectoryCase): Env {
  return make(golden.env_id, camelCased(golden.kwargs));
}

function checkReset(
  expected: GoldenReset,
  got: { observation: unknown; info: Info },
  { reset: tolerance = 0 }: Tolerance,
): void {
  const where = `reset before step ${expected.before_step ?? "none"}`;
  expectNear(plain(got.observation), expected.obs, tolerance, where);
  expect(recorded(got.info), where).toEqual(expected.info);
}

/** Equal to the last bit where the tolerance is 0. */
function expectNear(got: unknown, expected: unknown, tolerance: number, what: string): void {
  if (tolerance === 0) expect(got, what).toEqual(expected);
  else {
    const [numbers, wanted] = [[got].flat() as number[], [expected].flat() as number[]];
    const far = numbers.some((number, i) => !(Math.abs(number - wanted[i]!) <= tolerance));
    if (far || numbers.length !== wanted.length) {
      throw new Error(`${what}: [${numbers}] is not within ${tolerance} of [${wanted}]`);
    }
  }
}

function isEqual(numbers: unknown, others: unknown): boolean {
  return [numbers].flat().join() === [others].flat().join();
}

function amendState(env: Env, known: object): void {
  const snapshot = env.snapshot() as { state: object };
  env.restore({ ...snapshot, state: { ...snapshot.state, ...known } });
}

/** An info as the golden files write it: Gymnasium's names, and an array as a bit mask. */
function recorded(info: Info): Record<string, unknown> {
  const entries = Object.entries(info).map(([key, value]) => [
    key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value instanceof Int8Array ? value.reduce((mask, bit, i) => mask | (bit << i), 0) : value,
  ]);
  return Object.fromEntries(entries);
}

function flagsOf({ terminated, truncated }: StepResult<unknown>) {
  return { terminated, truncated };
}

/** Typed arrays and tuples as lists; numbers stay. */
function plain(observation: unknown): unknown {
  if (ArrayBuffer.isView(observation)) return Array.from(observation as Float32Array);
  return Array.isArray(observation) ? observation.map(plain) : observation;
}

function at(values: PerStep, t: number): number | undefined {
  return typeof values === "number" ? values : values[t];
}

/** The open-loop random policy of the recording. */
function randomActions(space: GoldenSpace, run: TrajectoryRun): unknown[] {
  const rng = defaultRng(run.seed + 12345);
  if (space.type === "Discrete") return run.actions.map(() => rng.integers(0, space.n!));
  const bound = 1.25 * Number(space.high![0]);
  return run.actions.map(() => [Math.fround(rng.uniform(-bound, bound))]);
}
