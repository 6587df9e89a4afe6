import { make } from "gymnasium-js";
import { expect, test } from "vitest";
import { cartPoleRules } from "../../src/envs/index.js";
import { ScriptedDraws } from "./scripted-draws.js";

function startedAt(values: readonly [number, number, number, number]) {
  const rules = cartPoleRules();
  const state = rules.init(new ScriptedDraws([0.5, 0.5, 0.5, 0.5]), undefined, null);
  [state.x, state.xDot, state.theta, state.thetaDot] = values;
  return { rules, state };
}

test("one step is one Euler step of the equations of motion", () => {
  const { rules, state } = startedAt([0.1, 0.2, 0.05, -0.3]);
  rules.step(state, 1, new ScriptedDraws([]));
  // Worked out by hand from Barto, Sutton and Anderson's equations with m = 0.1, M = 1.1, l = 0.5, F = 10, tau = 0.02.
  const [sin, cos] = [Math.sin(0.05), Math.cos(0.05)];
  const pull = (10 + 0.05 * 0.09 * sin) / 1.1;
  const angular = (9.8 * sin - cos * pull) / (0.5 * (4 / 3 - (0.1 * cos ** 2) / 1.1));
  const linear = pull - (0.05 * angular * cos) / 1.1;
  expect(state.x).toBeCloseTo(0.104, 14);
  expect(state.theta).toBeCloseTo(0.044, 14);
  expect(state.xDot).toBeCloseTo(0.2 + 0.02 * linear, 14);
  expect(state.thetaDot).toBeCloseTo(-0.3 + 0.02 * angular, 14);
});

test("pushes are mirror images", () => {
  const one = startedAt([0.3, -0.1, 0.02, 0.4]);
  const other = startedAt([-0.3, 0.1, -0.02, -0.4]);
  for (let step = 0; step < 5; step++) {
    one.rules.step(one.state, step % 2, new ScriptedDraws([]));
    other.rules.step(other.state, 1 - (step % 2), new ScriptedDraws([]));
  }
  expect(one.state.x).toBe(-other.state.x);
  expect(one.state.thetaDot).toBe(-other.state.thetaDot);
});

test.each([
  ["the cart runs off to the right", [2.39, 1, 0, 0], true],
  ["the cart runs off to the left", [-2.39, -1, 0, 0], true],
  ["the pole leans 12 degrees", [0, 0, 0.2094, 0.1], true],
  ["neither", [2.3, 0, 0.15, 0], false],
] as const)("%s: terminated is %3$s", (_, values, terminated) => {
  const { rules, state } = startedAt([...values]);
  expect(rules.step(state, 1, new ScriptedDraws([])).terminated).toBe(terminated);
});

test("an episode pays 1 per step, the last included; by Sutton and Barto 0, and -1 for the end", () => {
  const rewards = (kwargs: object) => {
    const env = make<Float32Array, number>("CartPole-v1", { ...kwargs });
    env.reset({ seed: 0 });
    const collected: number[] = [];
    for (;;) {
      const { reward, terminated } = env.step(1);
      collected.push(reward);
      if (terminated) return collected;
    }
  };
  expect(new Set(rewards({}))).toEqual(new Set([1]));
  const sutton = rewards({ suttonBartoReward: true });
  expect(sutton.slice(0, -1).every((reward) => reward === 0)).toBe(true);
  expect(sutton.at(-1)).toBe(-1);
});

test("is cut after 500 steps", () => {
  const env = make<Float32Array, number>("CartPole-v1");
  let { observation } = env.reset({ seed: 1 });
  for (let step = 1; step <= 500; step++) {
    // Lean-and-speed control keeps this pole up for ever.
    const result = env.step(
      observation[2]! * 3 + observation[3]! + 0.1 * observation[0]! + 0.3 * observation[1]! > 0 ? 1 : 0,
    );
    observation = result.observation;
    expect([result.terminated, result.truncated]).toEqual([false, step === 500]);
  }
});

test("reset options bound the initial state", () => {
  const env = make<Float32Array, number>("CartPole-v1");
  const { observation } = env.reset({ seed: 2, options: { low: 0.1, high: 0.11 } });
  expect([...observation].every((value) => value >= 0.1 && value < 0.11)).toBe(true);
  expect([...env.reset().observation].every((value) => Math.abs(value) < 0.05)).toBe(true);
  expect(() => env.reset({ options: { low: 1, high: 0 } })).toThrow("low <= high");
});

test("bad keywords are named", () => {
  expect(() => make("CartPole-v1", { suttonReward: true })).toThrow("did you mean 'suttonBartoReward'?");
  expect(() => make("CartPole-v1", { suttonBartoReward: "yes" })).toThrow("give true or false");
});
