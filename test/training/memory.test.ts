import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import "../../src/envs/index.js";
import { tf } from "../../src/tensors/index.js";
import { type PartialConfig, resolveConfig, train } from "../../src/training/index.js";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const agents: Record<string, PartialConfig> = {
  dqn: {
    learn: { every: 8, batchSize: 32 },
    replay: { capacity: 10_000 },
    dqn: { net: { type: "mlp", hidden: [32, 32] } },
  },
  pqn: {
    rollout: { length: 16, epochs: 1, minibatches: 4 },
    pqn: { net: { type: "mlp", hidden: [32, 32], norm: "layer" } },
  },
  ppo: {
    rollout: { length: 64, epochs: 1, minibatches: 4 },
    ppo: { net: { type: "mlp", hidden: [32, 32] } },
  },
};

test.each(Object.entries(agents))(
  "tensors and memory of a %s stay flat over 100,000 steps",
  async (agent, parts) => {
    const runs = mkdtempSync(join(tmpdir(), "ludus-memory-"));
    const samples: { step: number; tensors: number; bytes: number; heap: number; rss: number }[] = [];
    try {
      await train({
        config: resolveConfig(parts, {
          agent,
          env: "CartPole-v1",
          steps: 100_000,
          numEnvs: 16,
          evaluation: { every: 20_000, episodes: 2, finalEpisodes: 2 },
          checkpoint: { every: 20_000 },
        }),
        runs,
        onEvent: (event) => {
          if (event.event !== "checkpoint") return;
          collectGarbage();
          const { numTensors, numBytes } = tf.memory();
          const { heapUsed, rss } = process.memoryUsage();
          samples.push({ step: event.step, tensors: numTensors, bytes: numBytes, heap: heapUsed, rss });
        },
      });
    } finally {
      rmSync(runs, { recursive: true, force: true });
    }
    expect(samples.length).toBeGreaterThanOrEqual(5);
    // The first fifth fills the replay and brings every buffer to its size; V8 needs longer for its young generation.
    const [settled, resident, last] = [samples[0]!, samples[1]!, samples.at(-1)!];
    console.log(
      samples.map(({ step, heap, rss }) => `${step}: ${mebibytes(heap)}, ${mebibytes(rss)}`).join("; "),
    );
    expect(last.tensors).toBe(settled.tensors);
    expect(last.bytes).toBe(settled.bytes);
    expect(last.heap - settled.heap).toBeLessThan(4 * 2 ** 20);
    expect(last.rss - resident.rss).toBeLessThan(32 * 2 ** 20);
  },
);

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`;
}
