import { box, discrete, Generator, multiDiscrete } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createAgent,
  type QmixConfigInput,
  qmixConfigSchema,
  type TeamAgent,
  type TeamLayout,
  vdnConfigSchema,
} from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { layout, randomBatch, randomRows, small, spacesOf } from "./teams.js";

function make(config: QmixConfigInput = {}, given: TeamLayout = layout, seed = 1): TeamAgent {
  const options = { ...spacesOf(given), layout: given, numEnvs: 2, seed };
  return createAgent("qmix", { ...options, config: { ...small, ...config } });
}

/** The best legal action of each row of values. */
function bestOf(values: Float32Array, n: number, masks: Uint8Array | null = null): number[] {
  return Array.from({ length: values.length / n }, (_, row) => {
    const legal = Array.from({ length: n }, (_, action) => row * n + action).filter(
      (at) => masks?.[at] !== 0,
    );
    return legal.reduce((a, b) => (values[b]! > values[a]! ? b : a)) - row * n;
  });
}

beforeAll(async () => {
  await useEngine("cpu");
});

describe("policies of a team", () => {
  test("the greedy policy takes each agent's best legal action, for any number of rows", () => {
    const agent = make();
    const rng = new Generator(3);
    const greedy = agent.greedyPolicy();
    for (const rows of [1, 3, 7]) {
      const observations = randomRows(rng, rows);
      const values = agent.qValues(observations, rows);
      expect(values.length).toBe(rows * 3 * 4);
      const masks = Uint8Array.from({ length: rows * 12 }, (_, i) => (i % 4 === i % 3 ? 0 : 1));
      expect([...(greedy(observations, null) as Int32Array)]).toEqual(bestOf(values, 4));
      expect([...(greedy(observations, masks) as Int32Array)]).toEqual(bestOf(values, 4, masks));
    }
    agent.dispose();
  });

  test("exploring takes legal actions only", () => {
    const agent = make({ exploration: { type: "constant", epsilon: 1 } });
    const masks = Uint8Array.from({ length: 24 }, (_, i) => (i % 4 === Math.floor(i / 4) % 4 ? 1 : 0));
    for (let i = 0; i < 20; i++)
      expect([...(agent.policy(randomRows(new Generator(i), 2), masks) as Int32Array)]).toEqual([
        0, 1, 2, 3, 0, 1,
      ]);
    agent.dispose();
  });

  test("agents explore each by itself, with the epsilon of the schedule", () => {
    const pair = { agents: 2, observationShape: [1], stateSize: 0, actions: 10 };
    const agent = make({ exploration: { type: "constant", epsilon: 0.5 } }, pair);
    const observations = Float32Array.of(0.3, -0.2, 0.3, -0.2);
    const best = [...(agent.greedyPolicy()(observations, null) as Int32Array)];
    // An agent leaves its best action with probability 0.5 * 0.9.
    const strays = [0, 0, 0];
    for (let i = 0; i < 2000; i++) {
      const actions = agent.policy(observations, null) as Int32Array;
      for (const row of [0, 1]) {
        const stray = [0, 1].filter((at) => actions[2 * row + at] !== best[2 * row + at]).length;
        strays[stray]! += 1 / 4000;
      }
    }
    expect(strays[0]).toBeCloseTo(0.55 ** 2, 1);
    expect(strays[1]).toBeCloseTo(2 * 0.55 * 0.45, 1);
    expect(strays[2]).toBeCloseTo(0.45 ** 2, 1);
    expect(agent.envSteps).toBe(4000);
    agent.dispose();
  });

  test("the behaviour policy follows its schedule in env steps", () => {
    const agent = make({ exploration: { type: "linear", start: 1, end: 0, steps: 8 } });
    const epsilons = Array.from({ length: 5 }, () => {
      const { epsilon } = agent;
      agent.policy(randomRows(new Generator(0), 2), null);
      return epsilon;
    });
    expect(epsilons).toEqual([1, 0.75, 0.5, 0.25, 0]);
    expect(() => agent.policy(new Float32Array(11), null)).toThrow(
      /acts in 2 environments, on 22 values, but got 11/,
    );
    expect(() => agent.greedyPolicy(0.1)).toThrow(/epsilon 0.1 and no generator/);
    agent.dispose();
  });
});

