import { discrete, Generator, make, makeVec, type TransitionTable } from "gymnasium-js";
import { lastValueFrom, tap } from "rxjs";
import { describe, expect, test } from "vitest";
import "../../../src/envs/index.js";
import {
  createTabularAgent,
  findTabularPreset,
  policyEvaluation,
  type TabularAgent,
  type TabularConfigInput,
  tabularPresets,
  trainTabular,
  valueIteration,
} from "../../../src/agents/index.js";
import { cliffWalkingRules, gridworldRules, tabulate } from "../../../src/envs/index.js";
import { rollout, stopAfter } from "../../../src/streams/index.js";
import { evaluate } from "../../../src/training/index.js";
import { epsilonOf } from "./worlds.js";

/** What has to be reached, and over how many episodes. */
const goals: Record<string, { least: number; episodes: number }> = {
  "CliffWalking-v1": { least: -13, episodes: 1 },
  "FrozenLake-v1": { least: 0.72, episodes: 10_000 },
  "Taxi-v4": { least: 7.7, episodes: 3000 },
};

async function greedyReturn(env: string, agent: TabularAgent, seed: number): Promise<number> {
  const { episodes } = goals[env]!;
  const policy = agent.greedyPolicy();
  const played = await evaluate({ env, policy, episodes, seed, maxSteps: 500 });
  return played!.returnMean;
}

describe.each(tabularPresets.map((preset) => ({ ...preset, ...goals[preset.env]! })))(
  "the preset $name on $env",
  ({ env, config, steps, measured, least }) => {
    test.each([1, 2])("reaches the goal, seed %d", async (seed) => {
      const { agent } = trainTabular(make(env), { config, steps, seed });
      expect(await greedyReturn(env, agent, 1_000_000 + seed)).toBeGreaterThanOrEqual(least);
    });

    test("was measured to reach it with every seed", () => {
      expect(measured.returns).toHaveLength(measured.seeds.length);
      for (const value of measured.returns) {
        expect(value).toBeGreaterThanOrEqual(least);
        expect(value).toBeLessThanOrEqual(measured.optimum);
      }
    });
  },
);

test("presets are found by environment, the best first, and by name", () => {
  expect(findTabularPreset("Taxi-v4")?.name).toBe("q-learning");
  expect(findTabularPreset("Taxi-v4", "sarsa")?.config.method).toEqual({ type: "sarsa" });
  expect(findTabularPreset("Taxi-v4", "dyna")).toBeNull();
  expect(findTabularPreset("CartPole-v1")).toBeNull();
});

describe("example 6.6: while both explore with epsilon 0.1", () => {
  const cliff = (type: "sarsa" | "q-learning") =>
    trainTabular(make("CliffWalking-v1"), {
      config: { method: { type }, gamma: 1, exploration: epsilonOf(0.1), stepSize: { type: "constant" } },
      steps: 200_000,
      seed: 3,
    });
  const [sarsa, qLearning] = [cliff("sarsa"), cliff("q-learning")];
  const lately = ({ returns }: { returns: number[] }) => {
    const last = returns.slice(-2000);
    return last.reduce((sum, value) => sum + value, 0) / last.length;
  };
  /** Rows that the greedy path from the start walks in, of 4; the lowest has the cliff. */
  const rows = ({ agent }: { agent: TabularAgent }) => {
    const policy = agent.greedyActions();
    const { P } = cliffWalkingRules();
    const path = [36];
    while (path.at(-1) !== 47 && path.length < 50) {
      path.push(P[path.at(-1)!]![policy[path.at(-1)!]!]![0]!.nextState);
    }
    return path.slice(1, -1).map((cell) => Math.floor(cell / 12));
  };

  test("Q-learning walks along the edge, Sarsa further away", () => {
    expect(Math.min(...rows(qLearning))).toBe(2);
    expect(rows(qLearning)).toHaveLength(12);
    expect(Math.min(...rows(sarsa))).toBeLessThan(2);
  });

  test("and so Sarsa earns more", () => {
    expect(lately(sarsa)).toBeGreaterThan(lately(qLearning) + 10);
  });
});

const gamma = 0.95;
const hall = { id: "Test/Hall-v0", map: ["A..L", ".#..", "...G"] };

