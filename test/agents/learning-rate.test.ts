import { Generator } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import type { DqnConfigInput, ValueAgent } from "../../src/agents/index.js";
import { createAgent } from "../../src/agents/index.js";
import {
  learningRateScheduleSchema,
  learningRateShare,
  shareAt,
  shareScheduleSchema,
} from "../../src/agents/learning-rate.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { localEngines } from "../engines.js";
import { randomBatch, small, smallAgent, smallConfig } from "./batches.js";

const shares = (schedule: object, steps: readonly number[]) =>
  steps.map((envSteps) => learningRateShare(learningRateScheduleSchema.parse(schedule), envSteps));

describe("schedules", () => {
  test("constant stays", () => {
    expect(shares({ type: "constant" }, [0, 1, 1e9])).toEqual([1, 1, 1]);
  });

  test("linear falls in a straight line and stays", () => {
    expect(shares({ type: "linear", end: 0.5, steps: 100 }, [0, 50, 100, 1e9])).toEqual([1, 0.75, 0.5, 0.5]);
  });

  test("exponential: the distance to the end falls to 1/e per time constant", () => {
    const [first, second, third] = shares({ type: "exponential", end: 0.2, timeConstant: 10 }, [0, 10, 20]);
    expect(first).toBe(1);
    expect(second).toBeCloseTo(0.2 + 0.8 / Math.E, 12);
    expect(third).toBeCloseTo(0.2 + 0.8 / Math.E ** 2, 12);
  });

  test("cosine: slow, fast, slow", () => {
    const [first, sixth, half, last, after] = shares(
      { type: "cosine", end: 0.5, steps: 60 },
      [0, 20, 30, 60, 1e9],
    );
    expect(first).toBe(1);
    // cos(60 degrees) is a half: 0.5 + 0.5 * 0.75.
    expect(sixth).toBeCloseTo(0.875, 12);
    expect(half).toBeCloseTo(0.75, 12);
    expect([last, after]).toEqual([0.5, 0.5]);
  });

  test.each(["constant", "linear", "exponential", "cosine"])(
    "a warm-up rises from 0, then %s begins",
    (type) => {
      const warm = shares({ type, warmup: 40 }, [0, 10, 30, 40, 50, 5_000_040]);
      expect(warm.slice(0, 4)).toEqual([0, 0.25, 0.75, 1]);
      expect(warm.slice(3)).toEqual(shares({ type }, [0, 10, 5_000_000]));
    },
  );

  test("other settings have the same schedules without a warm-up", () => {
    const schema = shareScheduleSchema("clip range");
    expect(shareAt(schema.parse({ type: "cosine", end: 0, steps: 10 }), 5)).toBeCloseTo(0.5, 12);
    expect(schema.safeParse({ type: "linear", warmup: 3 }).success).toBe(false);
    expect(learningRateScheduleSchema.safeParse({ type: "linear", end: 2 }).success).toBe(false);
  });
});

const cosine: DqnConfigInput = { learningRate: { type: "cosine", end: 0.1, steps: 30, warmup: 8 } };

/** Acts and learns by turns; all that came out. */
function played(agent: ValueAgent, rounds: number, seed = 0): unknown[] {
  const rng = new Generator(seed);
  return Array.from({ length: rounds }, () => {
    const observations = Float32Array.from({ length: 6 }, () => rng.uniform(-1, 1));
    return [
      structuredClone(agent.policy(observations, null)),
      structuredClone(agent.learn(randomBatch(rng))),
    ];
  });
}

describe.each(localEngines)("a dqn agent on %s", (engine) => {
  beforeAll(async () => {
    await useEngine(engine);
  });

  test.each([
    ["mean returns", {}],
    ["C51", { distribution: { type: "c51", atoms: 5 } }],
  ] as const)("with %s, an update moves the weights by the share of its environment steps", (_, config) => {
    const agent = smallAgent({ ...config, optimizer: { name: "sgd", learningRate: 1 }, ...cosine });
    const schedule = learningRateScheduleSchema.parse(cosine.learningRate);
    const batch = randomBatch(new Generator(0));
    const changeOf = (): number => {
      const before = agent.save();
      agent.learn(batch);
      const { data } = agent.save().weights["q.bias"]!;
      const change = (data[0] as number) - (before.weights["q.bias"]!.data[0] as number);
      agent.restore(before);
      return change;
    };
    const changes: number[] = [];
    const rates: number[] = [];
    for (let i = 0; i < 22; i++) {
      changes.push(changeOf());
      rates.push(learningRateShare(schedule, agent.envSteps));
      agent.policy(new Float32Array(6), null);
    }
    expect(changes[0]).toBe(0);
    const whole = changes[4]! / rates[4]!;
    changes.forEach((change, i) => {
      expect(change / whole).toBeCloseTo(rates[i]!, 4);
    });
    expect([rates[0], rates[4], rates.at(-1)]).toEqual([0, 1, 0.1]);
    agent.dispose();
  });

  test("captured steps take the rate that changes, with the bits of eager ones", () => {
    const config = { ...smallConfig, ...cosine, optimizer: { name: "adam", learningRate: 0.05 } } as const;
    const agents = [false, true].map((eager) => createAgent("dqn", { ...small, config, seed: 1, eager }));
    const [captured, eager] = agents.map((agent) => [played(agent, 20), agent.save()]);
    expect(captured).toEqual(eager);
    const steady = smallAgent({ optimizer: config.optimizer });
    played(steady, 20);
    expect(steady.save().weights).not.toEqual(agents[0]!.save().weights);
    for (const agent of [...agents, steady]) agent.dispose();
  });

  test("a restored agent goes on bit for bit", () => {
    const [whole, first, second] = [0, 0, 5].map((seed) => smallAgent(cosine, seed));
    played(whole!, 12);
    played(first!, 12);
    second!.restore(first!.save());
    expect(played(second!, 12, 1)).toEqual(played(whole!, 12, 1));
    expect(second!.save()).toEqual(whole!.save());
    for (const agent of [whole, first, second]) agent!.dispose();
  });

  test("100 updates leak nothing", () => {
    const agent = smallAgent(cosine);
    played(agent, 1);
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    played(agent, 100);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
    agent.dispose();
  });
});