describe("the utilities of one agent", () => {
  test.each<[string, QmixConfigInput, TeamLayout]>([
    ["flat", {}, layout],
    ["without ids", { agentId: false }, layout],
    [
      "pictures, channels last",
      { net: { type: "minatar" } },
      { agents: 3, observationShape: [4, 5, 2], stateSize: 1, actions: 2 },
    ],
    [
      "pictures, channels first, scaled",
      { net: { type: "minatar", channels: "first", inputScale: 0.5 } },
      { agents: 3, observationShape: [2, 4, 5], stateSize: 0, actions: 2 },
    ],
    [
      "pictures of one channel",
      { net: { type: "minatar" } },
      { agents: 2, observationShape: [4, 5], stateSize: 1, actions: 2 },
    ],
  ])("follow from its own observation and its number alone: %s", (_, config, given) => {
    const agent = make(config, given);
    const { agents, observationShape, stateSize, actions } = given;
    const size = observationShape.reduce((product, extent) => product * extent, 1);
    const rowSize = agents * size + stateSize;
    const rows = randomRows(new Generator(5), 2, rowSize);
    const values = agent.qValues(rows, 2);
    for (const row of [0, 1]) {
      for (let i = 0; i < agents; i++) {
        const at = row * rowSize + i * size;
        const own = agent.utilityValues(rows.subarray(at, at + size), [i], 1);
        const expected = values.subarray((row * agents + i) * actions, (row * agents + i + 1) * actions);
        expect(own.length).toBe(actions);
        for (const [action, value] of own.entries()) expect(value).toBeCloseTo(expected[action]!, 5);
      }
    }
    agent.dispose();
  });

  test("see the same picture with channels first or last, and planes of ids behind it", () => {
    const shape = { agents: 3, stateSize: 0, actions: 2 };
    const [first, last] = (["first", "last"] as const).map((channels) =>
      make(
        { net: { type: "minatar", channels }, mixing: { type: "sum" } },
        { ...shape, observationShape: channels === "first" ? [2, 4, 5] : [4, 5, 2] },
      ),
    ) as [TeamAgent, TeamAgent];
    expect(first.save()).toEqual(last.save());
    expect(first.save().weights["utility.conv2d1.weights"]!.shape).toEqual([3, 3, 2 + 3, 16]);
    const seen = randomRows(new Generator(6), 1, 2 * 4 * 5);
    const moved = seen.map((_, i) => seen[(i % 2) * 20 + Math.floor(i / 2)]!);
    const values = first.utilityValues(seen, [1], 1);
    expect(last.utilityValues(moved, [1], 1)).toEqual(values);
    expect(last.utilityValues(seen, [1], 1)).not.toEqual(values);
    first.dispose();
    last.dispose();
  });

  test("differ by the agent, unless ids are off", () => {
    const alike = Float32Array.of(0.5, -0.5, 0.5, -0.5);
    for (const agentId of [true, false]) {
      const agent = make({ agentId });
      const values = agent.utilityValues(alike, [0, 2], 2);
      expect(values.slice(0, 4).every((value, i) => value === values[4 + i])).toBe(!agentId);
      agent.dispose();
    }
  });

  test("are refused for agents that there are not, and keep no tensors", () => {
    const agent = make();
    const observations = Float32Array.of(0.5, -0.5);
    agent.utilityValues(observations, [1], 1);
    const { numTensors } = tf.memory();
    for (let i = 0; i < 20; i++) agent.utilityValues(observations, [i % 3], 1);
    expect(tf.memory().numTensors).toBe(numTensors);
    expect(() => agent.utilityValues(observations, [3], 1)).toThrow(
      /Row 0 is of agent 3; the agents are the whole numbers 0 to 2/,
    );
    agent.dispose();
  });
});

test.each(localEngines)(
  "bytes are seen as the numbers that they are, and all is scaled alike, on %s",
  async (engine) => {
    await useEngine(engine);
    const config: QmixConfigInput = { ...small, net: { type: "mlp", hidden: [6], inputScale: 0.25 } };
    const given = { layout, numEnvs: 2, seed: 1 };
    const bytes = createAgent("qmix", { ...given, ...spacesOf(layout, "uint8"), config });
    const floats = createAgent("qmix", { ...given, ...spacesOf(layout), config });
    const unscaled = createAgent("qmix", { ...given, ...spacesOf(layout), config: small });
    const rng = new Generator(8);
    const whole = () => Uint8Array.from({ length: 16 * 11 }, () => rng.integers(0, 9));
    const rows = { observations: whole(), nextObservations: whole() };
    const batch = { ...randomBatch(rng), ...rows };
    const scaledBy = (factor: number) => ({
      ...batch,
      observations: Float32Array.from(rows.observations, (value) => factor * value),
      nextObservations: Float32Array.from(rows.nextObservations, (value) => factor * value),
    });
    const expected = structuredClone(floats.learn(scaledBy(1)));
    expect(bytes.learn(batch)).toEqual(expected);
    expect(unscaled.learn(scaledBy(0.25))).toEqual(expected);
    for (const agent of [bytes, floats, unscaled]) agent.dispose();
    await useEngine("cpu");
  },
);

