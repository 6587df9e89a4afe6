import { createHash } from "node:crypto";
import { box, discrete, Generator } from "gymnasium-js";
import { testAgent } from "ludus/testing";
import { beforeAll, describe, expect, test } from "vitest";
import {
  createAgent,
  type DqnConfigInput,
  dqnConfigSchema,
  rainbowConfig,
  type ValueAgent,
} from "../../../src/agents/index.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { localEngines } from "../../engines.js";
import { randomBatch, small, smallConfig } from "../batches.js";

const net: DqnConfigInput["net"] = { type: "mlp", hidden: [8] };
const c51 = { type: "c51", atoms: 11, vMin: -4, vMax: 4 } as const;
const qr = { type: "qr", quantiles: 7 } as const;
const noise = { type: "factorised" } as const;

/** Each switch alone, and together what goes together. */
const switches: Record<string, DqnConfigInput> = {
  LayerNorm: { net: { ...net, norm: "layer" } },
  "noisy nets": { noise },
  "noisy nets, double": { noise, double: true },
  C51: { distribution: c51 },
  "QR-DQN": { distribution: qr },
  Munchausen: { munchausen: { type: "on" } },
  "all with C51": {
    net: { ...net, norm: "layer" },
    noise,
    distribution: c51,
    double: true,
    dueling: true,
    rewardScale: 0.5,
    sampling: { type: "prioritised" },
    exploration: { type: "constant", epsilon: 0 },
  },
  "all with quantiles": {
    net: { ...net, norm: "layer" },
    noise,
    distribution: qr,
    double: true,
    dueling: true,
  },
  "all with Munchausen": {
    net: { ...net, norm: "layer" },
    noise,
    munchausen: { type: "on" },
    dueling: true,
    loss: "mse",
  },
};

function make(config: DqnConfigInput, { seed = 1, eager = false } = {}): ValueAgent {
  return createAgent("dqn", { ...small, config: { ...smallConfig, ...config }, seed, eager });
}

/** Acts and learns by turns; all that came out and what became of the agent. */
function played(agent: ValueAgent, rounds: number, seed = 0): unknown {
  const rng = new Generator(seed);
  const events: unknown[] = [];
  for (let round = 0; round < rounds; round++) {
    const observations = Float32Array.from({ length: 6 }, () => rng.uniform(-1, 1));
    const actions = structuredClone(agent.policy(observations, null));
    events.push(actions, structuredClone(agent.learn(randomBatch(rng))));
  }
  return [events, agent.save(), [...agent.qValues(new Float32Array(6).fill(0.1), 2)]];
}

/** Every one of them on the last engine (native, which captures), the combinations on the others. */
const cases = localEngines.flatMap((engine, i) =>
  Object.keys(switches)
    .filter((name) => i === localEngines.length - 1 || name.startsWith("all"))
    .map((name) => [engine, name] as const),
);

