import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import "../../src/envs/index.js";
import { pointedStep } from "../../src/training/checkpoint.js";
import type { PartialConfig, RunConfig } from "../../src/training/index.js";
import { resolveConfig } from "../../src/training/index.js";

/** A folder that is gone after `work`. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ludus-test-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const tinyRun = {
  env: "CartPole-v1",
  seed: 3,
  steps: 4000,
  evaluation: { every: 1000, episodes: 3, finalEpisodes: 4, maxSteps: 200 },
  checkpoint: { every: 700 },
  metrics: { every: 100 },
};

/** Every part of a run of a DQN, small enough for a second. */
export function tinyConfig(...overrides: readonly PartialConfig[]): RunConfig {
  const dqn = {
    learn: { startAt: 200, every: 8, batchSize: 16 },
    replay: { capacity: 1500 },
    dqn: { net: { type: "mlp", hidden: [16] }, exploration: { steps: 1000 } },
  };
  return resolveConfig(tinyRun, dqn, ...overrides);
}

/** The same of a PQN; its rollouts are no divisor of the marks, so that runs stop in the middle of one. */
export function tinyPqnConfig(...overrides: readonly PartialConfig[]): RunConfig {
  const pqn = {
    agent: "pqn",
    numEnvs: 4,
    rollout: { length: 9, epochs: 2, minibatches: 3 },
    pqn: { net: { type: "mlp", hidden: [16], norm: "layer" }, exploration: { steps: 1000 } },
  };
  return resolveConfig(tinyRun, pqn, ...overrides);
}

/** Digests of what has to be equal to the byte: the metrics, and the newest checkpoint's own files. */
export function bytesOf(run: string): Record<string, string> {
  const checkpoint = join("checkpoints", `step-${pointedStep(run, "last")}`);
  const names = readdirSync(join(run, checkpoint)).filter((name) => name !== "checksums.json");
  return Object.fromEntries(
    ["metrics.jsonl", ...names.map((name) => join(checkpoint, name))].map((path) => [
      path,
      createHash("sha256")
        .update(readFileSync(join(run, path)))
        .digest("hex"),
    ]),
  );
}
