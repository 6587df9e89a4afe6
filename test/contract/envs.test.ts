import { make, makeVec, registry } from "gymnasium-js";
import { testEnv, testVectorEnv } from "ludus/testing";
import { describe, expect, test } from "vitest";
import "../../src/envs/index.js";

test("there are environments to test", () => {
  expect(registry.size).toBeGreaterThanOrEqual(5);
});

/** Environments in which the draws that are made decide nothing. */
const withoutChance: Readonly<Record<string, string>> = {
  "CliffWalking-v1": "on firm ground the draws of Gymnasium's step select among one outcome",
};

describe.each([...registry.keys()])("%s", (id) => {
  const makeEnv = () => make(id);
  const reason = withoutChance[id];
  testEnv(makeEnv, { test, ...(reason === undefined ? {} : { skip: { randomness: reason } }) });
  testVectorEnv((numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode }), {
    test,
    makeEnv,
    name: "native",
  });
  testVectorEnv(
    (numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode, vectorizationMode: "sync" }),
    { test, makeEnv, name: "sync" },
  );
  // Short episodes, so that truncation and the resets after it come often.
  testVectorEnv((numEnvs, autoresetMode) => makeVec(id, { numEnvs, autoresetMode, maxEpisodeSteps: 7 }), {
    test,
    makeEnv: () => make(id, { maxEpisodeSteps: 7 }),
    name: "with a limit of 7 steps",
  });
});
