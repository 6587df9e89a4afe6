import { make, makeVec } from "gymnasium-js";
import { expect, test } from "vitest";
import { type MountainCarContinuousKwargs, mountainCarContinuousRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

const id = "MountainCarContinuous-v0";
const noDraws = new ScriptedDraws([]);
const { fround } = Math;

/** A car in the middle of an episode: its state is float32. */
function underWay(position: number, velocity: number, kwargs: MountainCarContinuousKwargs = {}) {
  const rules = mountainCarContinuousRules(kwargs);
  const state = rules.init(new ScriptedDraws([0.5]), undefined, null);
  Object.assign(state, { position: fround(position), velocity: fround(velocity), fresh: false });
  return {
    rules,
    state,
    step: (force: number) => ({ ...rules.step(state, Float32Array.of(force), noDraws) }),
  };
}

test("a force adds 0.0015 of itself to the velocity, and the slope 0.0025 cos(3x)", () => {
  const { state, step } = underWay(-0.7, 0.02);
  expect(step(0.5).terminated).toBe(false);
  const velocity = 0.02 + 0.5 * 0.0015 - 0.0025 * Math.cos(-2.1);
  expect(state.velocity).toBeCloseTo(velocity, 7);
  expect(state.position).toBeCloseTo(-0.7 + velocity, 6);
});

test("the state is float32 after a step, and a double before the first", () => {
  const rules = mountainCarContinuousRules();
  const state = rules.init(new ScriptedDraws([0.123456789]), undefined, null);
  expect(state.position).not.toBe(fround(state.position));
  for (let step = 0; step < 3; step++) {
    rules.step(state, Float32Array.of(0.3), noDraws);
    expect(state.position).toBe(fround(state.position));
    expect(state.velocity).toBe(fround(state.velocity));
  }
});

test("actions outside the bounds push no more than those at the bounds, but cost as given", () => {
  const [clipped, bound] = [underWay(-0.5, 0.01), underWay(-0.5, 0.01)];
  expect(clipped.step(3).reward).toBeCloseTo(-0.9, 12);
  expect(bound.step(1).reward).toBeCloseTo(-0.1, 12);
  expect(clipped.state.velocity).toBeCloseTo(bound.state.velocity, 7);
  const [left, leftBound] = [underWay(-0.5, 0.01), underWay(-0.5, 0.01)];
  left.step(-3);
  leftBound.step(-1);
  expect(left.state.velocity).toBeCloseTo(leftBound.state.velocity, 7);
  expect(left.state.velocity).toBeLessThan(clipped.state.velocity);
});

test("an idle step costs nothing, not even a negative zero", () => {
  expect(underWay(-0.5, 0).step(0).reward).toBe(0);
});

test("the wall at the left takes all speed", () => {
  const { state, step } = underWay(-1.19, -0.05);
  step(-1);
  expect(state.position).toBe(fround(-1.2));
  expect(state.velocity).toBe(0);
});

test("speed has limits", () => {
  const { state, step } = underWay(-0.9, 0.0699);
  step(1);
  expect(state.velocity).toBe(fround(0.07));
});

test.each([
  ["the goal is reached", 0.44, 0.03, {}, true],
  ["the car is just short of it", 0.4, 0.03, {}, false],
  ["it rolls back over it", 0.59, -0.03, {}, false],
  ["it is too slow for the goal velocity", 0.44, 0.03, { goalVelocity: 0.05 }, false],
  ["it is fast enough for the goal velocity", 0.44, 0.055, { goalVelocity: 0.05 }, true],
])("%s: terminated is %5$s, which pays 100", (_, position, velocity, kwargs, terminated) => {
  const result = underWay(position, velocity, kwargs).step(0.5);
  expect(result.terminated).toBe(terminated);
  expect(result.reward).toBeCloseTo(terminated ? 99.975 : -0.025, 12);
});

test("through make and makeVec out-of-bounds actions are clipped alike; NaN and wrong shapes are refused", () => {
  const env = make<Float32Array, Float32Array>(id);
  env.reset({ seed: 0 });
  const { reward, observation } = env.step(Float32Array.of(-1.25));
  expect(reward).toBeCloseTo(-0.15625, 12);
  for (const vectorizationMode of ["native", "sync"] as const) {
    const envs = makeVec(id, { numEnvs: 1, vectorizationMode });
    envs.reset({ seed: 0 });
    const step = envs.step(Float32Array.of(-1.25));
    expect(step.rewards[0]).toBe(reward);
    expect(Array.from(step.observations as Float32Array)).toEqual(Array.from(observation));
    expect(() => envs.step(Float32Array.of(Number.NaN))).toThrow("outside the action space");
    expect(() => envs.step([Float32Array.of(0, 0)])).toThrow("outside the action space");
  }
  expect(() => env.step(Float32Array.of(Number.NaN))).toThrow("outside the action space");
  expect(() => env.step(Float32Array.of(0, 0))).toThrow("it has 2 values, expected 1");
  expect(() => env.step(Float64Array.of(0) as unknown as Float32Array)).toThrow("expected a Float32Array");
});

test("reset options bound the initial position", () => {
  const env = make<Float32Array, Float32Array>(id);
  const { observation } = env.reset({ seed: 2, options: { low: 0.1, high: 0.11 } });
  expect(observation[0]).toBeGreaterThanOrEqual(fround(0.1));
  expect(observation[0]).toBeLessThanOrEqual(fround(0.11));
  expect(() => env.reset({ options: { low: 1, high: 0 } })).toThrow("make no interval");
});

test("bad keywords are named", () => {
  expect(() => make(id, { goalvelocity: 1 })).toThrow("did you mean 'goalVelocity'?");
  expect(() => make(id, { goalVelocity: Number.NaN })).toThrow("goalVelocity is NaN; give a finite number.");
});
