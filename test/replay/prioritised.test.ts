import { defaultRng, type Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { createReplay, type PrioritisedSampling, type Replay, ReplayError } from "../../src/replay/index.js";
import { PrioritisedSampler } from "../../src/replay/prioritised-sampler.js";
import { SumTree } from "../../src/replay/sum-tree.js";
import { NaiveReplay, rowsOf } from "../../src/testing/naive-replay.js";
import { play } from "../../src/testing/replay-script.js";
import fc from "../properties.js";
import { leastBytesPerRound } from "./heap.js";
import { scripts } from "./script.js";

const sampling: PrioritisedSampling = {
  type: "prioritised",
  alpha: 1,
  betaStart: 0.5,
  betaEnd: 1,
  betaUpdates: 4,
  epsilon: 0.5,
};

/** Draws these numbers of [0, 1), one after the other. */
function drawing(...values: number[]): Generator {
  const randomFill = (out: Float64Array) => out.map(() => values.shift()!);
  return { randomFill } as unknown as Generator;
}

/** Four members 0 to 3 with the priorities 1, 2, 3, 4, after one update. */
function oneToFour(changes: Partial<PrioritisedSampling> = {}): PrioritisedSampler {
  const sampler = new PrioritisedSampler({ ...sampling, ...changes }, 6);
  for (let slot = 0; slot < 4; slot++) sampler.insert(slot);
  // p = |tdError| + 0.5
  sampler.update(Int32Array.of(0, 1, 2, 3), [0.5, -1.5, 2.5, -3.5]);
  return sampler;
}

function draw(sampler: PrioritisedSampler, rng: Generator, rows: number) {
  const [slots, weights] = [new Int32Array(rows), new Float32Array(rows)];
  sampler.draw(rng, slots, weights);
  return { slots: [...slots], weights: [...weights] };
}

describe("a sum tree", () => {
  test("finds the leaf in whose range a number falls", () => {
    const tree = new SumTree(5);
    for (const [leaf, value] of [1, 0, 2, 0.5, 4].entries()) tree.set(leaf, value);
    expect(tree.total).toBe(7.5);
    // Ranges: [0, 1), none, [1, 3), [3, 3.5), [3.5, 7.5).
    const found = [0, 0.99, 1, 2.99, 3, 3.49, 3.5, 7.49].map((share) => tree.find(share));
    expect(found).toEqual([0, 0, 2, 2, 3, 3, 4, 4]);
    // What rounding may ask for: the total itself.
    expect(tree.find(7.5)).toBe(4);
    tree.set(4, 0);
    expect(tree.total).toBe(3.5);
    expect(tree.find(3.5)).toBe(3);
  });

  test("agrees with running sums, and forgets the order in which leaves were set", () => {
    const values = fc.array(fc.oneof(fc.constant(0), fc.double({ min: 1e-6, max: 1e6, noNaN: true })), {
      minLength: 1,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (leaves, share) => {
        const [tree, reversed] = [new SumTree(leaves.length), new SumTree(leaves.length)];
        leaves.forEach((value, leaf) => {
          tree.set(leaf, 3);
          tree.set(leaf, value);
        });
        for (let leaf = leaves.length - 1; leaf >= 0; leaf--) reversed.set(leaf, leaves[leaf]!);
        expect(reversed.total).toBe(tree.total);
        if (tree.total === 0) return;
        const found = tree.find(share * tree.total);
        expect(reversed.find(share * tree.total)).toBe(found);
        expect(leaves[found]).toBeGreaterThan(0);
        const before = leaves.slice(0, found).reduce((sum, value) => sum + value, 0);
        const tolerance = 1e-9 * tree.total;
        expect(before).toBeLessThanOrEqual(share * tree.total + tolerance);
        expect(before + leaves[found]!).toBeGreaterThanOrEqual(share * tree.total - tolerance);
      }),
    );
  });
});

describe("prioritised sampling", () => {
  test("draws once from each of as many equal ranges as there are rows", () => {
    // The sum is 10; members have [0, 1), [1, 3), [3, 6), [6, 10); ranges of 2.5.
    // 0.5 * 2.5 = 1.25 -> 1; 2.5 + 0.1 * 2.5 = 2.75 -> 1; 5 + 0.5 * 2.5 = 6.25 -> 3; 7.5 -> 3.
    expect(draw(oneToFour(), drawing(0.5, 0.1, 0.5, 0), 4).slots).toEqual([1, 1, 3, 3]);
    expect(draw(oneToFour(), drawing(0.39, 0.21, 0.39, 0), 4).slots).toEqual([0, 2, 2, 3]);
  });

  test("weights are (N P)^-beta over their largest, with beta annealed by the updates", () => {
    const sampler = oneToFour();
    // After one of four updates: beta = 0.5 + 0.5 / 4.
    expect(sampler.beta).toBe(0.625);
    const { slots, weights } = draw(sampler, drawing(0.39, 0.21, 0.39, 0), 4);
    const raw = slots.map((slot) => (4 * ((slot + 1) / 10)) ** -0.625);
    for (const [row, weight] of weights.entries()) {
      expect(weight).toBeCloseTo(raw[row]! / Math.max(...raw), 6);
    }
    const betas: number[] = [];
    for (let i = 0; i < 5; i++) {
      sampler.update(new Int32Array(0), []);
      betas.push(sampler.beta);
    }
    expect(betas).toEqual([0.75, 0.875, 1, 1, 1]);
    // At beta 1: 1 / p over the batch's smallest p.
    expect(draw(sampler, drawing(0.5, 0.1, 0.5, 0), 4).weights).toEqual([1, 1, 0.5, 0.5]);
  });

  test("alpha 0 is uniform; alpha 0.5 takes roots", () => {
    const flat = draw(oneToFour({ alpha: 0 }), drawing(0.9, 0.9, 0.9, 0.9), 4);
    expect(flat).toEqual({ slots: [0, 1, 2, 3], weights: [1, 1, 1, 1] });
    const roots = oneToFour({ alpha: 0.5 }).state();
    expect([...roots].slice(2)).toEqual([1, Math.SQRT2, Math.sqrt(3), 2]);
  });

  test("what is new has the largest priority that was ever seen", () => {
    const sampler = oneToFour();
    sampler.remove(3);
    sampler.insert(5);
    expect([...sampler.members()]).toEqual([0, 1, 2, 5]);
    expect([...sampler.state()]).toEqual([1, 4, 1, 2, 3, 4]);
    const fresh = new PrioritisedSampler(sampling, 6);
    fresh.insert(2);
    expect([...fresh.state()]).toEqual([0, 1, 1]);
  });

  test("slots outside the set are passed over, and TD errors that are no numbers refused", () => {
    const sampler = oneToFour();
    sampler.update(Int32Array.of(5, 0), [9, 0.25]);
    expect([...sampler.state()]).toEqual([2, 4, 0.75, 2, 3, 4]);
    expect(() => sampler.update(Int32Array.of(0, 1), [2, Number.NaN])).toThrow(
      "Row 1 has a TD error of NaN, expected a finite number for each of the 2 rows.",
    );
    expect(() => sampler.update(Int32Array.of(0, 1), [2])).toThrow(/Row 1 has a TD error of undefined/);
    expect([...sampler.state()]).toEqual([2, 4, 0.75, 2, 3, 4]);
  });

  test("frequencies are the shares of the priorities", () => {
    const sampler = new PrioritisedSampler({ ...sampling, alpha: 0.7 }, 16);
    const errors = Array.from({ length: 16 }, (_, slot) => slot ** 2 / 10);
    for (let slot = 0; slot < 16; slot++) sampler.insert(slot);
    sampler.update(
      Int32Array.from(errors, (_, slot) => slot),
      errors,
    );
    const priorities = errors.map((error) => (error + 0.5) ** 0.7);
    const total = priorities.reduce((sum, priority) => sum + priority, 0);
    const rng = defaultRng(5);
    const [batches, rows] = [4000, 5];
    const counts = new Array<number>(16).fill(0);
    for (let i = 0; i < batches; i++) for (const slot of draw(sampler, rng, rows).slots) counts[slot]!++;
    // Strata only make counts less spread than the binomial's, whose deviation is sqrt(n p (1 - p)).
    for (const [slot, count] of counts.entries()) {
      const p = priorities[slot]! / total;
      const deviation = Math.sqrt(batches * rows * p * (1 - p));
      expect(Math.abs(count - batches * rows * p), `slot ${slot}`).toBeLessThan(4 * deviation);
    }
  });
});

describe("a prioritised replay", () => {
  /** Learns errors that depend on what was sampled; whatever a batch has comes out. */
  function learn(replay: Replay, rng: Generator, rows = 6): unknown {
    if (replay.size === 0) return null;
    const batch = replay.sample(rng, rows);
    replay.updatePriorities(
      batch.indices,
      Float32Array.from(batch.rewards, (reward, row) => reward + batch.actions[row]! / 7),
    );
    return structuredClone(batch);
  }

  test("samples what a naive one holds, with stacks, n-step returns and masks", () => {
    fc.assert(
      fc.property(scripts, (script) => {
        const replay = createReplay({ ...script.config, sampling });
        const naive = new NaiveReplay(script.config);
        const rng = defaultRng(1);
        for (const step of play(script)) {
          replay.add(step);
          naive.add(step);
          const held = new Set(naive.rows().map((row) => JSON.stringify(row)));
          expect(replay.size).toBe(naive.rows().length);
          if (learn(replay, rng) === null) continue;
          for (const row of rowsOf(replay.sample(rng, 6))) expect(held).toContain(JSON.stringify(row));
        }
      }),
      { numRuns: 100 },
    );
  });

  test("saved at any step and loaded elsewhere, it goes on as if nothing had happened, to the last bit", () => {
    fc.assert(
      fc.property(scripts, fc.nat(59), (script, savedAfter) => {
        const config = { ...script.config, sampling };
        const replay = createReplay(config);
        let other: Replay | null = null;
        let made = 0;
        for (const step of play(script)) {
          replay.add(step);
          other?.add(step);
          const batch = learn(replay, defaultRng(made));
          if (other) expect(learn(other, defaultRng(made))).toEqual(batch);
          if (made++ !== savedAfter) continue;
          other = createReplay(config);
          for (const step of play(script, 20_000)) other.add(step);
          learn(other, defaultRng(0));
          other.load(replay.save());
          expect(Buffer.compare(other.save(), replay.save())).toBe(0);
        }
      }),
      { numRuns: 100 },
    );
  });

  const config = {
    element: {
      observation: { shape: [], dtype: "int32" as const },
      action: { shape: [], dtype: "int32" as const },
      actionMask: 0,
    },
    numEnvs: 1,
    capacity: 4,
    nStep: 1,
    gamma: 0.5,
    stack: 1,
  };
  const steps = (count: number) =>
    play({
      config,
      steps: Array.from({ length: count }, () => [{ reward: 1, end: "none", resetBefore: false }]),
    });

  test("a save with priorities that make no sense, or of another sampling, is refused", () => {
    const replay = createReplay({ ...config, sampling });
    for (const step of steps(4)) replay.add(step);
    const uniform = createReplay(config);
    expect(() => uniform.load(replay.save())).toThrow(
      /has sampling \{"type":"prioritised".*\}, but this one has undefined/,
    );
    expect(() => createReplay({ ...config, sampling }).load(uniform.save())).toThrow(
      /has sampling undefined, but this one has \{"type":"prioritised"/,
    );
    const sampler = new PrioritisedSampler(sampling, 6);
    expect(sampler.faultOf(Float64Array.of(1, 4, 1), 2)).toBe(
      "there are 3 numbers of priorities, expected 4",
    );
    expect(sampler.faultOf(Float64Array.of(0.5, 4, 1, 2), 2)).toMatch(/^0.5 updates/);
    expect(sampler.faultOf(Float64Array.of(1, 4, 0, 2), 2)).toMatch(/^a priority is 0/);
    expect(sampler.faultOf(Float64Array.of(1, 4, 5, 2), 2)).toMatch(/^a priority is 5, .* at most 4/);
    expect(sampler.faultOf(Float64Array.of(1, 4, Number.NaN, 2), 2)).toMatch(/^a priority is NaN/);
    expect(sampler.faultOf(Float64Array.of(1, 4, 4, 2), 2)).toBeNull();
  });

  test.each([
    [{ alpha: 1.5 }, "sampling.alpha is 1.5, expected a number from 0 to 1."],
    [{ betaStart: -1 }, "sampling.betaStart is -1, expected a number from 0 to 1."],
    [{ betaEnd: Number.NaN }, "sampling.betaEnd is NaN, expected a number from 0 to 1."],
    [{ betaUpdates: 0 }, "sampling.betaUpdates is 0, expected an integer of at least 1."],
    [{ epsilon: 0 }, "sampling.epsilon is 0, expected a number above 0."],
  ])("%o is refused", (wrong, message) => {
    const make = () => createReplay({ ...config, sampling: { ...sampling, ...wrong } });
    expect(make).toThrow(ReplayError);
    expect(make).toThrow(message);
  });

  test("under uniform sampling, priorities change nothing", () => {
    const [one, other] = [createReplay(config), createReplay(config)];
    for (const replay of [one, other]) for (const step of steps(4)) replay.add(step);
    one.updatePriorities(Int32Array.of(0, 1), [5, 0]);
    expect(one.save()).toEqual(other.save());
  });

  test("sampling and updating allocate nothing, and a step takes as long as the logarithm of the capacity", () => {
    const large = createReplay({ ...config, capacity: 200_000, sampling });
    for (const step of steps(200_010)) large.add(step);
    const rng = defaultRng(0);
    const errors = new Float32Array(32);
    const run = (rounds: number) => {
      for (let i = 0; i < rounds; i++) {
        const { indices } = large.sample(rng, 32);
        errors.fill(i % 7);
        large.updatePriorities(indices, errors);
      }
    };
    expect(leastBytesPerRound(1000, run)).toBeLessThan(300);
    const { user: start } = process.cpuUsage();
    run(3000);
    // 32 rows, found and set: some 2,000 nodes. A scan of the priorities would read 6,400,000.
    expect((process.cpuUsage().user - start) / 1000 / 3000).toBeLessThan(1);
  });
});
