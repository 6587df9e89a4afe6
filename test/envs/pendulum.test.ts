import { make } from "gymnasium-js";
import { expect, test } from "vitest";
import { type PendulumKwargs, pendulumRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const noDraws = new ScriptedDraws([]);

function startedAt(theta: number, thetaDot: number, kwargs: PendulumKwargs = {}) {
  const rules = pendulumRules(kwargs);
  const state = rules.init(new ScriptedDraws([0.5, 0.5]), undefined, null);
  Object.assign(state, { theta, thetaDot });
  return {
    rules,
    state,
    step: (torque: number) => ({ ...rules.step(state, Float32Array.of(torque), noDraws) }),
  };
}

test("starts with an angle and a speed, drawn in this order", () => {
  const draws = new ScriptedDraws([0.75, 0.25]);
  const state = pendulumRules().init(draws, undefined, null);
  expect(state.theta).toBeCloseTo(Math.PI / 2, 14);
  expect(state.thetaDot).toBe(-0.5);
  expect(draws.used).toBe(2);
});

test.each([
  ["10 unless told", {}, 10],
  ["9.81", { g: 9.81 }, 9.81],
  ["0, in space", { g: 0 }, 0],
])("a step turns by gravity (%s) and torque", (_, kwargs, g) => {
  const { state, step } = startedAt(0.4, 0.5, kwargs);
  const { reward, terminated } = step(1.5);
  // A rod of mass 1 kg and length 1 m: 3g/2 sin(angle) + 3 torque, over 0.05 s.
  const speed = 0.5 + (1.5 * g * Math.sin(0.4) + 4.5) * 0.05;
  expect(state.thetaDot).toBeCloseTo(speed, 12);
  expect(state.theta).toBeCloseTo(0.4 + 0.05 * speed, 12);
  expect(reward).toBeCloseTo(-(0.4 ** 2 + 0.1 * 0.5 ** 2 + 0.001 * 1.5 ** 2), 9);
  expect(terminated).toBe(false);
});

test("the torque is clipped to 2 N m, in its effect and in its cost", () => {
  const [clipped, bound] = [startedAt(0.4, 0.5), startedAt(0.4, 0.5)];
  expect(clipped.step(7)).toEqual(bound.step(2));
  expect(clipped.state).toEqual(bound.state);
  const [negative, negativeBound] = [startedAt(0.4, 0.5), startedAt(0.4, 0.5)];
  expect(negative.step(-7)).toEqual(negativeBound.step(-2));
  expect(negative.state).toEqual(negativeBound.state);
});

test("speed is clipped to 8 rad/s", () => {
  const { state, step } = startedAt(1.5, 7.9);
  step(2);
  expect(state.thetaDot).toBe(8);
  expect(state.theta).toBeCloseTo(1.5 + 0.4, 14);
});

test.each([
  [0, 0],
  [2 * Math.PI, 0],
  [Math.PI - 0.1, Math.PI - 0.1],
  [Math.PI + 0.1, Math.PI - 0.1],
  [-Math.PI - 0.1, Math.PI - 0.1],
  [-20 * Math.PI + 0.5, 0.5],
  [30, 30 - 10 * Math.PI],
])("the reward takes angle %f as %f from upright", (theta, angle) => {
  expect(startedAt(theta, 0).step(0).reward).toBeCloseTo(-(angle ** 2), 9);
});

test("upright and still it costs nothing; an hour hand's worst moment costs 16.27", () => {
  expect(startedAt(0, 0).step(0).reward).toBeCloseTo(0, 15);
  expect(startedAt(Math.PI, 8).step(2).reward).toBeCloseTo(-16.2736044, 6);
});

test("is cut after 200 steps and never ends before", () => {
  const env = make<Float32Array, Float32Array>("Pendulum-v1");
  env.reset({ seed: 0 });
  for (let step = 1; step <= 200; step++) {
    const { terminated, truncated, observation } = env.step(Float32Array.of(2));
    expect([terminated, truncated]).toEqual([false, step === 200]);
    expect(Math.hypot(observation[0]!, observation[1]!)).toBeCloseTo(1, 6);
  }
});

test("reset options bound the initial angle and speed", () => {
  const env = make<Float32Array, Float32Array>("Pendulum-v1");
  for (let seed = 0; seed < 20; seed++) {
    const { observation } = env.reset({ seed, options: { xInit: 0.1, yInit: 0.2 } });
    expect(observation[0]).toBeGreaterThan(Math.cos(0.11));
    expect(Math.abs(observation[2]!)).toBeLessThanOrEqual(0.2);
  }
  expect(() => env.reset({ options: { xInit: -1 } })).toThrow(
    "Reset option xInit is -1; give a finite number of at least 0, the largest initial angle in rad.",
  );
  expect(() => env.reset({ options: { yInit: "fast" } })).toThrow('yInit is "fast"');
});

test("bad keywords are named", () => {
  expect(() => make("Pendulum-v1", { gravity: 1 })).toThrow("has no keyword 'gravity'");
  expect(() => make("Pendulum-v1", { g: null, x: 1 })).toThrow("has no keyword 'x'");
  expect(() => make("Pendulum-v1", { g: "9.81" })).toThrow('g is "9.81"; give a finite number.');
});
