import { make } from "gymnasium-js";
import { expect, test } from "vitest";
import { type AcrobotState, acrobotRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const noDraws = new ScriptedDraws([]);
const gravity = 9.8;

type Values = readonly [theta1: number, theta2: number, theta1Dot: number, theta2Dot: number];

/** A chain with these angles and speeds; they are drawn, so that all that follows from them fits. */
function startedAt(values: Values) {
  const rules = acrobotRules();
  const bound = 30;
  const draws = new ScriptedDraws(values.map((value) => (value + bound) / (2 * bound)));
  const state = rules.init(draws, { low: -bound, high: bound }, null);
  return { rules, state };
}

/** J, with both links hanging at rest as 0: kinetic energy by the mass matrix, and the heights of both centres of mass. */
function energy({ theta1, theta2, theta1Dot, theta2Dot }: AcrobotState): number {
  const m11 = 0.25 + 1.25 + Math.cos(theta2) + 2;
  const m12 = 0.25 + 0.5 * Math.cos(theta2) + 1;
  const m22 = 1.25;
  const kinetic = 0.5 * m11 * theta1Dot ** 2 + m12 * theta1Dot * theta2Dot + 0.5 * m22 * theta2Dot ** 2;
  const lift1 = 0.5 * (1 - Math.cos(theta1));
  const lift2 = 1 - Math.cos(theta1) + 0.5 * (1 - Math.cos(theta1 + theta2));
  return kinetic + gravity * (lift1 + lift2);
}

test("starts with four draws in the order of the state, rounded to float32", () => {
  const draws = new ScriptedDraws([0, 0.25, 0.75, 1]);
  const state = acrobotRules().init(draws, undefined, null);
  const values = [state.theta1, state.theta2, state.theta1Dot, state.theta2Dot];
  expect(values).toEqual([-0.1, -0.05, 0.05, 0.1].map((value) => expect.closeTo(value, 7)));
  expect(values).toEqual(values.map(Math.fround));
  expect(draws.used).toBe(4);
});

test("hanging still it stays, and the observation is of cosines, sines and speeds", () => {
  const { rules, state } = startedAt([0, 0, 0, 0]);
  expect({ ...rules.step(state, 1, noDraws) }).toEqual({ reward: -1, terminated: false });
  const observation = new Float32Array(6);
  rules.observe(state, observation, 0);
  // Cosines of a quarter turn are 6e-17 rather than 0.
  expect(Array.from(observation)).toEqual([1, 0, 1, 0, 0, 0].map((value) => expect.closeTo(value, 12)));
});

test("the first instant's acceleration solves the equations of motion", () => {
  const { rules, state } = startedAt([0, 0, 0, 0]);
  rules.step(state, 2, noDraws);
  // Hanging: M (a1, a2) = (0, 1) with M = [[4.5, 1.75], [1.75, 1.25]] by hand; det = 2.5625.
  const [a1, a2] = [-1.75 / 2.5625, 4.5 / 2.5625];
  // 0.2 s later speeds are near acceleration * time; gravity has begun to pull back by then.
  expect(state.theta1Dot).toBeLessThan(0);
  expect(state.theta1Dot / (0.2 * a1)).toBeGreaterThan(0.75);
  expect(state.theta1Dot / (0.2 * a1)).toBeLessThan(1);
  expect(state.theta2Dot / (0.2 * a2)).toBeGreaterThan(0.75);
  expect(state.theta2Dot / (0.2 * a2)).toBeLessThan(1);
});

test("opposite torques are mirror images", () => {
  const one = startedAt([0.3, -0.2, 0.5, 0.125]);
  const other = startedAt([-0.3, 0.2, -0.5, -0.125]);
  for (let step = 0; step < 10; step++) {
    one.rules.step(one.state, step % 3, noDraws);
    other.rules.step(other.state, 2 - (step % 3), noDraws);
  }
  expect(one.state.theta1).toBeCloseTo(-other.state.theta1, 9);
  expect(one.state.theta2Dot).toBeCloseTo(-other.state.theta2Dot, 9);
});

test("without torque energy is kept but for the error of the integration", () => {
  const { rules, state } = startedAt([0.5, -0.3, 0.2, 0.1]);
  const before = energy(state);
  for (let step = 0; step < 50; step++) {
    rules.step(state, 1, noDraws);
    expect(Math.abs(energy(state) / before - 1)).toBeLessThan(0.02);
  }
  // That it moved: the energy went from one form to another.
  expect(Math.abs(state.theta1 - 0.5)).toBeGreaterThan(0.01);
});

test("the work of the torque becomes energy", () => {
  const { rules, state } = startedAt([0.2, 0.1, 0.3, 0.4]);
  const [energyBefore, angleBefore] = [energy(state), state.theta2];
  rules.step(state, 2, noDraws);
  expect(energy(state) - energyBefore).toBeCloseTo(state.theta2 - angleBefore, 3);
});

test("angles stay within half a turn, speeds within their limits", () => {
  const { rules, state } = startedAt([3.1, -3.1, 12.5, -28]);
  for (let step = 0; step < 20; step++) {
    rules.step(state, 2, noDraws);
    expect(Math.abs(state.theta1)).toBeLessThanOrEqual(Math.PI);
    expect(Math.abs(state.theta2)).toBeLessThanOrEqual(Math.PI);
    expect(Math.abs(state.theta1Dot)).toBeLessThanOrEqual(4 * Math.PI);
    expect(Math.abs(state.theta2Dot)).toBeLessThanOrEqual(9 * Math.PI);
  }
});

test.each([
  ["stretched upwards, the end is two metres up", [3.1, 0, 0, 0], true],
  ["the first link up and the second level, the end is one metre up, sinking", [Math.PI, 1.6, 0, 0], false],
  ["hanging, it is two metres down", [0.1, 0, 0, 0], false],
  ["level, it is as high as the joint", [1.5, 0, 0, 0], false],
] as const)("%s: terminated is %3$s", (_, values, terminated) => {
  const { rules, state } = startedAt(values);
  expect({ ...rules.step(state, 1, noDraws) }).toEqual({ reward: terminated ? 0 : -1, terminated });
});

test("reset options bound the initial state", () => {
  const env = make<Float32Array, number>("Acrobot-v1");
  const { observation } = env.reset({ seed: 2, options: { low: 0.5, high: 0.51 } });
  expect(observation[4]).toBeGreaterThanOrEqual(0.5);
  expect(observation[5]).toBeLessThanOrEqual(Math.fround(0.51));
  expect(Math.abs(env.reset().observation[4]!)).toBeLessThan(0.1);
  expect(() => env.reset({ options: { low: 1, high: 0 } })).toThrow("make no interval");
  expect(() => env.reset({ options: { low: 13, high: 14 } })).toThrow("is not within [-12.566");
});

test("it takes no keywords", () => {
  expect(() => make("Acrobot-v1", { g: 1 })).toThrow("Acrobot-v1 has no keyword 'g'; It takes no keywords.");
});
