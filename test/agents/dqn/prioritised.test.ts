import { discrete, Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { type Agent, createAgent, type DqnConfigInput, dqnConfigSchema } from "../../../src/agents/index.js";
import { createReplay, elementSpec, type Replay } from "../../../src/replay/index.js";
import { useEngine } from "../../../src/tensors/index.js";
import { throughFiles } from "../../../src/testing/agent-plays.js";

/** A walk along states; the last pays 1 and ends the episode, and so does the action 0 with nothing (a blind cliffwalk). */
const states = 7;
const spaces = { observationSpace: discrete(states), actionSpace: discrete(2) };

const settings: DqnConfigInput = {
  net: { type: "mlp", hidden: [16] },
  nStep: 2,
  gamma: 0.9,
  optimizer: { name: "adam", learningRate: 0.01 },
  target: { type: "hard", every: 10 },
  exploration: { type: "constant", epsilon: 0.5 },
  sampling: { type: "prioritised", betaUpdates: 200 },
};

/** An agent, its replay and where the walk stands; what training has besides. */
class Training {
  readonly agent: Agent;
  readonly replay: Replay;
  rng = new Generator(7);
  state = 0;

  constructor(config: DqnConfigInput, seed = 1) {
    this.agent = createAgent("dqn", { ...spaces, numEnvs: 1, config: { ...settings, ...config }, seed });
    const { nStep, gamma, sampling } = dqnConfigSchema.parse({ ...settings, ...config });
    this.replay = createReplay({
      element: elementSpec(spaces.observationSpace, spaces.actionSpace),
      numEnvs: 1,
      capacity: 200,
      nStep,
      gamma,
      stack: 1,
      sampling,
    });
  }

  /** One step of the walk and, once there is something to learn from, one update. */
  round(): unknown {
    const observations = Int32Array.of(this.state);
    const [action] = this.agent.policy(observations, null) as Int32Array;
    const to = this.state + 1;
    const terminated = action === 0 || to === states - 1;
    this.state = terminated ? 0 : to;
    this.replay.add({
      observations,
      actions: Int32Array.of(action!),
      next: {
        observations: Int32Array.of(this.state),
        rewards: [action === 1 && terminated ? 1 : 0],
        terminations: [terminated ? 1 : 0],
        truncations: [0],
        finalObservations: Int32Array.of(to),
      },
    });
    if (this.replay.size === 0) return { action };
    const batch = this.replay.sample(this.rng, 8);
    const metrics = this.agent.learn(batch);
    this.replay.updatePriorities(batch.indices, metrics.tdErrors);
    return structuredClone({ action, indices: batch.indices, weights: batch.weights, metrics });
  }
}

const variants: Record<string, DqnConfigInput> = {
  "TD errors": {},
  "C51's divergences, noisy nets": {
    distribution: { type: "c51", atoms: 11, vMin: -1, vMax: 1 },
    noise: { type: "factorised" },
    double: true,
    dueling: true,
  },
  "quantile errors": { distribution: { type: "qr", quantiles: 5 } },
};

describe.each(Object.entries(variants))("replay by %s", (_, config) => {
  test("saved and loaded, agent and replay go on bit for bit", async () => {
    await useEngine("auto");
    const one = new Training(config);
    for (let i = 0; i < 60; i++) one.round();
    const other = new Training(config, 2);
    for (let i = 0; i < 20; i++) other.round();
    other.agent.restore(throughFiles(one.agent.save()));
    other.replay.load(one.replay.save());
    other.rng = one.rng.clone();
    other.state = one.state;
    for (let i = 0; i < 60; i++) expect(other.round()).toEqual(one.round());
    expect(other.agent.save()).toEqual(one.agent.save());
    expect(other.replay.save()).toEqual(one.replay.save());
    for (const { agent } of [one, other]) agent.dispose();
  });

  test("draws what is mispredicted more often, weighs it less, and learns the walk", async () => {
    await useEngine("auto");
    const training = new Training(config);
    for (let i = 0; i < 700; i++) training.round();
    const { agent, replay } = training;
    const everywhere = Int32Array.from({ length: states - 1 }, (_, state) => state);
    expect([...(agent.greedyPolicy()(everywhere, null) as Int32Array)]).toEqual(
      new Array(states - 1).fill(1),
    );
    // All errors are 0.1, but those of the first state 2. Slots that hold nothing are passed over.
    const slots = Int32Array.from({ length: 210 }, (_, slot) => slot);
    replay.updatePriorities(slots, new Float32Array(slots.length).fill(0.1));
    const all = structuredClone(replay.sample(training.rng, 4000));
    const stateOf = new Map(Array.from(all.indices, (slot, row) => [slot, Number(all.observations[row])]));
    expect(stateOf.size).toBe(replay.size);
    replay.updatePriorities(
      slots,
      Float32Array.from(slots, (slot) => (stateOf.get(slot) === 0 ? 2 : 0.1)),
    );
    const firsts = [...stateOf.values()].filter((state) => state === 0).length;
    const [large, little] = [firsts * 2 ** 0.6, (replay.size - firsts) * 0.1 ** 0.6];
    const { observations, weights } = replay.sample(training.rng, 4000);
    const found = observations.filter((state: number) => state === 0).length / 4000;
    // Of binomial draws, 4 standard errors; strata spread less.
    expect(Math.abs(found - large / (large + little))).toBeLessThan(4 * Math.sqrt(0.25 / 4000));
    expect(found).toBeGreaterThan(firsts / replay.size + 0.1);
    // beta is 1 by now: p = (|tdError| + 1e-6)^0.6 for the largest weight over p.
    for (const [row, weight] of weights.entries()) {
      expect(weight).toBeCloseTo(observations[row] === 0 ? (0.1 / 2) ** 0.6 : 1, 4);
    }
    agent.dispose();
  });
});

test("importance weights reach the update: the same draws with other weights lead elsewhere", async () => {
  await useEngine("auto");
  const agents = [1, 0].map((betaStart) => {
    const sampling = { type: "prioritised", betaStart, betaEnd: betaStart } as const;
    const training = new Training({ sampling });
    // The first batch has equal priorities; the second, drawn from the same state, has not.
    for (let i = 0; i < 6; i++) training.round();
    return training.agent;
  });
  const [weighted, plain] = agents.map((agent) => agent.save().weights);
  expect(weighted).not.toEqual(plain);
  for (const agent of agents) agent.dispose();
});
