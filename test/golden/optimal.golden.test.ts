import { make, RulesEnv, registry, type TransitionTable } from "gymnasium-js";
import { expect, test } from "vitest";
import { finiteHorizonValues, valueIteration } from "../../src/agents/index.js";
import { frozenLakeRules, generateRandomMap } from "../../src/envs/index.js";
import { GoldenTally } from "./golden.js";
import { camelCased, goldenOrStandingCopy } from "./standing-copy.js";

type ByGamma = Record<string, number>;

interface OptimalValues {
  V_start: ByGamma;
  V_start_finite_horizon: Record<string, ByGamma>;
}

interface OptimalCase extends OptimalValues {
  id: string;
  env_id: string;
  kwargs: Record<string, unknown>;
  n_states: number;
  n_actions: number;
  time_limit: number | null;
  reward_threshold: number | null;
  /** The indices, or how many there are. */
  start_states: readonly number[] | number;
  start_uniform: boolean;
  reachable_nonterminal_states: number;
  [valuesOfAllStates: `V_gamma${string}`]: readonly number[];
}

interface RandomMap extends OptimalValues {
  seed: number;
  size: number;
  p: number;
  desc: readonly string[];
}

interface OptimalFile {
  cases: readonly OptimalCase[];
  random_maps: readonly RandomMap[];
}

const tolerance = 1e-9;

test("optimal.json: values by the transition tables, and random maps", () => {
  const { file, label } = goldenOrStandingCopy<OptimalFile>("optimal.json");
  const tally = new GoldenTally(label);
  for (const golden of file.cases) {
    if (registry.has(golden.env_id)) tally.record(golden.id, () => checkCase(golden));
    else tally.unsupported(golden.env_id);
  }
  for (const golden of file.random_maps) {
    tally.record(`random map ${golden.size}, ${golden.p}, seed ${golden.seed}`, () => {
      const desc = generateRandomMap(golden.size, golden.p, golden.seed);
      expect(desc).toEqual(golden.desc);
      checkStartValues(golden, frozenLakeRules({ desc }).P, [0]);
    });
  }
  tally.report();
});

function checkCase(golden: OptimalCase): void {
  const env = make<number, number>(golden.env_id, camelCased(golden.kwargs));
  expect(env.spec?.maxEpisodeSteps ?? null).toBe(golden.time_limit);
  expect(env.spec?.rewardThreshold ?? null).toBe(golden.reward_threshold);
  expect(env.actionSpace.describe()["n"]).toBe(golden.n_actions);
  const { unwrapped } = env;
  const P = unwrapped instanceof RulesEnv ? unwrapped.rules.P : undefined;
  if (P === undefined) throw new Error(`${golden.env_id} has no transition table`);
  expect(P.length).toBe(golden.n_states);

  expect(golden.start_uniform).toBe(true);
  const starts = startStates(golden, () => env.reset().observation);
  expect(reachable(P, starts).size).toBe(golden.reachable_nonterminal_states);
  checkStartValues(golden, P, starts);
  for (const key of Object.keys(golden)) {
    const gamma = /^V_gamma(.+)$/.exec(key)?.[1];
    if (gamma === undefined) continue;
    const { V } = valueIteration(P, { gamma: Number(gamma) });
    golden[key as `V_gamma${string}`]!.forEach((expected, state) => {
      expectNear(V[state]!, expected, `gamma ${gamma}: value of state ${state}`);
    });
  }
}

/** Where only their number is recorded, they are found by resetting until so many were seen. */
function startStates({ start_states: recorded }: OptimalCase, reset: () => number): readonly number[] {
  const count = typeof recorded === "number" ? recorded : recorded.length;
  const seen = new Set<number>();
  for (let resets = 0; resets < 100 * count; resets++) seen.add(reset());
  const states = [...seen].sort((a, b) => a - b);
  if (typeof recorded !== "number") expect(states).toEqual(recorded);
  expect(states).toHaveLength(count);
  return states;
}

/** States in which an action may be taken, from the starts on. */
function reachable(P: TransitionTable, starts: readonly number[]): Set<number> {
  const seen = new Set(starts);
  for (const state of seen) {
    for (const { nextState, terminated } of P[state]!.flat()) if (!terminated) seen.add(nextState);
  }
  return seen;
}

function checkStartValues(golden: OptimalValues, P: TransitionTable, starts: readonly number[]): void {
  const startValue = (values: Float64Array) =>
    starts.reduce((sum, state) => sum + values[state]!, 0) / starts.length;
  for (const [gamma, expected] of Object.entries(golden.V_start)) {
    expectNear(startValue(valueIteration(P, { gamma: Number(gamma) }).V), expected, `gamma ${gamma}`);
  }
  for (const [horizon, byGamma] of Object.entries(golden.V_start_finite_horizon)) {
    for (const [gamma, expected] of Object.entries(byGamma)) {
      const values = finiteHorizonValues(P, { gamma: Number(gamma), horizon: Number(horizon) });
      expectNear(startValue(values), expected, `horizon ${horizon}, gamma ${gamma}`);
    }
  }
}

function expectNear(got: number, expected: number, what: string): void {
  expect(Math.abs(got - expected), `${what}: ${got} for ${expected}`).toBeLessThanOrEqual(tolerance);
}
