import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import "./class-env.js";
import { pointedStep } from "../../src/training/checkpoint.js";
import {
  evaluateStored,
  listRuns,
  openActing,
  openPolicy,
  openRun,
  type PartialConfig,
  resume,
  train,
} from "../../src/training/index.js";
import { inFolder, tinyConfig, tinyPqnConfig } from "./tiny-runs.js";

test("a PQN's run makes its updates after each rollout, and keeps one instead of a replay", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyPqnConfig({ steps: 400 }), runs });
    // 4 environments: 100 vector steps are 11 rollouts of 9 and one more step, each 2 epochs of 3 minibatches.
    expect(done).toMatchObject({ agent: "pqn", steps: 400, updates: 11 * 6, evalEpisodes: 4 });
    expect(readdirSync(join(done.run, "checkpoints", "step-400")).sort()).toEqual([
      "checksums.json",
      "optimizer.safetensors",
      "rollout.bin",
      "state.json",
      "weights.safetensors",
    ]);
  }));

test("what a PQN has learnt is played as it was in the run", () =>
  inFolder(async (runs) => {
    const config = tinyPqnConfig({ steps: 800, rollout: { stack: 2 } });
    const done = await train({ config, runs });
    const run = openRun(done.run);
    const stored = await openPolicy(run, { checkpoint: "best" });
    const { returnMean } = await evaluateStored(stored, { episodes: 4, seed: config.seed + 2_000_000_000 });
    stored.dispose();
    expect(returnMean).toBe(done.evalReturnMean);
    const acting = await openActing(run, "last");
    expect(acting.choose(new Float32Array(4)).values).toHaveLength(2);
    acting.dispose();
  }));

const explosive: Record<string, [typeof tinyConfig, PartialConfig]> = {
  dqn: [tinyConfig, { dqn: { loss: "mse" } }],
  pqn: [tinyPqnConfig, { pqn: { net: { type: "mlp", hidden: [16], norm: "none" } } }],
};

test.each(Object.entries(explosive))(
  "action values of a %s that diverge end the run, which names the checkpoint from before",
  (agent, [tiny, settings]) =>
    inFolder(async (runs) => {
      const optimizer = { name: "sgd", learningRate: 1e12 };
      const config = tiny(settings, { [agent]: { optimizer }, checkpoint: { every: 20 } });
      const error = await train({ config, runs }).catch((thrown: unknown) => thrown);
      const [run] = listRuns(runs);
      const last = pointedStep(run!.path, "last")!;
      expect(last).toBeGreaterThan(0);
      expect(error).toMatchObject({ code: "diverged", exitCode: 1 });
      expect((error as Error).message).toMatch(/^Update \d+ has a loss or gradient of /);
      expect((error as Error).message).toContain(
        `The checkpoint of step ${last}, from before, is whole: \`ludus eval ${run!.path} --checkpoint ${last}\``,
      );
      const stored = await openPolicy(openRun(run!.path), { checkpoint: last });
      stored.dispose();
      await expect(resume(openRun(run!.path))).rejects.toMatchObject({ code: "diverged" });
    }),
);
