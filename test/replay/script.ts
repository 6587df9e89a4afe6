import type { Generator } from "gymnasium-js";
import type { FieldSpec } from "../../src/replay/index.js";
import type { Move, Script } from "../../src/testing/replay-script.js";
import fc from "../properties.js";

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

/** Draws 0, 1, 2, ...: a batch of `size` rows then holds each transition once. */
export function inTurn(): Generator {
  let draw = 0;
  return { integers: (_low: number, high: number) => draw++ % high } as unknown as Generator;
}
