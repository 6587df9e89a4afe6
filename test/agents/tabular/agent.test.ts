import { box, discrete, make, makeVec, multiDiscrete, tuple } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import { lastValueFrom, tap } from "rxjs";
import {
  AgentError,
  createTabularAgent,
  type TabularAgent,
  type TabularConfigInput,
  type TabularState,
  trainTabular,
} from "../../../src/agents/index.js";
import { rollout, stopAfter } from "../../../src/streams/index.js";
import { agentOf, epsilonOf, feed, greedy, methods, type Step } from "./worlds.js";

const numEnvs = 3;

function vectorAgent(config: TabularConfigInput, seed = 4): TabularAgent {
  return agentOf(config, { states: 16, actions: 4, numEnvs, seed });
}

/** Lets an agent learn on slippery ice, with a time limit short enough to be met. */
async function play(agent: TabularAgent, steps: number, envs = lake()) {
  await lastValueFrom(
    rollout(envs, agent.policy, { resume: true }).pipe(
      tap((step) => agent.learnStep(step)),
      stopAfter(steps),
    ),
  );
  return envs;
}

function lake() {
  const envs = makeVec("FrozenLake-v1", { numEnvs, autoresetMode: "same-step", maxEpisodeSteps: 12 });
  envs.reset({ seed: 3 });
  return envs;
}

const explorations: TabularConfigInput["exploration"][] = [
  epsilonOf(0.3),
  { type: "boltzmann", steps: 500 },
  { type: "ucb" },
];

const configs = Object.entries(methods).map(([name, method], i): [string, TabularConfigInput] => [
  name,
  {
    method,
    exploration: explorations[i % 3],
    initialQ: 0.1,
    countBonus: 0.05,
    stepSize: i % 2 === 0 ? { type: "visits", exponent: 0.8 } : { type: "constant" },
  },
]);

describe.each(configs)("%s", (_name, config) => {
  test("the same seed gives the same bits, another one others", async () => {
    const tables = await Promise.all(
      [4, 4, 5].map(async (seed) => {
        const agent = vectorAgent({ ...config, exploration: epsilonOf(0.3) }, seed);
        await play(agent, 600);
        return agent.table.q.slice();
      }),
    );
    expect(tables[0]).toEqual(tables[1]);
    expect(tables[0]).not.toEqual(tables[2]);
  });

  test("a restored agent goes on bit for bit, in the middle of episodes", async () => {
    const whole = vectorAgent(config);
    const envs = await play(whole, 300);
    const [snapshot, saved] = [envs.snapshot(), whole.save()];
    const copy = JSON.stringify(saved, (_key, value) =>
      ArrayBuffer.isView(value) ? [...(value as never)] : value,
    );
    await play(whole, 600, envs);

    const restored = vectorAgent(config, 99);
    await play(restored, 30);
    restored.restore(saved);
    envs.restore(snapshot);
    await play(restored, 600, envs);
    expect(restored.save()).toEqual(whole.save());
    expect(restored.table.q).not.toEqual(saved.weights.q);
    const now = JSON.stringify(saved, (_key, value) =>
      ArrayBuffer.isView(value) ? [...(value as never)] : value,
    );
    expect(now).toBe(copy);
    expect([restored.envSteps, restored.updates]).toEqual([900, 900]);
  });

  test("a vector step is the same as its rows one after the other", async () => {
    const [byVector, byRow] = [vectorAgent(config), vectorAgent(config)];
    await lastValueFrom(
      rollout(lake(), byVector.policy, { resume: true }).pipe(
        tap((step) => {
          expect(byRow.policy(step.observations, null)).toEqual(step.actions);
          byVector.learnStep(step);
          const { next } = step;
          for (let row = 0; row < numEnvs; row++) {
            const [terminated, truncated] = [next.terminations[row] === 1, next.truncations[row] === 1];
            const following = terminated || truncated ? next.finalObservations : next.observations;
            byRow.learn(
              {
                state: step.observations[row] as number,
                action: step.actions[row] as number,
                reward: next.rewards[row]!,
                nextState: following![row] as number,
                terminated,
                truncated,
              },
              row,
            );
          }
        }),
        stopAfter(300),
      ),
    );
    expect(byRow.save()).toEqual(byVector.save());
  });
});

