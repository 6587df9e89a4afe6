import { make } from "gymnasium-js";
import { expect, test } from "vitest";
import { type MountainCarKwargs, mountainCarRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const noDraws = new ScriptedDraws([]);

function startedAt(position: number, velocity: number, kwargs: MountainCarKwargs = {}) {
  const rules = mountainCarRules(kwargs);
  const state = rules.init(new ScriptedDraws([0.5]), undefined, null);
  Object.assign(state, { position, velocity });
  return { rules, state };
}

test("starts at rest between -0.6 and -0.4, by one draw", () => {
  const draws = new ScriptedDraws([0.25]);
  const state = mountainCarRules().init(draws, undefined, null);
  expect(state.position).toBeCloseTo(-0.55, 14);
  expect(state.velocity).toBe(0);
  expect(draws.used).toBe(1);
});

test.each([
  [0, -0.001],
  [1, 0],
  [2, 0.001],
])("action %i adds %f to the velocity, and the slope 0.0025 cos(3x)", (action, push) => {
  const { rules, state } = startedAt(-0.7, 0.02);
  expect({ ...rules.step(state, action, noDraws) }).toEqual({ reward: -1, terminated: false });
  const velocity = 0.02 + push - 0.0025 * Math.cos(-2.1);
  expect(state.velocity).toBeCloseTo(velocity, 15);
  expect(state.position).toBeCloseTo(-0.7 + velocity, 15);
});

test("where the ground is level, a car that is not pushed rests", () => {
  const { rules, state } = startedAt(-Math.PI / 6, 0);
  rules.step(state, 1, noDraws);
  expect(state.velocity).toBeCloseTo(0, 15);
});

test("speed has limits, both ways", () => {
  const up = startedAt(-0.9, 0.0699);
  up.rules.step(up.state, 2, noDraws);
  expect(up.state.velocity).toBe(0.07);
  const down = startedAt(0.2, -0.0699);
  down.rules.step(down.state, 0, noDraws);
  expect(down.state.velocity).toBe(-0.07);
});

test("the wall at the left takes all speed", () => {
  const { rules, state } = startedAt(-1.19, -0.05);
  rules.step(state, 0, noDraws);
  expect(state).toEqual({ position: -1.2, velocity: 0 });
});

test("the ground ends at 0.6, where the goal is passed", () => {
  const { rules, state } = startedAt(0.58, 0.07);
  expect(rules.step(state, 2, noDraws).terminated).toBe(true);
  expect(state.position).toBe(0.6);
  expect(state.velocity).toBeGreaterThan(0);
});

test.each([
  ["the goal is reached", 0.48, 0.03, {}, true],
  ["the car is just short of it", 0.45, 0.03, {}, false],
  ["it rolls back over it", 0.59, -0.03, {}, false],
  ["it is too slow for the goal velocity", 0.48, 0.03, { goalVelocity: 0.05 }, false],
  ["it is fast enough for the goal velocity", 0.48, 0.055, { goalVelocity: 0.05 }, true],
])("%s: terminated is %5$s", (_, position, velocity, kwargs, terminated) => {
  const { rules, state } = startedAt(position, velocity, kwargs);
  expect({ ...rules.step(state, 1, noDraws) }).toEqual({ reward: -1, terminated });
});

test("pushing the way it rolls brings the car up, which is too weak to drive up", () => {
  const stepsOf = (policy: (velocity: number) => number) => {
    const env = make<Float32Array, number>("MountainCar-v0");
    let { observation } = env.reset({ seed: 3 });
    for (let step = 1; ; step++) {
      const result = env.step(policy(observation[1]!));
      observation = result.observation;
      if (result.terminated) return step;
      if (result.truncated) return null;
    }
  };
  expect(stepsOf((velocity) => (velocity < 0 ? 0 : 2))).toBeLessThan(150);
  expect(stepsOf(() => 2)).toBeNull();
});

test("reset options bound the initial position", () => {
  const env = make<Float32Array, number>("MountainCar-v0");
  const { observation } = env.reset({ seed: 2, options: { low: 0.1, high: 0.11 } });
  expect(observation[0]).toBeGreaterThanOrEqual(Math.fround(0.1));
  expect(observation[0]).toBeLessThanOrEqual(Math.fround(0.11));
  expect(env.reset().observation[0]).toBeLessThan(-0.39);
  expect(() => env.reset({ options: { low: 1, high: 0 } })).toThrow(
    "Reset bounds low 1 and high 0 make no interval; give two finite numbers with low <= high.",
  );
  expect(() => env.reset({ options: { low: "left" } })).toThrow('low "left"');
  expect(() => env.reset({ options: { high: Number.POSITIVE_INFINITY } })).toThrow("make no interval");
  expect(() => env.reset({ options: { low: -3, high: -2 } })).toThrow("is not within [-1.2");
});

test("bad keywords are named", () => {
  expect(() => make("MountainCar-v0", { goalSpeed: 1 })).toThrow("has no keyword 'goalSpeed'");
  expect(() => make("MountainCar-v0", { goalVelocity: "fast" })).toThrow(
    'goalVelocity is "fast"; give a finite number.',
  );
});
