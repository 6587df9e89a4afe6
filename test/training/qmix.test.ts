import { readdirSync } from "node:fs";
import { join } from "node:path";
import { defineEnv, register } from "gymnasium-js";
import { expect, test } from "vitest";
import { teamRules, twoStep } from "../../src/multiagent/index.js";
import {
  describeAgents,
  evaluateStored,
  openActing,
  openPolicy,
  openRun,
  type PartialConfig,
  reportPolicy,
  resolveConfig,
  resume,
  train,
} from "../../src/training/index.js";
import { bytesOf, inFolder } from "./tiny-runs.js";

register(defineEnv({ ...teamRules(twoStep()), id: "Test/TwoStepTeam-v0" }));

/** Every part of a run of a team, small. */
function tinyTeam(agent: "qmix" | "vdn", ...overrides: readonly PartialConfig[]) {
  const tiny = {
    ...{ agent, env: "Test/TwoStepTeam-v0", seed: 3, steps: 2000, numEnvs: 4 },
    learn: { startAt: 100, every: 4, batchSize: 16 },
    replay: { capacity: 500 },
    [agent]: { net: { type: "mlp", hidden: [16] }, target: { type: "hard", every: 20 } },
    evaluation: { every: 1000, episodes: 3, finalEpisodes: 4, maxSteps: 10 },
    checkpoint: { every: 700 },
    metrics: { every: 100 },
  };
  return resolveConfig(tiny, ...overrides);
}

test("teams are offered by both names", () => {
  const names = describeAgents().map(({ name }) => name);
  expect(names).toContain("qmix");
  expect(names).toContain("vdn");
  expect(tinyTeam("qmix")).toMatchObject({ qmix: { mixing: { type: "monotonic" } } });
  expect(() => tinyTeam("vdn", { vdn: { mixing: { type: "sum" } } })).toThrow(/vdn.mixing/);
});

test("a team's run makes its updates when they are due, and keeps its replay and target nets", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyTeam("qmix", { steps: 400 }), runs });
    expect(done).toMatchObject({ agent: "qmix", steps: 400, updates: 75, evalEpisodes: 4 });
    expect(readdirSync(join(done.run, "checkpoints", "step-400")).sort()).toEqual([
      "checksums.json",
      "optimizer.safetensors",
      "replay.bin",
      "state.json",
      "target.safetensors",
      "weights.safetensors",
    ]);
  }));

const variants: Record<string, ReturnType<typeof tinyTeam>> = {
  vdn: tinyTeam("vdn"),
  qmix: tinyTeam("qmix"),
  "qmix with every switch turned": tinyTeam("qmix", {
    numEnvs: 3,
    qmix: {
      ...{ agentId: false, double: false, nStep: 2, loss: "huber", rewardScale: 0.1 },
      mixing: { type: "monotonic", embedding: 8, hypernet: 0 },
      target: { type: "soft", tau: 0.05 },
      learningRate: { type: "cosine", steps: 2000 },
    },
  }),
};

test.each(Object.entries(variants))("%s: the same bytes in one go, again, and in legs", (_, config) =>
  inFolder(async (runs) => {
    const whole = await train({ config, runs });
    const again = await train({ config, runs, onEvent: () => {}, onProgress: () => {} });
    expect(bytesOf(again.run)).toEqual(bytesOf(whole.run));
    let leg = await train({ config, runs, stopAfter: 1 });
    for (const stopAfter of [517, 1250]) leg = await resume(openRun(leg.run), { stopAfter });
    expect(leg.interrupted).toBe(true);
    const resumed = await resume(openRun(leg.run));
    const { seconds: _s, stepsPerSecond: _r, run: _run, ...figures } = whole;
    expect(resumed).toMatchObject(figures);
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
  }),
);

test("what a team has learnt is played as it was in the run", () =>
  inFolder(async (runs) => {
    const config = tinyTeam("qmix", { steps: 800 });
    const done = await train({ config, runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "best" });
    const seed = config.seed + 2_000_000_000;
    const { returnMean } = await evaluateStored(stored, { episodes: 4, seed });
    expect(returnMean).toBe(done.evalReturnMean);
    // Actions of several agents are not numbered, so that there is nothing to compare values with.
    expect(await reportPolicy(stored, { episodes: 4, seed })).toMatchObject({
      ...{ returnMean, actions: null, calibration: null },
    });
    stored.dispose();
    const acting = await openActing(run, "last");
    acting.restart();
    const choice = acting.choose(Uint8Array.of(1, 0, 0, 1, 0, 0, 1, 0, 0));
    expect(choice.values).toHaveLength(2 * 2);
    const best = [0, 2].map((at) => (choice.values![at + 1]! > choice.values![at]! ? 1 : 0));
    expect([...(choice.action as Int32Array)]).toEqual(best);
    acting.dispose();
  }));

test("environments of one agent are refused in one sentence", () =>
  inFolder(async (runs) => {
    const config = tinyTeam("qmix", { env: "CartPole-v1" });
    await expect(train({ config, runs })).rejects.toThrow(/To learn as a team needs an arena/);
  }));