describe("trainTabular", () => {
  const options = { config: { exploration: epsilonOf(0.2) }, steps: 5000 };

  test("is deterministic, counts episodes, and tells of each", () => {
    const lengths: number[] = [];
    const run = (seed: number) =>
      trainTabular(make("FrozenLake-v1"), {
        ...options,
        seed,
        onEpisode: ({ length }) => lengths.push(length),
      });
    const [first, second, third] = [run(1), run(1), run(2)];
    expect(first.agent.save()).toEqual(second.agent.save());
    expect(first.returns).toEqual(second.returns);
    expect(third.agent.table.q).not.toEqual(first.agent.table.q);
    expect(first.episodes).toBe(first.returns.length);
    expect(lengths).toHaveLength(first.episodes + second.episodes + third.episodes);
    const played = lengths.slice(0, first.episodes).reduce((sum, length) => sum + length);
    expect(played).toBeLessThanOrEqual(5000);
    expect(played).toBeGreaterThan(4900);
    expect(first.agent.envSteps).toBe(5000);
  });

  test("goes on with an agent", () => {
    const { agent } = trainTabular(make("CliffWalking-v1"), { ...options, seed: 1 });
    const before = agent.table.q.slice();
    trainTabular(make("CliffWalking-v1"), { agent, steps: 1000, seed: 2 });
    expect(agent.envSteps).toBe(6000);
    expect(agent.table.q).not.toEqual(before);
    expect(() => trainTabular(make("CliffWalking-v1"), { ...options, agent, seed: 1 })).toThrow(
      "an agent or a config, not both",
    );
  });

  test("takes legal actions only where the environment tells them, and learns about no others", () => {
    const { agent } = trainTabular(make("Taxi-v4"), {
      config: { exploration: epsilonOf(1) },
      steps: 50_000,
      seed: 1,
    });
    const { mask, q } = agent.table;
    expect(mask!.some((legal) => legal === 0)).toBe(true);
    mask!.forEach((legal, pair) => {
      if (legal === 0) expect([q[pair], agent.visits[pair]]).toEqual([0, 0]);
    });
  });

  test("numbers Blackjack's hands, which are Tuples, alike in a single environment and in a vector", () => {
    const { agent } = trainTabular(make("Blackjack-v1"), {
      config: { method: { type: "monte-carlo" }, gamma: 1, exploration: epsilonOf(1) },
      steps: 60_000,
      seed: 1,
    });
    expect(agent.table.numStates).toBe(32 * 11 * 2);
    const envs = makeVec("Blackjack-v1", { numEnvs: 64, autoresetMode: "same-step" });
    const { observations } = envs.reset({ seed: 1 });
    const values = agent.qValues(observations, 64);
    const hands = observations as unknown as ArrayLike<number>[];
    for (let row = 0; row < 64; row++) {
      const [sum, dealer, ace] = hands.map((column) => column[row]!);
      const first = ((sum! * 11 + dealer!) * 2 + ace!) * 2;
      expect(values[2 * row]).toBe(Math.fround(agent.table.q[first]!));
    }
    // Of 20, sticking is better than drawing; of a hard 8 against 10, drawing.
    const value = (sum: number, dealer: number, action: number) =>
      agent.table.q[((sum * 11 + dealer) * 2 + 0) * 2 + action]!;
    expect(value(20, 5, 0)).toBeGreaterThan(value(20, 5, 1));
    expect(value(8, 10, 1)).toBeGreaterThan(value(8, 10, 0));
  });
});

