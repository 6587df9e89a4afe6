import { box, discrete, Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent, type DrqnConfigInput, type SequenceBatch } from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";

const inputs = 3;
const units = 4;
const sequence = { length: 3, burnIn: 2 };

function make(config: DrqnConfigInput = {}, { eager = false, numEnvs = 2, stack = 1 } = {}) {
  return createAgent("drqn", {
    observationSpace: box({ low: -1, high: 1, shape: [inputs] }),
    actionSpace: discrete(4),
    ...{ numEnvs, stack, eager, seed: 5 },
    config: { net: { type: "mlp", hidden: [6] }, lstm: { units }, sequence, ...config },
  });
}

const uniform = (rng: Generator, length: number) => Float32Array.from({ length }, () => rng.uniform(-1, 1));

/** Random sequences. @param steps of each row: burn-in and learnt */
function batchOf(rng: Generator, steps: readonly (readonly [number, number])[]): SequenceBatch {
  const size = steps.length;
  const rows = sequence.length * size;
  return {
    size,
    observations: uniform(rng, (sequence.burnIn + sequence.length + 1) * size * inputs),
    hidden: uniform(rng, size * units),
    cell: uniform(rng, size * units),
    burnInSteps: Int32Array.from(steps, ([burnIn]) => burnIn),
    learntSteps: Int32Array.from(steps, ([, learnt]) => learnt),
    actions: Int32Array.from({ length: rows }, () => rng.integers(0, 4)),
    rewards: uniform(rng, rows),
    discounts: new Float32Array(rows).fill(0.9),
    nextActionMasks: null,
  };
}

/** One row of a batch, of `[steps, size, width]` in each array. */
function rowOf(batch: SequenceBatch, row: number): SequenceBatch {
  const { size } = batch;
  const pick = <T extends Float32Array | Int32Array>(values: T, width: number): T => {
    const steps = values.length / size / width;
    const found = values.slice(0, steps * width) as T;
    for (let step = 0; step < steps; step++) {
      const from = (step * size + row) * width;
      found.set(values.subarray(from, from + width), step * width);
    }
    return found;
  };
  return {
    size: 1,
    observations: pick(batch.observations as Float32Array, inputs),
    hidden: pick(batch.hidden, units),
    cell: pick(batch.cell, units),
    burnInSteps: pick(batch.burnInSteps, 1),
    learntSteps: pick(batch.learntSteps, 1),
    actions: pick(batch.actions, 1),
    rewards: pick(batch.rewards, 1),
    discounts: pick(batch.discounts, 1),
    nextActionMasks: null,
  };
}

