import { expect, test } from "vitest";
import "../../src/envs/index.js";
import "../../src/multiagent/index.js";
import { registry } from "gymnasium-js";
import { findPreset, type PartialConfig, presets, resolveConfig } from "../../src/training/index.js";

const named = presets.map(
  (preset) => [`${preset.name} of ${preset.agent} for ${preset.env}`, preset] as const,
);

test.each(named)("%s is a config of its agent for an environment that there is", (_, preset) => {
  expect(registry.has(preset.env)).toBe(true);
  const config = resolveConfig(preset.config, { env: preset.env });
  expect(config.agent).toBe(preset.agent);
  expect(preset.summary).not.toBe("");
  if (preset.measured !== null) expect(preset.measured.steps).toBe(config.steps);
});

test.each(named.filter(([, { forSteps }]) => forSteps !== undefined))(
  "%s has schedules that end with a run of another length, and are those of its own length",
  (_, { agent, config, env, forSteps }) => {
    const whole = resolveConfig(config, { env });
    expect(resolveConfig(config, forSteps!(whole.steps), { env })).toEqual(whole);
    const short = resolveConfig(config, forSteps!(7000), { env });
    expect(short).toMatchObject({ steps: 7000, evaluation: { every: 700 } });
    expect(short).toMatchObject({ [agent]: { learningRate: { type: "linear", end: 0, steps: 7000 } } });
    // A policy that draws its actions has no schedule of exploration.
    if (agent === "ppo") return;
    const explored = (of: PartialConfig): number =>
      (of[agent] as { exploration: { steps: number } }).exploration.steps;
    expect(explored(short) / 7000).toBeCloseTo(explored(whole) / whole.steps, 6);
  },
);

test("an environment's first preset is the one that is taken, whatever its agent", () => {
  expect(findPreset("MinAtar/Breakout-v1")).toMatchObject({ name: "fast", agent: "pqn" });
  expect(findPreset("MinAtar/Breakout-v1", "dqn")).toMatchObject({ name: "quick", agent: "dqn" });
  expect(findPreset("MinAtar/Breakout-v1", undefined, "quick")).toMatchObject({ agent: "dqn" });
  expect(findPreset("CartPole-v1")).toMatchObject({ name: "fast", agent: "pqn" });
  expect(findPreset("MountainCarContinuous-v0")).toMatchObject({ agent: "evolution" });
  expect(findPreset("Pendulum-v1")).toMatchObject({ agent: "ppo" });
  expect(findPreset("Taxi-v4")).toMatchObject({ agent: "tabular", name: "q-learning" });
  expect(findPreset("Ludus/TMaze-v0")).toMatchObject({ agent: "drqn" });
  expect(findPreset("CartPole-v1", "dqn")).toMatchObject({ name: "dqn" });
  expect(findPreset("CartPole-v1", "ppo")).toMatchObject({ name: "ppo" });
  expect(findPreset("Pendulum-v1")).toMatchObject({ name: "ppo", agent: "ppo" });
  expect(findPreset("Taxi-v4", "pqn")).toBeNull();
  expect(() => findPreset("CartPole-v1", "dqn", "fast")).toThrow(
    /no preset 'fast' for CartPole-v1 with dqn; did you mean 'dqn'/,
  );
  expect(() => findPreset("CartPole-v1", undefined, "fats")).toThrow(
    /no preset 'fats' for CartPole-v1; did you mean 'fast'/,
  );
});
