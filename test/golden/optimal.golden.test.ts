import type { TransitionTable } from "gymnasium-js";
import { expect, test } from "vitest";
import {
  type FrozenLakeKwargs,
  frozenLake,
  frozenLake8x8,
  frozenLakeRules,
  generateRandomMap,
} from "../../src/envs/index.js";
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
  start_states: readonly number[] | number;
  "V_gamma0.99": readonly number[];
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
const lakes = new Map([frozenLake, frozenLake8x8].map((definition) => [definition.id, definition]));

test("optimal.json: values by the transition tables, and random maps", () => {
  const { file, label } = goldenOrStandingCopy<OptimalFile>("optimal.json");
  const tally = new GoldenTally(label);
  for (const golden of file.cases) {
    if (lakes.has(golden.env_id)) tally.record(golden.id, () => checkCase(golden));
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
  const { mapName, ...kwargs } = camelCased(golden.kwargs) as FrozenLakeKwargs;
  const defaultMap = golden.env_id === frozenLake8x8.id ? "8x8" : "4x4";
  const { P, actionSpace } = frozenLakeRules({ ...kwargs, mapName: mapName ?? defaultMap });
  expect(P.length).toBe(golden.n_states);
  expect(actionSpace.describe()["n"]).toBe(golden.n_actions);
  checkStartValues(golden, P, golden.start_states as readonly number[]);
  const values = optimalValues(P, 0.99);
  golden["V_gamma0.99"].forEach((expected, state) => {
    expectNear(values[state]!, expected, `value of state ${state}`);
  });
}

function checkStartValues(golden: OptimalValues, P: TransitionTable, starts: readonly number[]): void {
  const startValue = (values: Float64Array) =>
    starts.reduce((sum, state) => sum + values[state]!, 0) / starts.length;
  for (const [gamma, expected] of Object.entries(golden.V_start)) {
    expectNear(startValue(optimalValues(P, Number(gamma))), expected, `gamma ${gamma}`);
  }
  for (const [horizon, byGamma] of Object.entries(golden.V_start_finite_horizon)) {
    for (const [gamma, expected] of Object.entries(byGamma)) {
      const values = optimalValues(P, Number(gamma), Number(horizon));
      expectNear(startValue(values), expected, `horizon ${horizon}, gamma ${gamma}`);
    }
  }
}

/** V(s) = max_a sum_k p (r + gamma V(s')), without V(s') where the episode ends; `sweeps` of them from V = 0. */
function optimalValues(P: TransitionTable, gamma: number, sweeps = 20_000): Float64Array {
  let values = new Float64Array(P.length);
  for (let sweep = 0; sweep < sweeps; sweep++) {
    const next = Float64Array.from(P, (actions) =>
      Math.max(
        ...actions.map((outcomes) =>
          outcomes.reduce(
            (sum, { probability, nextState, reward, terminated }) =>
              sum + probability * (reward + (terminated ? 0 : gamma * values[nextState]!)),
            0,
          ),
        ),
      ),
    );
    const change = next.reduce(
      (largest, value, state) => Math.max(largest, Math.abs(value - values[state]!)),
      0,
    );
    values = next;
    if (change < 1e-14) break;
  }
  return values;
}

function expectNear(got: number, expected: number, what: string): void {
  expect(Math.abs(got - expected), `${what}: ${got} for ${expected}`).toBeLessThanOrEqual(tolerance);
}
