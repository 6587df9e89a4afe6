import { Generator, make } from "gymnasium-js";
import { Subject } from "rxjs";
import { expect, test } from "vitest";
import "../../src/envs/index.js";
import type { VectorPolicy } from "../../src/streams/index.js";
import { evaluate } from "../../src/training/index.js";

/** Leans with the pole: better than chance, and of lengths that differ. */
const lean: VectorPolicy = (observations) => {
  const rows = observations as Float32Array;
  return Int32Array.from({ length: rows.length / 4 }, (_, i) => (rows[i * 4 + 2]! > 0 ? 1 : 0));
};

function playAlone(seed: number): { total: number; length: number } {
  const env = make("CartPole-v1");
  let { observation } = env.reset({ seed });
  for (let total = 0, length = 1; ; length++) {
    const result = env.step((lean(observation as Float32Array, null) as Int32Array)[0]);
    observation = result.observation;
    total += result.reward;
    if (result.terminated || result.truncated) return { total, length };
  }
}

const options = { env: "CartPole-v1", policy: lean, episodes: 12, seed: 40, maxSteps: 100 };

test("plays exactly one episode from each seed, as alone", async () => {
  const result = (await evaluate(options))!;
  const alone = Array.from({ length: 12 }, (_, i) => playAlone(40 + i));
  expect(result.returns).toEqual(alone.map(({ total }) => total));
  expect(result.lengths).toEqual(alone.map(({ length }) => length));
  expect(new Set(result.returns).size).toBeGreaterThan(3);
  const mean = alone.reduce((sum, { total }) => sum + total, 0) / 12;
  const variance = alone.reduce((sum, { total }) => sum + (total - mean) ** 2, 0) / 12;
  expect(result.returnMean).toBeCloseTo(mean, 12);
  expect(result.returnStd).toBeCloseTo(Math.sqrt(variance), 12);
  expect(result).toMatchObject({ episodes: 12, lengthMean: mean });
});

test("many episodes are played some hundreds at a time, with the same seeds", async () => {
  const many = (await evaluate({ ...options, episodes: 1200 }))!;
  expect(many.returns).toHaveLength(1200);
  const [some] = [(await evaluate({ ...options, episodes: 3, seed: 40 + 1100 }))!];
  expect(many.returns.slice(1100, 1103)).toEqual(some.returns);
});

test("a policy that would play for ever is cut where the environment has no limit", async () => {
  const still: VectorPolicy = (observations) =>
    new Int32Array((observations as Uint8Array).length / 400).fill(0);
  const options = { env: "MinAtar/Breakout-v1", policy: still, episodes: 6, seed: 0 };
  const free = (await evaluate({ ...options, maxSteps: 1000 }))!;
  const cut = (await evaluate({ ...options, maxSteps: 7 }))!;
  expect(Math.max(...free.lengths)).toBeGreaterThan(7);
  expect(cut.lengths).toEqual(free.lengths.map((length) => Math.min(7, length)));
});

test("an environment's own limit counts, not ours", async () => {
  const upright: VectorPolicy = (observations) => {
    const rows = observations as Float32Array;
    return Int32Array.from({ length: rows.length / 4 }, (_, i) =>
      rows[i * 4 + 2]! + rows[i * 4 + 3]! > 0 ? 1 : 0,
    );
  };
  const result = (await evaluate({ ...options, policy: upright, maxSteps: 10 }))!;
  expect(result.returns).toContain(500);
});

test("is over without a result once it is stopped", async () => {
  const stop = new Subject<void>();
  let calls = 0;
  const policy: VectorPolicy = (observations, masks) => {
    if (++calls === 5) stop.next();
    return lean(observations, masks);
  };
  expect(await evaluate({ ...options, policy, stop })).toBeNull();
  expect(calls).toBe(5);
});

test("draws of a policy are its own: the same generator, the same result", async () => {
  const random = (seed: number): VectorPolicy => {
    const rng = new Generator(seed);
    return (observations) =>
      Int32Array.from({ length: (observations as Float32Array).length / 4 }, () => rng.integers(0, 2));
  };
  const [a, b, c] = await Promise.all(
    [1, 1, 2].map(async (seed) => (await evaluate({ ...options, policy: random(seed) }))!.returns),
  );
  expect(a).toEqual(b);
  expect(a).not.toEqual(c);
});

test("what a policy throws comes out", async () => {
  const policy: VectorPolicy = () => {
    throw new Error("no idea");
  };
  await expect(evaluate({ ...options, policy })).rejects.toThrow("no idea");
});
