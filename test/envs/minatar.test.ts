import { make } from "gymnasium-js";
import { expect, test } from "vitest";
import { breakout, minatarRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const [noop, left, right] = [0, 1, 3];

test("each step draws first, and below the probability repeats the action executed last", () => {
  const rules = minatarRules(breakout, 0, { stickyActionProbability: 0.25 });
  const rng = new ScriptedDraws([0, 0.5, 0.2, 0.25, 0.1]);
  const state = rules.init(rng, undefined, null);
  const executed = [left, right, right, left].map((action) => {
    rules.step(state, action, rng);
    return state.previousAction;
  });
  expect(executed).toEqual([left, left, right, right]);
  expect(rng.used).toBe(5);
});

test("the previous action is 0 at first, survives resets, and not seeded ones", () => {
  const rules = minatarRules(breakout, 0, { stickyActionProbability: 1 });
  const rng = new ScriptedDraws(new Array<number>(6).fill(0.5));
  const first = rules.init(rng, undefined, null);
  rules.step(first, left, rng);
  expect(first.previousAction).toBe(noop);
  first.previousAction = right;
  const second = rules.init(rng, undefined, first);
  rules.step(second, left, rng);
  expect(second.previousAction).toBe(right);
  expect(rules.init(rng, undefined, null).previousAction).toBe(noop);
});

test("v1 translates indices into the minimal actions before they can stick", () => {
  const rules = minatarRules(breakout, 1, { stickyActionProbability: 0.5 });
  const rng = new ScriptedDraws([0, 0.9, 0.9, 0.1]);
  const state = rules.init(rng, undefined, null);
  const executed = [1, 2, 0].map((index) => {
    rules.step(state, index, rng);
    return state.previousAction;
  });
  expect(executed).toEqual([left, right, right]);
});

test("a step after the end draws, gives 0 and terminated, and changes nothing on the board", () => {
  const rules = minatarRules(breakout, 0);
  const rng = new ScriptedDraws([0, ...new Array<number>(8).fill(0.9)]);
  const state = rules.init(rng, undefined, null);
  for (let step = 0; step < 6; step++) rules.step(state, noop, rng);
  const before = structuredClone(state.game);
  expect(rules.step(state, right, rng)).toEqual({ reward: 0, terminated: true });
  expect(state.game).toEqual(before);
  expect(state.previousAction).toBe(right);
  expect(rng.used).toBe(8);
});

test("both ids, their spaces, and no time limit", () => {
  const [all, minimal] = [make("MinAtar/Breakout-v0"), make("MinAtar/Breakout-v1")];
  expect(all.actionSpace.describe()).toMatchObject({ n: 6 });
  expect(minimal.actionSpace.describe()).toMatchObject({ n: 3 });
  expect(minimal.observationSpace).toMatchObject({ shape: [10, 10, 4], dtype: "uint8" });
  expect(minimal.spec?.maxEpisodeSteps).toBeNull();
});

test("the same seed gives the same play, another seed another one", () => {
  const play = (seed: number) => {
    const env = make<Uint8Array, number>("MinAtar/Breakout-v1");
    env.reset({ seed });
    return Array.from({ length: 200 }, (_, step) => {
      const { observation, terminated } = env.step((step * 7) % 3);
      const seen = observation.join("");
      if (terminated) env.reset();
      return seen;
    }).join("\n");
  };
  expect(play(1)).toBe(play(1));
  expect(play(1)).not.toBe(play(2));
});

test("bad keywords are named", () => {
  expect(() => make("MinAtar/Breakout-v1", { sticky: 0.1 })).toThrow("It takes stickyActionProbability");
  expect(() => make("MinAtar/Breakout-v1", { stickyActionProbability: -0.1 })).toThrow("from 0 to 1");
});
