import { make, RulesEnv, registry } from "gymnasium-js";
import { expect, test } from "vitest";
import "../../src/envs/index.js";

function namesOf(id: string): readonly string[] | undefined {
  const { unwrapped } = make(id);
  return unwrapped instanceof RulesEnv ? unwrapped.rules.actionNames : undefined;
}

const discreteIds = [...registry.keys()].filter((id) => make(id).actionSpace.type === "Discrete");

test.each(discreteIds)("%s names each of its actions, no two alike", (id) => {
  expect(new Set(namesOf(id)).size).toBe(make(id).actionSpace.describe()["n"]);
});

test("names stand in the order of the actions", () => {
  expect(namesOf("CartPole-v1")).toEqual(["left", "right"]);
  expect(namesOf("FrozenLake-v1")).toEqual(["Left", "Down", "Right", "Up"]);
  expect(namesOf("MinAtar/Breakout-v0")).toEqual(["noop", "left", "up", "right", "down", "fire"]);
  expect(namesOf("MinAtar/Breakout-v1")).toEqual(["noop", "left", "right"]);
});