describe("a gridworld, by the table that tabulate writes out", () => {
  const { P, starts } = tabulate(gridworldRules(hall));
  const start = starts[0]!.state;
  const optimum = valueIteration(P, { gamma }).V[start]!;

  const everyMethod: NonNullable<TabularConfigInput["method"]>[] = [
    { type: "monte-carlo" },
    { type: "sarsa" },
    { type: "expected-sarsa" },
    { type: "q-learning" },
    { type: "double-q-learning" },
    { type: "n-step-sarsa" },
    { type: "n-step-expected-sarsa" },
    { type: "tree-backup" },
    { type: "sarsa-lambda" },
    { type: "q-lambda" },
    { type: "dyna-q" },
    { type: "dyna-q", model: "latest" },
  ];

  /** Plays the table itself. */
  function learn(agent: TabularAgent, steps: number): void {
    let state = start;
    for (let step = 1; step <= steps; step++) {
      const action = agent.act(state);
      const { nextState, reward, terminated } = P[state]![action]![0]!;
      const truncated = step % 50 === 0;
      agent.learn({ state, action, reward, nextState, terminated, truncated });
      state = terminated || truncated ? start : nextState;
    }
  }

  test.each(everyMethod)("$type: the greedy policy is worth what value iteration says", (method) => {
    const { observationSpace, actionSpace } = tableSpaces(P);
    const config: TabularConfigInput = {
      method,
      gamma,
      stepSize: { type: "constant", alpha: 0.1 },
      exploration: {
        type: "epsilon-greedy",
        epsilon: { type: "linear", start: 1, end: 0, steps: 30_000 },
      },
    };
    const agent = createTabularAgent({ observationSpace, actionSpace, numEnvs: 1, config, seed: 1 });
    learn(agent, 40_000);
    expect(policyEvaluation(P, agent.greedyActions(), { gamma })[start]).toBeCloseTo(optimum, 9);
  });

  test("Dyna-Q needs fewer steps than Q-learning (example 8.1)", () => {
    const stepsNeeded = (method: NonNullable<TabularConfigInput["method"]>) => {
      const { observationSpace, actionSpace } = tableSpaces(P);
      const config: TabularConfigInput = { method, gamma, exploration: epsilonOf(0.3) };
      const agent = createTabularAgent({ observationSpace, actionSpace, numEnvs: 1, config, seed: 1 });
      for (let steps = 50; steps <= 20_000; steps += 50) {
        learn(agent, 50);
        const worth = policyEvaluation(P, agent.greedyActions(), { gamma })[start]!;
        if (Math.abs(worth - optimum) < 1e-9) return steps;
      }
      return Number.POSITIVE_INFINITY;
    };
    const direct = stepsNeeded({ type: "q-learning" });
    const planned = stepsNeeded({ type: "dyna-q", planningSteps: 50 });
    expect(planned).toBeLessThan(direct);
    expect(planned).toBeLessThan(2000);
  });
});

test("in a vector of environments it learns as well", async () => {
  const envs = makeVec("CliffWalking-v1", { numEnvs: 8, autoresetMode: "same-step" });
  const agent = createTabularAgent({
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    numEnvs: 8,
    config: findTabularPreset("CliffWalking-v1")!.config,
    seed: 1,
  });
  await lastValueFrom(
    rollout(envs, agent.policy, { seed: 1 }).pipe(
      tap((step) => agent.learnStep(step)),
      stopAfter(100_000),
    ),
  );
  expect(await greedyReturn("CliffWalking-v1", agent, 5)).toBe(-13);
});

test("double Q-learning is not lured by noise as Q-learning is (example 6.7)", () => {
  /** In A, right ends; left leads to B, where each of eight actions ends with a reward of mean -0.1. */
  const shareOfLeft = (type: "q-learning" | "double-q-learning") => {
    let left = 0;
    const runs = 200;
    const episodes = 100;
    for (let run = 0; run < runs; run++) {
      const agent = createTabularAgent({
        observationSpace: discrete(3),
        actionSpace: discrete(8),
        numEnvs: 1,
        config: { method: { type }, gamma: 1, exploration: epsilonOf(0.1) },
        seed: run,
      });
      agent.legalActions().set([1, 1, 0, 0, 0, 0, 0, 0], 0);
      const rng = new Generator(1000 + run);
      for (let episode = 0; episode < episodes; episode++) {
        const action = agent.act(0);
        const isLeft = action === 1;
        if (isLeft) left++;
        const end = { truncated: false, terminated: !isLeft };
        agent.learn({ state: 0, action, reward: 0, nextState: isLeft ? 1 : 2, ...end });
        if (!isLeft) continue;
        const inB = agent.act(1);
        const reward = rng.normal(-0.1, 1);
        agent.learn({ state: 1, action: inB, reward, nextState: 2, terminated: true, truncated: false });
      }
    }
    return left / runs / episodes;
  };
  expect(shareOfLeft("q-learning")).toBeGreaterThan(shareOfLeft("double-q-learning") + 0.1);
});

function tableSpaces(P: TransitionTable) {
  return { observationSpace: discrete(P.length), actionSpace: discrete(P[0]!.length) };
}
