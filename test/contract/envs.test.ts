import { make, makeVec, registry } from "gymnasium-js";
import { testEnv, testVectorEnv } from "ludus/testing";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";

test("there are environments to test", () => {
  expect(registry.size).toBeGreaterThanOrEqual(40);
});

/** Environments in which the draws that are made decide nothing. */
const withoutChance: Readonly<Record<string, string>> = {
  "CliffWalking-v1": "on firm ground the draws of Gymnasium's step select among one outcome",
};

interface Effort {
  steps?: number;
  seeds?: number[];
}

/** Pictures take time to copy and compare, and what is made of the same rules in another way is played less. */
function effortFor(id: string): { full: Effort; brief: Effort } {
  const { shape } = make(id).observationSpace;
  const values = (shape ?? []).reduce((product, extent) => product * extent, 1);
  if (values > 50_000) return { full: { steps: 40, seeds: [0, 1] }, brief: { steps: 20, seeds: [0] } };
  return values > 5000
    ? { full: { steps: 80, seeds: [0, 1] }, brief: { steps: 40, seeds: [0] } }
    : { full: { steps: 150, seeds: [0, 1, 2] }, brief: { steps: 60, seeds: [0, 1] } };
}

describe.each([...registry.keys()])("%s", (id) => {
  const makeEnv = () => make(id);
  const reason = withoutChance[id];
  const { full, brief } = effortFor(id);
  testEnv(makeEnv, { test, ...full, ...(reason === undefined ? {} : { skip: { randomness: reason } }) });
  testVectorEnv((numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode }), {
    test,
    ...full,
    makeEnv,
    name: "native",
  });
  testVectorEnv(
    (numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode, vectorizationMode: "sync" }),
    { test, ...brief, makeEnv, name: "sync" },
  );
  // Short episodes, so that truncation and the resets after it come often.
  testVectorEnv((numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode, maxEpisodeSteps: 7 }), {
    test,
    ...brief,
    makeEnv: () => make(id, { maxEpisodeSteps: 7 }),
    name: "with a limit of 7 steps",
  });
});
