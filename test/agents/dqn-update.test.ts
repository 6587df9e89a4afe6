import { box, discrete } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { type Agent, createAgent, type DqnConfigInput } from "../../src/agents/index.js";
import type { ReplayBatch } from "../../src/replay/types.js";
import { type NamedArrays, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";

/*
 * A linear net on two numbers with two actions, and a batch of two rows, computed by hand:
 *
 * online Q(x) = [x0, 2 x0 + x1], target Q(x) = [3 x0, x0 + 1]
 * row 0: x [1, 0], action 1, so Q = 2; reward 1, discount 0.5, next [1, 1]: online [1, 3], target [3, 2]
 * row 1: x [0, 2], action 0, so Q = 0; reward -4, terminated (discount 0)
 *
 * plain DQN: y = [1 + 0.5 * 3, -4] = [2.5, -4], errors e = [0.5, -4]
 * huber(1): (0.125 + 3.5) / 2 = 1.8125; dL/dQ = -0.5 / 2 = -0.25 at (0, 1) and 1 / 2 = 0.5 at (1, 0)
 * gradients: dL/dW[i][a] = sum over rows of x_i dL/dQ_a: W[0][1]: -0.25, W[1][0]: 2 * 0.5 = 1; bias: [0.5, -0.25]
 * norm: sqrt(0.0625 + 1 + 0.25 + 0.0625) = sqrt(1.375)
 */
const batch: ReplayBatch = {
  size: 2,
  observations: Float32Array.of(1, 0, 0, 2),
  actions: Int32Array.of(1, 0),
  rewards: Float32Array.of(1, -4),
  discounts: Float32Array.of(0.5, 0),
  nextObservations: Float32Array.of(1, 1, 2, 0),
  nextActionMasks: null,
  weights: Float32Array.of(1, 1),
  indices: Int32Array.of(0, 1),
};

const plain: DqnConfigInput = {
  net: { type: "mlp", hidden: [] },
  optimizer: { name: "sgd", learningRate: 0.1 },
  target: { type: "hard", every: 1000 },
};

function weightsOf(weights: number[], bias: number[]): NamedArrays {
  return {
    "q.weights": { shape: [2, 2], dtype: "float32", data: Float32Array.from(weights) },
    "q.bias": { shape: [2], dtype: "float32", data: Float32Array.from(bias) },
  };
}

const onlineWeights = weightsOf([1, 2, 0, 1], [0, 0]);
const targetWeights = weightsOf([3, 1, 0, 0], [0, 1]);

function linearAgent(config: DqnConfigInput = {}, start = 0): Agent {
  const agent = createAgent("dqn", {
    observationSpace: box({ low: -10, high: 10, shape: [2] }),
    actionSpace: discrete(2, { start }),
    numEnvs: 1,
    config: { ...plain, ...config },
    seed: 0,
  });
  agent.restore({ ...agent.save(), weights: onlineWeights, target: targetWeights });
  return agent;
}

/** One update with these settings; everything that it did, as plain numbers. */
function update(config: DqnConfigInput = {}, change: Partial<ReplayBatch> = {}, start = 0) {
  const agent = linearAgent(config, start);
  const { tdErrors, ...metrics } = agent.learn({ ...batch, ...change });
  const { weights, target } = agent.save();
  agent.dispose();
  return {
    ...metrics,
    tdErrors: [...tdErrors],
    weights: [...weights["q.weights"]!.data, ...weights["q.bias"]!.data],
    target: [...target["q.weights"]!.data, ...target["q.bias"]!.data],
  };
}

function expectClose(found: readonly number[], expected: readonly number[]): void {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of found.entries()) expect(value).toBeCloseTo(expected[i]!, 6);
}

const before = { weights: [1, 2, 0, 1, 0, 0], target: [3, 1, 0, 0, 0, 1] };