describe.each(localEngines)("a DRQN on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  /** What an agent makes of its first batch. */
  const learntFrom = (batch: SequenceBatch) => {
    const agent = make({ optimizer: { name: "sgd", learningRate: 1 } });
    const { loss } = agent.learn(batch);
    const weights = Object.values(agent.save().weights).flatMap(({ data }) => [...data]) as number[];
    agent.dispose();
    return { loss, weights };
  };
  const lossOf = (batch: SequenceBatch): number => learntFrom(batch).loss;

  test("learns of a batch the mean over all steps, whatever stands where rows lack some", () => {
    const batch = batchOf(new Generator(1), [
      [0, 1],
      [2, 3],
      [1, 2],
    ]);
    const losses = [0, 1, 2].map((row) => lossOf(rowOf(batch, row)));
    const [a, b, c] = losses as [number, number, number];
    expect(lossOf(batch)).toBeCloseTo((1 * a + 3 * b + 2 * c) / 6, 6);
    const observations = (batch.observations as Float32Array).slice();
    // Burn-in that the first row lacks, and steps beyond its last and what that one led to.
    for (const step of [0, 1, 4, 5]) observations.fill(0.77, step * 3 * inputs, step * 3 * inputs + inputs);
    expect(lossOf({ ...batch, observations })).toBe(lossOf(batch));
    const rewards = batch.rewards.slice();
    rewards.fill(50, 3, 4);
    expect(lossOf({ ...batch, rewards })).toBe(lossOf(batch));
    observations.fill(0.5, 2 * 3 * inputs, 2 * 3 * inputs + 1);
    expect(lossOf({ ...batch, observations })).not.toBe(lossOf(batch));
  });

  test("warms its memory up by burn-in as the policy does by acting", () => {
    const rng = new Generator(2);
    const whole = rowOf(batchOf(rng, [[2, 3]]), 0);
    whole.hidden.fill(0);
    whole.cell.fill(0);
    const agent = make({}, { numEnvs: 1 });
    const seen = whole.observations as Float32Array;
    for (let step = 0; step <= 2; step++)
      agent.policy(seen.subarray(step * inputs, (step + 1) * inputs), null);
    // Before the third observation: after the two of the burn-in.
    const { hidden, cell } = structuredClone(agent.recalled);
    agent.dispose();
    expect(hidden.some((value) => value !== 0)).toBe(true);
    const warm = { ...whole, hidden, cell, burnInSteps: Int32Array.of(0) };
    const [found, expected] = [learntFrom(warm), learntFrom(whole)];
    expect(found.loss).toBeCloseTo(expected.loss, 6);
    // Also that: no gradient goes through the burn-in.
    for (const [i, weight] of expected.weights.entries()) expect(found.weights[i]).toBeCloseTo(weight, 5);
    expect(
      lossOf({ ...warm, hidden: new Float32Array(units), cell: new Float32Array(units) }),
    ).not.toBeCloseTo(lossOf(whole), 6);
  });

  test("is wrong by what it expects less the reward, where nothing follows", () => {
    const batch = rowOf(batchOf(new Generator(3), [[0, 1]]), 0);
    batch.hidden.fill(0);
    batch.cell.fill(0);
    batch.discounts.fill(0);
    const agent = make({ loss: "mse", rewardScale: 2 });
    const first = (batch.observations as Float32Array).subarray(2 * inputs, 3 * inputs);
    const q = agent.qValues(first, 1)[batch.actions[0]!]!;
    const { loss, meanQ, tdErrors } = agent.learn(batch);
    agent.dispose();
    const error = 2 * batch.rewards[0]! - q;
    expect(meanQ).toBeCloseTo(q, 6);
    expect(tdErrors[0]).toBeCloseTo(error, 6);
    expect(loss).toBeCloseTo(error ** 2 / 2, 6);
  });

  test("gives the same bits in captured steps and operation by operation", () => {
    const play = (eager: boolean) => {
      const agent = make({ dueling: true }, { eager });
      const rng = new Generator(4);
      const losses = Array.from({ length: 4 }, () => {
        agent.policy(uniform(rng, 2 * inputs), null);
        const { loss, gradientNorm } = agent.learn(
          batchOf(rng, [
            [1, 2],
            [2, 3],
          ]),
        );
        return [loss, gradientNorm];
      });
      const state = agent.save();
      agent.dispose();
      return { losses, weights: state.weights, counters: state.counters };
    };
    expect(play(true)).toEqual(play(false));
  });

  test("learns by the gradients that differences say, back through all steps", () => {
    const batch = batchOf(new Generator(6), [
      [0, 3],
      [0, 2],
    ]);
    batch.discounts.fill(0);
    const config: DrqnConfigInput = { loss: "mse", optimizer: { name: "sgd", learningRate: 1 } };
    const agent = make(config);
    const before = agent.save().weights;
    agent.learn(batch);
    const after = agent.save().weights;
    const by = 2 ** -6;
    for (const [name, { data }] of Object.entries(before)) {
      const at = Math.floor(data.length / 2);
      const lossWith = (shift: number) => {
        const weights = structuredClone(before);
        weights[name]!.data[at]! += shift;
        const probe = make(config);
        probe.restoreWeights(weights);
        const { loss } = probe.learn(batch);
        probe.dispose();
        return loss;
      };
      const slope = (lossWith(by) - lossWith(-by)) / (2 * by);
      const step = (data[at] as number) - (after[name]!.data[at] as number);
      expect(step, name).toBeCloseTo(slope, 3);
    }
    agent.dispose();
  });

  test("acts by what it has seen in each row, and forgets what has ended", () => {
    const agent = make({ exploration: { type: "constant", epsilon: 0 } });
    const rng = new Generator(7);
    const [first, second] = [uniform(rng, 2 * inputs), uniform(rng, 2 * inputs)];
    const recalledAfter = (steps: () => void) => {
      agent.policy.restart!();
      agent.policy(first, null);
      steps();
      agent.policy(second, null);
      return structuredClone(agent.recalled.cell);
    };
    const going = recalledAfter(() => {});
    expect(going.every((value) => value !== 0)).toBe(true);
    const ends = (terminations: number[], truncations: number[]) =>
      agent.policy.endEpisodes!({
        terminations: Uint8Array.from(terminations),
        truncations: Uint8Array.from(truncations),
      });
    const zeros = new Float32Array(units);
    const one = recalledAfter(() => ends([1, 0], [0, 0]));
    expect([one.slice(0, units), one.slice(units)]).toEqual([zeros, going.slice(units)]);
    const other = recalledAfter(() => ends([0, 0], [0, 1]));
    expect([other.slice(0, units), other.slice(units)]).toEqual([going.slice(0, units), zeros]);
    expect(recalledAfter(() => agent.policy.restart!())).toEqual(new Float32Array(2 * units));
    agent.dispose();
  });

  test("its greedy policies have memories of their own, for any number of rows", () => {
    const tensors = tf.memory().numTensors;
    const agent = make();
    const rng = new Generator(8);
    const rows = Array.from({ length: 30 }, () => uniform(rng, 3 * inputs));
    // Greater weights and no biases, by which one action does not suit all.
    const { weights } = agent.save();
    for (const [name, { data }] of Object.entries(weights)) {
      for (let i = 0; i < data.length; i++) data[i]! *= name.endsWith("eights") ? 6 : 0;
    }
    agent.restoreWeights(weights);
    const play = (policy: ReturnType<typeof agent.greedyPolicy>) =>
      rows.map((row) => [...(policy(row, null) as Int32Array)]);
    const greedy = agent.greedyPolicy();
    const alone = play(greedy);
    const again = play(greedy);
    greedy.restart!();
    expect(play(greedy)).toEqual(alone);
    expect(again).not.toEqual(alone);
    // Interleaved with others, and with exploring ones.
    const [mine, other] = [agent.greedyPolicy(), agent.greedyPolicy(0.5, new Generator(1))];
    const mixed = rows.map((row) => {
      other(row, null);
      agent.policy(row.subarray(0, 2 * inputs), null);
      return [...(mine(row, null) as Int32Array)];
    });
    expect(mixed).toEqual(alone);
    agent.dispose();
    expect(tf.memory().numTensors).toBe(tensors);
  });
});

describe("a DRQN", () => {
  test("refuses stacks of frames, other rows than its environments, and the memory of another", () => {
    expect(() => make({}, { stack: 2 })).toThrow(/takes single frames, not stacks of 2/);
    const agent = make();
    expect(() => agent.policy(new Float32Array(3 * inputs), null)).toThrow(/acts in 2 environments/);
    const one = make({}, { numEnvs: 1 });
    expect(() => agent.restore(one.save())).toThrow(
      /recollection is not that of a drqn agent with 8 numbers/,
    );
    const { learntSteps, ...batch } = batchOf(new Generator(1), [[0, 1]]);
    expect(() => agent.learn({ ...batch, learntSteps: Int32Array.of(4) })).toThrow(
      /Row 0 of the batch has 0 steps of burn-in and 4 to learn from/,
    );
    expect(learntSteps).toHaveLength(1);
    expect(() => make({ sequence: { length: 0 } })).toThrow(/drqn.sequence.length/);
    agent.dispose();
    one.dispose();
  });
});
