import { make } from "gymnasium-js";
import { describe, expect, test } from "vitest";
import { cliffWalkingRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const [up, right, down, left] = [0, 1, 2, 3];
const [start, goal] = [36, 47];

function walk(path: readonly number[]): unknown[] {
  const env = make<number, number>("CliffWalking-v1");
  expect(env.reset({ seed: 0 })).toEqual({ observation: start, info: { prob: 1 } });
  return path.map((action) => {
    const { observation, reward, terminated, truncated } = env.step(action);
    expect(truncated).toBe(false);
    return [observation, reward, terminated];
  });
}

describe("CliffWalking", () => {
  test("the shortest way, along the edge, costs 13 and ends at the goal", () => {
    const steps = walk([up, ...new Array<number>(11).fill(right), down]);
    const cells = [24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35];
    expect(steps).toEqual([...cells.map((cell) => [cell, -1, false]), [goal, -1, true]]);
  });

  test("a step over the cliff costs 100, leads back to the start and does not end the episode", () => {
    expect(walk([right, up, right, down, up])).toEqual([
      [start, -100, false],
      [24, -1, false],
      [25, -1, false],
      [start, -100, false],
      [24, -1, false],
    ]);
  });

  test("borders hold", () => {
    expect(walk([left, down, up, up, up, up, left])).toEqual(
      [start, start, 24, 12, 0, 0, 0].map((cell) => [cell, -1, false]),
    );
  });

  test("on slippery ground the draw selects among the turn before, straight on, the turn after", () => {
    const rules = cliffWalkingRules({ isSlippery: true });
    const outcome = (u: number) => {
      const rng = new ScriptedDraws([0, u]);
      const state = rules.init(rng, undefined, null);
      state.position = 25;
      const { reward } = rules.step(state, right, rng);
      return [state.position, reward, state.info.prob];
    };
    // Going right from cell 25 may slip up (13) or down, over the cliff.
    expect([0, 0.33, 0.34, 0.66, 0.67, 0.99].map(outcome)).toEqual([
      [13, -1, 1 / 3],
      [13, -1, 1 / 3],
      [26, -1, 1 / 3],
      [26, -1, 1 / 3],
      [start, -100, 1 / 3],
      [start, -100, 1 / 3],
    ]);
  });

  test.each([true, false])("one draw at reset and one per step (slippery: %s)", (isSlippery) => {
    const rules = cliffWalkingRules({ isSlippery });
    const rng = new ScriptedDraws([0.5, 0.5, 0.5]);
    const state = rules.init(rng, undefined, null);
    expect(rng.used).toBe(1);
    rules.step(state, up, rng);
    rules.step(state, up, rng);
    expect(rng.used).toBe(3);
  });

  test("the slippery one is slippery unless told otherwise; neither has a time limit", () => {
    const slipperyByDefault = make<number, number>("CliffWalkingSlippery-v1");
    slipperyByDefault.reset({ seed: 0 });
    expect(slipperyByDefault.step(up).info).toEqual({ prob: 1 / 3 });
    const firm = make<number, number>("CliffWalkingSlippery-v1", { isSlippery: false });
    firm.reset({ seed: 0 });
    expect(firm.step(up).info).toEqual({ prob: 1 });
    for (const id of ["CliffWalking-v1", "CliffWalkingSlippery-v1"]) {
      expect(make(id).spec).toMatchObject({ maxEpisodeSteps: null, rewardThreshold: null });
    }
  });

  test("the table P has the goal and the cliff as ordinary cells, as Gymnasium's", () => {
    const { P } = cliffWalkingRules();
    expect(P).toHaveLength(48);
    expect(P[goal]![up]).toEqual([{ probability: 1, nextState: 35, reward: -1, terminated: false }]);
    expect(P[37]![left]).toEqual([{ probability: 1, nextState: start, reward: -1, terminated: false }]);
    expect(P[46]![right]).toEqual([{ probability: 1, nextState: goal, reward: -1, terminated: true }]);
  });

  test("bad keywords", () => {
    expect(() => make("CliffWalking-v1", { isSliperry: true })).toThrow("did you mean 'isSlippery'?");
    expect(() => make("CliffWalking-v1", { isSlippery: "yes" })).toThrow("give true or false");
  });
});