describe.each(localEngines)("one update on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test("plain DQN", () => {
    const result = update();
    expect(result).toMatchObject({ loss: 1.8125, meanQ: 1, tdErrors: [0.5, -4], target: before.target });
    expect(result.gradientNorm).toBeCloseTo(Math.sqrt(1.375), 6);
    // Step size 0.1 against the gradients.
    expectClose(result.weights, [1, 2.025, -0.1, 1, -0.05, 0.025]);
  });

  test("double: the online net chooses action 1, worth 2 to the target net", () => {
    // y0 = 1 + 0.5 * 2 = 2, error 0: loss 3.5 / 2, and only row 1 moves anything.
    const result = update({ double: true });
    expect(result).toMatchObject({ loss: 1.75, tdErrors: [0, -4] });
    expectClose(result.weights, [1, 2, -0.1, 1, -0.05, 0]);
  });

  test("mse: loss (0.125 + 8) / 2, the large error pulls with 4 / 2", () => {
    const result = update({ loss: "mse" });
    expect(result.loss).toBeCloseTo(4.0625, 6);
    expectClose(result.weights, [1, 2.025, -0.4, 1, -0.2, 0.025]);
  });

  test("huberDelta 2: loss (0.125 + 2 (4 - 1)) / 2, the large error pulls with 2 / 2", () => {
    const result = update({ huberDelta: 2 });
    expect(result.loss).toBeCloseTo(3.0625, 6);
    expectClose(result.weights, [1, 2.025, -0.2, 1, -0.1, 0.025]);
  });

  test("n-step: reward sum and discount are the batch's", () => {
    // Two steps of reward 1 and 0.5 at gamma 0.5: R = 1.25, discount 0.25: y0 = 1.25 + 0.25 * 3 = 2, error 0.
    const twoSteps = { rewards: Float32Array.of(1.25, -4), discounts: Float32Array.of(0.25, 0) };
    expect(update({ nStep: 2, gamma: 0.5 }, twoSteps).tdErrors).toEqual([0, -4]);
  });

  test("legal-action masks: the target's best action 0 is not legal", () => {
    // y0 = 1 + 0.5 * 2 = 2.
    expect(update({}, { nextActionMasks: Uint8Array.of(0, 1, 1, 1) }).tdErrors).toEqual([0, -4]);
    // Double, without the online net's choice 1: y0 = 1 + 0.5 * 3.
    expect(update({ double: true }, { nextActionMasks: Uint8Array.of(1, 0, 1, 1) }).tdErrors).toEqual([
      0.5, -4,
    ]);
  });

  test("clipNorm scales all gradients to the norm, and reports the norm before", () => {
    const result = update({ optimizer: { name: "sgd", learningRate: 0.1, clipNorm: 0.5 } });
    expect(result.gradientNorm).toBeCloseTo(Math.sqrt(1.375), 6);
    const scale = 0.5 / Math.sqrt(1.375);
    const moved = [0, 0.025, -0.1, 0, -0.05, 0.025].map((step, i) => before.weights[i]! + scale * step);
    for (const [i, value] of result.weights.entries()) expect(value).toBeCloseTo(moved[i]!, 5);
  });

  test("importance weights", () => {
    // (2 * 0.125 + 0.5 * 3.5) / 2 = 1; gradients doubled and halved.
    const result = update({}, { weights: Float32Array.of(2, 0.5) });
    expect(result.loss).toBe(1);
    expectClose(result.weights, [1, 2.05, -0.05, 1, -0.025, 0.05]);
  });

  test("rewardScale 0.5", () => {
    // y = [0.5 + 1.5, -2] = [2, -2].
    expect(update({ rewardScale: 0.5 }).tdErrors).toEqual([0, -2]);
  });

  test("observation scale 2 doubles what the linear net sees", () => {
    // Row 0: Q = 4, next target max(6, 3): y = 1 + 0.5 * 6 = 4. Row 1: Q = 0.
    const result = update({ net: { type: "mlp", hidden: [], inputScale: 2 } });
    expect(result).toMatchObject({ meanQ: 2, tdErrors: [0, -4] });
  });

  test("actions that start at 5", () => {
    expect(update({}, { actions: Int32Array.of(6, 5) }, 5)).toEqual(update());
  });

  test("hard updates copy every N updates", () => {
    const agent = linearAgent({ target: { type: "hard", every: 2 } });
    agent.learn(batch);
    expect(agent.save().target).toEqual(targetWeights);
    agent.learn(batch);
    const { weights, target } = agent.save();
    expect(target).toEqual(weights);
    // The copy is one: the next update changes the online net alone.
    agent.learn(batch);
    expect(agent.save().target).toEqual(weights);
    expect(agent.save().weights).not.toEqual(weights);
    agent.dispose();
  });

  test("soft updates move tau of the way", () => {
    const { weights, target } = update({ target: { type: "soft", tau: 0.25 } });
    expectClose(
      target,
      before.target.map((value, i) => 0.75 * value + 0.25 * weights[i]!),
    );
  });

  test("dueling changes the net to two streams", () => {
    const agent = createAgent("dqn", {
      observationSpace: box({ low: -10, high: 10, shape: [2] }),
      actionSpace: discrete(2),
      numEnvs: 1,
      config: { ...plain, dueling: true },
      seed: 0,
    });
    const array = (shape: number[], data: number[]) => ({
      shape,
      dtype: "float32" as const,
      data: Float32Array.from(data),
    });
    // V = x0 and A = [0, 2 x1]: Q = x0 + [-x1, x1].
    const weights = {
      "value.output.weights": array([2, 1], [1, 0]),
      "value.output.bias": array([1], [0]),
      "advantage.output.weights": array([2, 2], [0, 0, 0, 2]),
      "advantage.output.bias": array([2], [0, 0]),
    };
    agent.restore({ ...agent.save(), weights, target: weights });
    expect([...agent.qValues(Float32Array.of(1, 3), 1)]).toEqual([-2, 4]);
    // Row 0: Q(x, 1) = 1, next [1, 1] is worth max(0, 2): y = 2. Row 1: Q(x, 0) = -2, y = -4.
    const { tdErrors } = agent.learn(batch);
    expect([...tdErrors]).toEqual([1, -2]);
    // dL/dQ: -1 / 2 at (0, 1), 1 / 2 at (1, 0). V's bias gets their sum 0, A's [0.5, -0.5]: Q = V + A - mean A has
    // slopes 1/2 and -1/2, so dL/dA0 = 0.5 * 0.5 + 0.5 * 0.5 = 0.5.
    const after = agent.save().weights;
    expectClose([...after["value.output.bias"]!.data], [0]);
    expectClose([...after["advantage.output.bias"]!.data], [-0.05, 0.05]);
    agent.dispose();
  });
});

