import { Generator } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import {
  createBehaviour,
  type TabularExplorationConfig,
  tabularExplorationSchema,
} from "../../../src/agents/tabular/exploration.js";
import { createTable } from "../../../src/agents/tabular/table.js";
import { agentOf, epsilonOf, feed } from "./worlds.js";

/** Q(0, .) = 1, 3, 3; Q(1, .) = 0, 0, 0 */
function behaviourOf(
  config: TabularExplorationConfig,
  options: { mask?: Uint8Array; envSteps?: number } = {},
) {
  const table = createTable(2, 3);
  table.q.set([1, 3, 3]);
  table.mask = options.mask ?? null;
  const visits = new Uint32Array(6);
  const clock = { envSteps: options.envSteps ?? 0 };
  const behaviour = createBehaviour(config, { table, visits, clock, rng: new Generator(5) });
  return { behaviour, visits, clock, table };
}

function probabilities(config: TabularExplorationConfig, options = {}): number[] {
  const pi = new Float64Array(3).fill(9);
  behaviourOf(config, options).behaviour.probabilities(0, pi);
  return [...pi];
}

const parse = (config: unknown) => tabularExplorationSchema.parse(config);
const epsilonGreedy = parse(epsilonOf(0.3));
const boltzmann = parse({ type: "boltzmann", start: 4, end: 1, steps: 100 });
const ucb = parse({ type: "ucb", c: 2 });

describe("probabilities", () => {
  test("epsilon-greedy: the lowest of the best gets the rest", () => {
    const [first, second, third] = probabilities(epsilonGreedy);
    expect(first).toBeCloseTo(0.1, 12);
    expect(second).toBeCloseTo(0.8, 12);
    expect(third).toBeCloseTo(0.1, 12);
    expect(probabilities(epsilonGreedy, { mask: Uint8Array.of(1, 0, 1, 1, 1, 1) })).toEqual([0.15, 0, 0.85]);
  });

  test("Boltzmann: exp(Q / T), T from 4 by 2 to 1", () => {
    for (const [envSteps, temperature] of [
      [0, 4],
      [50, 2],
      [100, 1],
      [1000, 1],
    ] as const) {
      const weights = [1, 3, 3].map((value) => Math.exp(value / temperature));
      const sum = weights.reduce((a, b) => a + b);
      probabilities(boltzmann, { envSteps }).forEach((pi, action) => {
        expect(pi).toBeCloseTo(weights[action]! / sum, 12);
      });
    }
    const masked = probabilities(boltzmann, { mask: Uint8Array.of(1, 0, 1, 1, 1, 1), envSteps: 100 });
    expect(masked[1]).toBe(0);
    expect(masked[2]! / masked[0]!).toBeCloseTo(Math.exp(2), 10);
  });

  test("Boltzmann does not overflow", () => {
    const cold = parse({ type: "boltzmann", start: 1e-6, end: 1e-6 });
    expect(probabilities(cold)).toEqual([0, 0.5, 0.5]);
  });

  test.each([
    ["epsilon-greedy", epsilonGreedy],
    ["Boltzmann", boltzmann],
  ])("%s acts as it says", (_name, config) => {
    const { behaviour } = behaviourOf(config);
    const counts = [0, 0, 0];
    for (let k = 0; k < 20_000; k++) counts[behaviour.act(0)]!++;
    probabilities(config).forEach((pi, action) => {
      // Four standard errors.
      expect(Math.abs(counts[action]! / 20_000 - pi)).toBeLessThan(4 * Math.sqrt((pi * (1 - pi)) / 20_000));
    });
  });

  test("where nothing is legal, action 0", () => {
    const mask = Uint8Array.of(0, 0, 0, 1, 1, 1);
    for (const config of [epsilonGreedy, boltzmann, ucb]) {
      expect(behaviourOf(config, { mask }).behaviour.act(0)).toBe(0);
    }
  });
});

describe("upper confidence bounds", () => {
  test("untried actions first, the lowest first; then Q + 2 sqrt(ln N / n)", () => {
    const { behaviour, visits } = behaviourOf(ucb);
    expect(behaviour.act(0)).toBe(0);
    visits[0] = 1;
    expect(behaviour.act(0)).toBe(1);
    visits[1] = 98;
    expect(behaviour.act(0)).toBe(2);
    visits[2] = 1;
    // ln 100 = 4.605: 1 + 4.29, 3 + 0.43, 3 + 4.29
    expect(behaviour.act(0)).toBe(2);
    visits[2] = 98;
    visits[0] = 1;
    // ln 197 = 5.28: 1 + 4.6 beats 3 + 0.46
    expect(behaviour.act(0)).toBe(0);
    const pi = new Float64Array(3);
    behaviour.probabilities(0, pi);
    expect([...pi]).toEqual([1, 0, 0]);
  });

  test("legal actions only", () => {
    const { behaviour } = behaviourOf(ucb, { mask: Uint8Array.of(0, 0, 1, 1, 1, 1) });
    expect(behaviour.act(0)).toBe(2);
  });
});

test("the count bonus is beta / sqrt(n), and part of what is learnt", () => {
  const agent = agentOf({ stepSize: { type: "constant", alpha: 1 }, countBonus: 3 });
  feed(agent, [[0, 1, 10, 3, "terminated"]]);
  expect(agent.table.q[1]).toBe(13);
  for (let k = 0; k < 3; k++) feed(agent, [[0, 1, 10, 3, "terminated"]]);
  expect(agent.table.q[1]).toBe(11.5);
  expect([...agent.visits]).toEqual([0, 4, 0, 0, 0, 0, 0, 0]);
});

test("the epsilon schedule goes by environment steps", () => {
  const exploration = {
    type: "epsilon-greedy",
    epsilon: { type: "linear", start: 1, end: 0, steps: 10 },
  } as const;
  const agent = agentOf({ exploration });
  expect(agent.epsilon).toBe(1);
  for (let k = 0; k < 4; k++) agent.act(0);
  expect([agent.envSteps, agent.epsilon]).toEqual([4, 0.6]);
  expect(agentOf({ exploration: { type: "boltzmann" } }).epsilon).toBe(0);
});

/** A corridor of ten states; only the far end pays, and every other way leads back to the start. */
function reachesTheEnd(exploration: Parameters<typeof agentOf>[0]): number {
  const agent = agentOf({ gamma: 0.95, ...exploration }, { states: 10, actions: 2 });
  let state = 0;
  for (let step = 1; step <= 20_000; step++) {
    const action = agent.act(state);
    const nextState = action === 1 ? state + 1 : 0;
    const terminated = nextState === 9;
    agent.learn({ state, action, reward: terminated ? 1 : 0, nextState, terminated, truncated: false });
    if (terminated) return step;
    state = nextState;
  }
  return Number.POSITIVE_INFINITY;
}

test("counts find the end of a corridor that a small epsilon does not", () => {
  const exploration = epsilonOf(0.05);
  expect(reachesTheEnd({ exploration })).toBe(Number.POSITIVE_INFINITY);
  expect(reachesTheEnd({ exploration: { type: "ucb", c: 1 } })).toBeLessThan(3000);
  // What was never tried has no bonus yet: it starts with the most that one could come to, beta / (1 - gamma).
  expect(reachesTheEnd({ exploration, countBonus: 0.1 })).toBe(Number.POSITIVE_INFINITY);
  expect(reachesTheEnd({ exploration, countBonus: 0.1, initialQ: 2 })).toBeLessThan(1000);
});
