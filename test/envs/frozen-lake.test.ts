import { make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { frozenLake, frozenLakeMaps, frozenLakeRules, generateRandomMap } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const [left, down, right, up] = [0, 1, 2, 3];

describe("FrozenLake", () => {
  test("walks where it is told on ice that is not slippery", () => {
    const env = make<number, number>("FrozenLake-v1", { isSlippery: false });
    expect(env.reset({ seed: 3 }).observation).toBe(0);
    const path = [left, up, right, right, down, down, down, right];
    const steps = path.map((action) => {
      const { observation, reward, terminated } = env.step(action);
      return [observation, reward, terminated];
    });
    expect(steps.map(([observation]) => observation)).toEqual([0, 0, 1, 2, 6, 10, 14, 15]);
    expect(steps.at(-1)).toEqual([15, 1, true]);
    expect(steps.slice(0, -1).every(([, reward, terminated]) => reward === 0 && terminated === false)).toBe(
      true,
    );
  });

  test("ends in a hole without reward", () => {
    const env = make<number, number>("FrozenLake-v1", { isSlippery: false });
    env.reset({ seed: 0 });
    env.step(right);
    expect(env.step(down)).toMatchObject({ observation: 5, reward: 0, terminated: true, truncated: false });
  });

  test("slips to either side: the draw selects among the turn before, straight on, the turn after", () => {
    const rules = frozenLakeRules();
    const landsOn = (u: number) => {
      const rng = new ScriptedDraws([0, u]);
      const state = rules.init(rng, undefined, null);
      state.position = 9;
      rules.step(state, right, rng);
      return state.position;
    };
    // Going right from cell 9 may slip down (13) or up (5).
    expect([0, 0.33, 0.34, 0.66, 0.67, 0.99].map(landsOn)).toEqual([13, 13, 10, 10, 5, 5]);
  });

  test("info has the probability of the transition, and resets have 1", () => {
    const env = make<number, number>("FrozenLake-v1", { successRate: 0.6 });
    expect(env.reset({ seed: 1 }).info).toEqual({ prob: 1 });
    const seen = new Set<unknown>();
    for (let step = 0; step < 40; step++) {
      const { info, terminated } = env.step(step % 4);
      seen.add(info["prob"]);
      if (terminated) env.reset();
    }
    expect(seen).toEqual(new Set([0.6, 0.2]));
  });

  test("takes one draw at reset and one per step, slippery or not", () => {
    for (const isSlippery of [true, false]) {
      const rules = frozenLakeRules({ isSlippery });
      const rng = new ScriptedDraws([0.5, 0.5, 0.5]);
      const state = rules.init(rng, undefined, null);
      expect(rng.used).toBe(1);
      rules.step(state, right, rng);
      rules.step(state, right, rng);
      expect(rng.used).toBe(3);
    }
  });

  test("starts on any S of a custom map, all alike", () => {
    const rules = frozenLakeRules({ desc: ["SFS", "FHF", "SFG"] });
    const start = (u: number) => rules.init(new ScriptedDraws([u]), undefined, null).position;
    expect([0, 0.33, 0.34, 0.66, 0.67, 0.999].map(start)).toEqual([0, 0, 2, 2, 6, 6]);
  });

  test("the reward schedule pays for goal, hole and frozen cell", () => {
    const env = make<number, number>("FrozenLake-v1", { isSlippery: false, rewardSchedule: [10, -3, -1] });
    env.reset({ seed: 0 });
    expect(env.step(right).reward).toBe(-1);
    expect(env.step(down).reward).toBe(-3);
  });

  test("the table P holds every outcome, and its probabilities sum to 1", () => {
    const { P } = frozenLakeRules();
    expect(P).toHaveLength(16);
    for (const actions of P) {
      for (const outcomes of actions) {
        expect(outcomes.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 12);
      }
    }
    expect(P[5]![left]).toEqual([{ probability: 1, nextState: 5, reward: 0, terminated: true }]);
    expect(P[14]![right]!.map(({ nextState, reward }) => [nextState, reward])).toEqual([
      [14, 0],
      [15, 1],
      [10, 0],
    ]);
  });

  test("both maps and their time limits", () => {
    expect(frozenLake.maxEpisodeSteps).toBe(100);
    const large = make("FrozenLake8x8-v1");
    expect(large.spec).toMatchObject({ maxEpisodeSteps: 200, rewardThreshold: 0.85 });
    expect(large.observationSpace.describe()["n"]).toBe(64);
    expect(frozenLakeRules({ mapName: "8x8" }).desc).toEqual(frozenLakeMaps["8x8"]);
  });

  test("a snapshot brings state and draws back exactly", () => {
    const env = make<number, number>("FrozenLake-v1");
    env.reset({ seed: 5 });
    env.step(right);
    const snapshot = env.snapshot();
    const walk = () => [0, 1, 2, 3].map((action) => env.step(action).observation);
    const first = walk();
    env.restore(snapshot);
    expect(walk()).toEqual(first);
  });
});

describe("random maps", () => {
  test("are the same for the same seed, start and end in corners, and can be crossed", () => {
    const map = generateRandomMap(6, 0.7, 42);
    expect(generateRandomMap(6, 0.7, 42)).toEqual(map);
    expect(generateRandomMap(6, 0.7, 43)).not.toEqual(map);
    expect(map).toHaveLength(6);
    expect([map[0]![0], map[5]![5]]).toEqual(["S", "G"]);
    expect(map.join("")).toMatch(/^[SFHG]{36}$/);
  });

  // From Gymnasium 1.4: generate_random_map(size=4, p=0.8, seed=0).
  test("are Gymnasium's", () => {
    expect(generateRandomMap(4, 0.8, 0)).toEqual(["SFFF", "HHFF", "FHHF", "HFFG"]);
  });
});

describe("bad keywords", () => {
  test.each([
    [{ slippery: true }, "did you mean 'isSlippery'?"],
    [{ isSlippery: 1 }, "isSlippery is 1; give true or false"],
    [{ successRate: 1.5 }, "successRate is 1.5; give a probability, from 0 to 1"],
    [{ mapName: "5x5" }, '"4x4" or "8x8"'],
    [{ desc: ["SF", "G"] }, "rows of one length"],
    [{ desc: ["SX"] }, "letters S, F, H and G"],
    [{ desc: ["FG"] }, "has no start"],
    [{ rewardSchedule: [1, 2] }, "three numbers"],
  ])("%j", (kwargs, message) => {
    expect(() => make("FrozenLake-v1", kwargs)).toThrow(message);
  });

  test("sizes and probabilities of random maps", () => {
    expect(() => generateRandomMap(1, 0.8, 0)).toThrow("at least 2");
    expect(() => generateRandomMap(4, 0, 0)).toThrow("above 0");
  });
});