describe.each(cases)("on %s: %s", (engine, name) => {
  const config = switches[name]!;

  beforeAll(async () => {
    await useEngine(engine);
  });

  testAgent((setting) => createAgent("dqn", { ...setting, config: { net, ...config } }), {
    test,
    countTensors: () => tf.memory().numTensors,
    steps: 6,
    seeds: [0],
    ...(engine === "cpu" ? { skip: { learns: "on the reference engine it takes 15 seconds" } } : {}),
  });

  test("captured and eager updates have the same bits", () => {
    const agents = [make(config), make(config, { eager: true })];
    const [captured, eager] = agents.map((agent) => played(agent, 20));
    expect(captured).toEqual(eager);
    for (const agent of agents) agent.dispose();
  });

  test("100 updates leak nothing", () => {
    const before = tf.memory().numTensors;
    const agent = make(config);
    played(agent, 1);
    const { numTensors, numBytes, numDataBuffers } = tf.memory();
    played(agent, 100);
    expect(tf.memory()).toMatchObject({ numTensors, numBytes, numDataBuffers });
    agent.dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("rainbow, as it stands, on MinAtar's shapes", () => {
  beforeAll(async () => {
    await useEngine("auto");
  });

  testAgent((setting) => createAgent("dqn", { ...setting, config: rainbowConfig }), {
    test,
    countTensors: () => tf.memory().numTensors,
    setting: {
      observationSpace: box({ low: 0, high: 1, shape: [10, 10, 4], dtype: "uint8" }),
      actionSpace: discrete(6),
    },
    steps: 2,
    seeds: [0],
  });
});

describe("on the cpu", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  // Recorded before there was any of these switches (commit 8cf2dac): with all of them off, not a bit has changed.
  test.each([
    ["plain", {}, "db45d67faf430d88"],
    [
      "double, dueling, soft",
      { double: true, dueling: true, target: { type: "soft" }, loss: "mse" },
      "52a031ef136f9367",
    ],
  ] as const)("%s DQN has the weights that it had without the switches", (_, config, expected) => {
    const agent = make(config);
    const rng = new Generator(0);
    for (let i = 0; i < 50; i++) {
      agent.policy(
        Float32Array.from({ length: 6 }, () => rng.uniform(-1, 1)),
        null,
      );
      agent.learn(randomBatch(rng));
    }
    const { weights, target, optimizer } = agent.save();
    const hash = createHash("sha256");
    for (const arrays of [weights, target, optimizer.arrays]) {
      for (const [name, { data }] of Object.entries(arrays)) {
        hash.update(name).update(new Uint8Array(data.slice().buffer));
      }
    }
    expect(hash.digest("hex").slice(0, 16)).toBe(expected);
    agent.dispose();
  });

  test("a switch leaves the other parts of a new agent as they are", () => {
    const plain = make({}).save();
    const same = ["q.weights", "q.bias", "dense1.weights", "dense1.bias"];
    for (const config of [
      { noise },
      { munchausen: { type: "on" } },
      { net: { ...net, norm: "layer" } },
    ] as const) {
      const { weights, counters } = make(config).save();
      for (const name of same) expect(weights[name], name).toEqual(plain.weights[name]);
      expect(counters).toEqual(plain.counters);
    }
    expect(make({ sampling: { type: "prioritised" } }).save()).toEqual(plain);
    const names = Object.keys(plain.weights);
    for (const distribution of [c51, qr]) {
      const { weights } = make({ distribution }).save();
      expect(Object.keys(weights)).toEqual(names);
      expect(weights["dense1.weights"]).toEqual(plain.weights["dense1.weights"]);
    }
  });

  test("importance weights, masks and actions matter to every kind of loss", () => {
    for (const config of Object.values(switches)) {
      const learnt = (change: (batch: ReturnType<typeof randomBatch>) => void) => {
        const agent = make(config);
        const batch = randomBatch(new Generator(0));
        change(batch);
        const { loss } = agent.learn(batch);
        agent.dispose();
        return loss;
      };
      const plain = learnt(() => {});
      const others = [
        learnt(({ weights }) => weights.fill(0.5)),
        learnt((batch) => {
          batch.nextActionMasks = Uint8Array.from({ length: 64 }, (_, i) => (i % 4 === 0 ? 1 : 0));
        }),
        learnt(({ actions }) => actions.fill(2)),
        learnt(({ rewards }) => rewards.fill(0.3)),
        learnt(({ discounts }) => discounts.fill(0.5)),
      ];
      expect(others[0]).toBeCloseTo(plain / 2, 6);
      expect(new Set([plain, ...others]).size).toBe(6);
    }
  });

  test("noise explores without epsilon: a draw for each batch, and none for greedy play and values", () => {
    const agent = make({
      noise: { type: "factorised", sigma0: 3 },
      exploration: { type: "constant", epsilon: 0 },
    });
    const observations = new Float32Array(6).fill(0.5);
    const actions = Array.from({ length: 60 }, () => [...(agent.policy(observations, null) as Int32Array)]);
    // One draw for all rows: equal observations have equal actions.
    for (const [one, other] of actions) expect(one).toBe(other);
    expect(new Set(actions.map(([action]) => action)).size).toBeGreaterThan(1);
    const { counters } = agent.save();
    const greedy = agent.greedyPolicy();
    const values = agent.qValues(observations, 2);
    for (let i = 0; i < 10; i++) {
      expect([...(greedy(observations, null) as Int32Array)]).toEqual([
        values.indexOf(Math.max(...values)),
        values.indexOf(Math.max(...values)),
      ]);
      expect(agent.qValues(observations, 2)).toEqual(values);
    }
    expect(agent.save().counters).toEqual(counters);
    agent.dispose();
  });

  test("online net, target net and the net that chooses have noise of their own in each update", () => {
    const draws = (config: DqnConfigInput) => {
      const agent = make({ ...config, noise });
      const generators = () =>
        (agent.save().counters as { generators: { exploration: { state: string } } }).generators.exploration;
      const reference = new Generator(0);
      reference.setState(generators() as never);
      agent.learn(randomBatch(new Generator(0)));
      const after = JSON.stringify(generators());
      agent.dispose();
      // A draw of noise takes two numbers.
      let count = 0;
      for (; JSON.stringify(reference.state) !== after; count++) reference.random();
      return count / 2;
    };
    expect(draws({})).toBe(2);
    expect(draws({ double: true })).toBe(3);
  });

  test("tdErrors are what priorities go by: signed TD errors, or distances that are 0 or more", () => {
    const errorsOf = (config: DqnConfigInput) => {
      const agent = make(config);
      const { tdErrors } = agent.learn(randomBatch(new Generator(0)));
      agent.dispose();
      return [...tdErrors];
    };
    expect(Math.min(...errorsOf({}))).toBeLessThan(0);
    for (const distribution of [c51, qr]) {
      expect(Math.min(...errorsOf({ distribution }))).toBeGreaterThan(0);
    }
  });
});

describe("the config", () => {
  test("has every switch off by default, and rainbow is one of its values", () => {
    expect(dqnConfigSchema.parse({})).toMatchObject({
      double: false,
      dueling: false,
      noise: { type: "none" },
      distribution: { type: "none" },
      munchausen: { type: "off" },
      sampling: { type: "uniform" },
      net: { norm: "none" },
    });
    const rainbow = dqnConfigSchema.parse(rainbowConfig);
    expect(rainbow).toMatchObject(rainbowConfig);
    expect(dqnConfigSchema.parse(JSON.parse(JSON.stringify(rainbow)))).toEqual(rainbow);
  });

  test.each([
    [
      { munchausen: { type: "on" }, double: true },
      "The config dqn.munchausen is wrong: a Munchausen target averages over the next actions, so that double has nothing to choose; switch one of them off.",
    ],
    [
      { munchausen: { type: "on" }, distribution: { type: "c51" } },
      "The config dqn.munchausen is wrong: a Munchausen target is made of mean returns; set distribution.type to none, or munchausen.type to off.",
    ],
    [
      { distribution: { type: "c51", vMin: 2, vMax: 2 } },
      "The config dqn.distribution.vMax is wrong: vMax has to be above vMin.",
    ],
    [{ distribution: { type: "c51", quantiles: 5 } }, /Unrecognized key: "quantiles"/],
    [{ sampling: { type: "prioritised", alpha: 2 } }, /dqn.sampling.alpha is wrong/],
    [{ munchausen: { type: "on", clip: 1 } }, /dqn.munchausen.clip is wrong/],
  ] as const)("%o is refused in one sentence", (config, message) => {
    expect(() => make(config as DqnConfigInput)).toThrow(message);
  });
});
