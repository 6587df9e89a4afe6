import fc from "fast-check";
import type { Generator } from "gymnasium-js";
import type { FieldSpec, ReplayConfig, TransitionBatch } from "../../src/replay/index.js";
import { arrayFor } from "./naive.js";

/** What one sub-environment does in one step. */
export interface Move {
  reward: number;
  end: "none" | "terminated" | "truncated" | "both";
  /** The environment was reset from outside just before. */
  resetBefore: boolean;
}

export interface Script {
  config: ReplayConfig;
  /** Per step and sub-environment. */
  steps: Move[][];
}

/** Shapes that are moved in different ways: words and bytes, by loop and by `copyWithin`. */
const observationFields: FieldSpec[] = [
  { shape: [3], dtype: "uint8" },
  { shape: [2, 2], dtype: "uint8" },
  { shape: [], dtype: "int32" },
  { shape: [2], dtype: "float32" },
  { shape: [71], dtype: "uint8" },
  { shape: [5, 60], dtype: "uint8" },
];

const actionFields: FieldSpec[] = [
  { shape: [], dtype: "int32" },
  { shape: [2], dtype: "float32" },
];

const moves: fc.Arbitrary<Move> = fc.record({
  reward: fc.integer({ min: -4, max: 4 }),
  end: fc.oneof(
    { arbitrary: fc.constant("none" as const), weight: 6 },
    { arbitrary: fc.constantFrom("terminated" as const, "truncated" as const, "both" as const), weight: 2 },
  ),
  resetBefore: fc.oneof(
    { arbitrary: fc.constant(false), weight: 12 },
    { arbitrary: fc.constant(true), weight: 1 },
  ),
});

/** gamma and rewards are such that every sum is exact in 32 bits, whatever the order of operations. */
export const scripts: fc.Arbitrary<Script> = fc
  .record({
    observation: fc.constantFrom(...observationFields),
    action: fc.constantFrom(...actionFields),
    actionMask: fc.constantFrom(0, 3),
    numEnvs: fc.integer({ min: 1, max: 3 }),
    perEnv: fc.integer({ min: 1, max: 12 }),
    remainder: fc.nat(2),
    nStep: fc.integer({ min: 1, max: 5 }),
    gamma: fc.constantFrom(1, 0.5, 0),
    stack: fc.integer({ min: 1, max: 4 }),
  })
  .chain(({ observation, action, actionMask, numEnvs, perEnv, remainder, ...rest }) =>
    fc.record({
      config: fc.constant({
        element: { observation, action, actionMask },
        numEnvs,
        capacity: perEnv * numEnvs + (remainder % numEnvs),
        ...rest,
      }),
      steps: fc.array(fc.array(moves, { minLength: numEnvs, maxLength: numEnvs }), {
        minLength: 1,
        maxLength: 60,
      }),
    }),
  );

/**
 * Plays a script: environments whose frames, actions and masks are all different. Arrays are reused.
 * @param firstId another one gives other frames
 */
export function* play({ config, steps }: Script, firstId = 0): Generator_<TransitionBatch> {
  const { element, numEnvs } = config;
  const observations = batch(element.observation, numEnvs);
  const next = batch(element.observation, numEnvs);
  const finals = batch(element.observation, numEnvs);
  const actions = batch(element.action, numEnvs);
  const rewards = new Float64Array(numEnvs);
  const [terminations, truncations] = [new Uint8Array(numEnvs), new Uint8Array(numEnvs)];
  const masks = element.actionMask === 0 ? null : new Uint8Array(numEnvs * element.actionMask);
  let drawn = firstId;
  for (let env = 0; env < numEnvs; env++) fill(next, env, numEnvs, ++drawn);
  for (const step of steps) {
    observations.set(next);
    step.forEach(({ reward, end, resetBefore }, env) => {
      if (resetBefore) fill(observations, env, numEnvs, ++drawn);
      fill(actions, env, numEnvs, ++drawn);
      rewards[env] = reward;
      terminations[env] = end === "terminated" || end === "both" ? 1 : 0;
      truncations[env] = end === "truncated" || end === "both" ? 1 : 0;
      fill(next, env, numEnvs, ++drawn);
      // Rows of episodes that go on hold nonsense.
      fill(finals, env, numEnvs, ++drawn);
      masks?.forEach((_, i) => {
        masks[i] = (drawn >> i) & 1;
      });
    });
    const ended = step.some(({ end }) => end !== "none");
    yield {
      observations,
      actions,
      next: {
        observations: next,
        rewards,
        terminations,
        truncations,
        finalObservations: ended ? finals : null,
      },
      nextActionMasks: masks,
    };
  }
}

type Generator_<T> = globalThis.Generator<T, void, void>;

function batch(field: FieldSpec, numEnvs: number) {
  return arrayFor(
    field,
    field.shape.reduce((product, extent) => product * extent, numEnvs),
  );
}

/** A row that tells which number it was made from, in base 200. */
function fill(rows: ReturnType<typeof batch>, env: number, numEnvs: number, id: number): void {
  const size = rows.length / numEnvs;
  for (let i = 0; i < size; i++)
    rows[env * size + i] = size === 1 ? id : Math.floor(id / 200 ** (i % 2)) % 200;
}

/** Draws 0, 1, 2, ...: a batch of `size` rows then holds each transition once. */
export function inTurn(): Generator {
  let draw = 0;
  return { integers: (_low: number, high: number) => draw++ % high } as unknown as Generator;
}
