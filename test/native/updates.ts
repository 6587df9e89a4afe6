// Makes some updates of the Nature CNN, big enough for threads, on the native engine, and prints a digest of the result.
import { createHash } from "node:crypto";
import { box, defaultRng, discrete } from "gymnasium-js";
import { createAgent } from "../../src/agents/index.js";
import { useEngine } from "../../src/tensors/index.js";

await useEngine("native");
const rows = 32;
const rng = defaultRng(5);
const agent = createAgent("dqn", {
  observationSpace: box({ low: 0, high: 255, shape: [84, 84], dtype: "uint8" }),
  actionSpace: discrete(4),
  numEnvs: 1,
  stack: 4,
  config: { net: { type: "nature" }, double: true },
  seed: 2,
});
const frames = () =>
  Uint8Array.from({ length: rows * 4 * 84 * 84 }, (_, i) => (i * 2654435761) >>> (24 + (i % 3)));
const hash = createHash("sha256");
for (let update = 0; update < 4; update++) {
  const { loss, gradientNorm } = agent.learn({
    size: rows,
    observations: frames(),
    actions: Int32Array.from({ length: rows }, () => rng.integers(0, 4)),
    rewards: Float32Array.from({ length: rows }, () => rng.integers(0, 2)),
    discounts: new Float32Array(rows).fill(0.99),
    nextObservations: frames().reverse(),
    nextActionMasks: null,
    weights: new Float32Array(rows).fill(1),
    indices: Int32Array.from({ length: rows }, (_, row) => row),
  });
  hash.update(JSON.stringify([loss, gradientNorm]));
}
for (const { data } of Object.values(agent.save().weights)) hash.update(data);
process.stdout.write(`${hash.digest("hex")}\n`);