describe("bad batches", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test.each([
    [
      "reward",
      { rewards: Float32Array.of(1, Number.NaN) },
      /row 1 of the batch has a reward of NaN: check the env/,
    ],
    [
      "observation",
      { observations: Float32Array.of(Infinity, 0, 0, 0) },
      /row 0 of the batch has an observation of Infinity/,
    ],
    [
      "next observation",
      { nextObservations: Float32Array.of(1, Number.NaN, 0, 0) },
      /row 0 of the batch has a next observation of NaN/,
    ],
  ])("a %s that is not finite is named, and no weight changes", (_name, change, message) => {
    const agent = linearAgent();
    expect(() => agent.learn({ ...batch, ...change })).toThrow(message);
    expect(agent.save().weights).toEqual(onlineWeights);
    expect(agent.updates).toBe(0);
    agent.dispose();
  });

  test("values that have diverged are called so, with what helps", () => {
    const agent = linearAgent();
    const huge = weightsOf([Infinity, 1, 1, 1], [0, 0]);
    agent.restore({ ...agent.save(), weights: huge });
    expect(() => agent.learn(batch)).toThrow(
      /Update 1 .*NaN.*diverged; lower optimizer.learningRate, set optimizer.clipNorm/,
    );
    agent.dispose();
  });

  test("actions outside the space are refused", () => {
    const agent = linearAgent();
    expect(() => agent.learn({ ...batch, actions: Int32Array.of(0, 2) })).toThrow(
      /Row 1 of the batch has action 2; the actions are the whole numbers 0 to 1/,
    );
    agent.dispose();
  });
});