describe("making a team", () => {
  test("vdn is qmix whose utilities add up", () => {
    const { mixing: _, ...config } = small;
    const options = { ...spacesOf(layout), layout, numEnvs: 2, seed: 1 };
    const vdn = createAgent("vdn", { ...options, config });
    const sum = make({ mixing: { type: "sum" } });
    expect(vdn.name).toBe("vdn");
    const batch = randomBatch(new Generator(2));
    expect(structuredClone(vdn.learn(batch))).toEqual(structuredClone(sum.learn(batch)));
    expect(vdn.save()).toEqual(sum.save());
    expect(Object.keys(vdn.save().weights)).toEqual([
      ...["utility.dense1.weights", "utility.dense1.bias", "utility.q.weights", "utility.q.bias"],
    ]);
    vdn.dispose();
    sum.dispose();
    expect(() => vdnConfigSchema.parse({ mixing: { type: "sum" } })).toThrow(/mixing/);
  });

  test("the config is the paper's, but for its optimiser", () => {
    expect(qmixConfigSchema.parse({})).toMatchObject({
      mixing: { type: "monotonic", embedding: 32, hypernet: 64 },
      ...{ agentId: true, double: true, gamma: 0.99, nStep: 1, loss: "mse" },
      target: { type: "hard", every: 200 },
      exploration: { type: "linear", start: 1, end: 0.05, steps: 50_000 },
    });
    expect(() => make({ mixing: { type: "sum", embedding: 3 } as never })).toThrow(
      /The config qmix.mixing is wrong: Unrecognized key: "embedding"/,
    );
    expect(() => make({ exploration: { type: "boltzmann" } as never })).toThrow(/qmix.exploration/);
  });

  test("a layout that does not fit the spaces is refused in one sentence, and so are stacks", () => {
    const spaces = spacesOf(layout);
    const refused = (change: object, message: string) =>
      expect(() =>
        createAgent("qmix", { ...spaces, layout, numEnvs: 1, seed: 0, config: small, ...change }),
      ).toThrow(message);
    refused(
      { layout: { ...layout, stateSize: 4 } },
      "The agent qmix reads rows of 10 numbers here, Box of shape [10] and dtype uint8 or float32, not Box of shape [11] and dtype float32; give it the layout of its joint environments.",
    );
    refused({ observationSpace: discrete(11) }, "not Discrete of shape [] and dtype int64");
    refused(
      { observationSpace: box({ low: 0, high: 1, shape: [11], dtype: "float64" }) },
      "not Box of shape [11] and dtype float64",
    );
    const actions = "The agent qmix gives rows of 3 actions from 0 to 3 here, MultiDiscrete of 3 times 4";
    for (const actionSpace of [
      ...[multiDiscrete([4, 4]), multiDiscrete([4, 4, 5]), multiDiscrete([4, 4, 4], { start: [0, 0, 1] })],
      ...[multiDiscrete([4, 4, 4], { wide: true }), discrete(4)],
    ])
      refused({ actionSpace }, actions);
    refused({ stack: 2 }, "The agent qmix takes single frames, not stacks of 2.");
    refused({ config: { net: { type: "minatar" } } }, "A net with convolutions needs observations");
  });

  test("a state of another agent is refused before anything changes", () => {
    const [agent, other] = [make(), make({ mixing: { type: "monotonic", embedding: 7 } })];
    const before = agent.save();
    expect(() => agent.restore(other.save())).toThrow(/"mixer.weights1.*" are float32 of shape/);
    expect(() => agent.restore({ ...before, counters: { updates: 1 } })).toThrow(
      /counters are not those of a qmix agent/,
    );
    expect(agent.save()).toEqual(before);
    agent.dispose();
    other.dispose();
  });

  test("batches that do not fit are refused", () => {
    const agent = make();
    const batch = randomBatch(new Generator(1), 2);
    const actions = Int32Array.of(0, 1, 2, 3, 4, 0);
    expect(() => agent.learn({ ...batch, actions })).toThrow(
      "Row 1 of the batch has action 4 of agent 1; the actions are the whole numbers 0 to 3.",
    );
    expect(() => agent.learn({ ...batch, actions: Int32Array.of(0, 1) })).toThrow(
      "The batch has 2 actions; 2 rows of 3 agents need 6.",
    );
    expect(() => agent.learn({ ...batch, nextActionMasks: new Uint8Array(8) })).toThrow(
      "The batch has 8 mask values; 2 rows of 3 agents with 4 actions need 24.",
    );
    expect(agent.updates).toBe(0);
    agent.dispose();
  });
});