describe("policies", () => {
  test("the greedy one takes the lowest of the best, and changes nothing", () => {
    const agent = agentOf({}, { states: 4, actions: 3 });
    agent.table.q.set([0, 2, 2, 5, 1, 1, 0, 0, 0, -1, -2, -1]);
    const before = agent.save();
    const policy = agent.greedyPolicy();
    expect([...(policy(Int32Array.of(0, 1, 2, 3), null) as Int32Array)]).toEqual([1, 0, 0, 0]);
    const masks = Uint8Array.of(1, 0, 1, 0, 1, 1);
    expect([...(policy(Int32Array.of(0, 1), masks) as Int32Array)]).toEqual([2, 1]);
    expect([...agent.greedyActions()]).toEqual([1, 0, 0, 0]);
    expect(agent.save()).toEqual(before);
    expect(() => agent.greedyPolicy(0.5)).toThrow("a generator if it is above 0");
  });

  test("states and actions may start anywhere", () => {
    const agent = createTabularAgent({
      observationSpace: discrete(4, { start: 10 }),
      actionSpace: discrete(3, { start: 5 }),
      numEnvs: 1,
      config: { exploration: greedy, stepSize: { type: "constant", alpha: 1 } },
      seed: 1,
    });
    agent.table.q[2 * 3 + 1] = 1;
    expect([...(agent.policy(Int32Array.of(12), null) as Int32Array)]).toEqual([6]);
    expect([...(agent.greedyPolicy()(Int32Array.of(12), null) as Int32Array)]).toEqual([6]);
    agent.learnStep({
      observations: Int32Array.of(12),
      actions: Int32Array.of(7),
      next: {
        observations: Int32Array.of(10),
        rewards: Float64Array.of(4),
        terminations: Uint8Array.of(1),
        truncations: Uint8Array.of(0),
        finalObservations: Int32Array.of(13),
      },
    });
    expect(agent.table.q[2 * 3 + 2]).toBe(4);
  });

  test("masks of a vector step are kept by state", () => {
    const agent = agentOf({ exploration: epsilonOf(1) }, { states: 2, actions: 3 });
    for (let k = 0; k < 50; k++) {
      expect(agent.policy(Int32Array.of(1), Uint8Array.of(0, 0, 1))[0]).toBe(2);
    }
    expect([...agent.table.mask!]).toEqual([1, 1, 1, 0, 0, 1]);
    expect([...(agent.greedyPolicy()(Int32Array.of(1, 0), null) as Int32Array)]).toEqual([2, 0]);
  });

  test("MultiDiscrete observations are numbered by digits", () => {
    const agent = createTabularAgent({
      observationSpace: multiDiscrete([3, 4]),
      actionSpace: discrete(2),
      numEnvs: 1,
      seed: 1,
    });
    agent.table.q[(2 * 4 + 3) * 2 + 1] = 1;
    expect([...agent.qValues(Int32Array.of(2, 3, 0, 1), 2)]).toEqual([0, 1, 0, 0]);
  });
});

describe("refusals", () => {
  const codeOf = (run: () => unknown): string => {
    try {
      run();
    } catch (error) {
      if (error instanceof AgentError) return `${error.code}: ${error.message}`;
      throw error;
    }
    return "none";
  };

  test("configs", () => {
    expect(codeOf(() => agentOf({ gamma: 2 }))).toContain(
      "invalid-config: The config tabular.gamma is wrong",
    );
    expect(codeOf(() => agentOf({ method: { type: "sarsa", n: 3 } as never }))).toContain("invalid-config");
    expect(codeOf(() => agentOf({ alpha: 0.1 } as never))).toContain("alpha");
  });

  test("spaces", () => {
    const make = (observationSpace: Parameters<typeof createTabularAgent>[0]["observationSpace"]) => () =>
      createTabularAgent({ observationSpace, actionSpace: discrete(2), numEnvs: 1, seed: 1 });
    expect(codeOf(make(box({ low: 0, high: 1, shape: [2] })))).toContain(
      "unsupported-space: The agent tabular reads",
    );
    expect(codeOf(make(tuple([discrete(2), box({ low: 0, high: 1, shape: [1] })])))).toContain(
      "unsupported-space",
    );
    expect(codeOf(make(multiDiscrete([1 << 14, 1 << 14])))).toContain("keeps a row for each observation");
  });

  test("rewards that are not finite, and values that no longer are", () => {
    expect(codeOf(() => feed(agentOf({}), [[0, 0, Number.NaN, 1]]))).toContain(
      "invalid-argument: A reward is NaN",
    );
    const method = { type: "sarsa-lambda", lambda: 1, traces: "accumulating" } as const;
    const agent = agentOf({ method, gamma: 1, initialQ: 1, stepSize: { type: "constant", alpha: 1 } });
    const diverging = () => {
      // Ten visits: the last error moves the value ten times as far as it should.
      const episode: Step[] = Array.from({ length: 9 }, () => [0, 0, 0, 0]);
      for (let k = 0; k < 500; k++) feed(agent, [...episode, [0, 0, 0, 0, "terminated"]]);
    };
    expect(codeOf(diverging)).toContain("diverged: The value of action 0 in state 0 is no longer finite");
  });

  test("states of other agents, and then nothing changes", () => {
    const agent = agentOf({});
    feed(agent, [[0, 0, 1, 1]]);
    const before = agent.save();
    for (const other of [agentOf({ method: { type: "sarsa" } }), agentOf({}, { states: 5 })]) {
      expect(codeOf(() => agent.restore(other.save()))).toContain("invalid-state: The saved state is of");
    }
    expect(codeOf(() => agent.restore({} as TabularState))).toContain("invalid-state");
    expect(codeOf(() => agent.restoreWeights({ q: new Float64Array(3), mask: null }))).toContain("3 values");
    expect(agent.save()).toEqual(before);
  });
});
