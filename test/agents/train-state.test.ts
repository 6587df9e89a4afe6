import { beforeAll, expect, test } from "vitest";
import type { Agent, AgentState } from "../../src/agents/index.js";
import { createAgent } from "../../src/agents/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { small } from "./batches.js";
import { layout, spacesOf } from "./qmix/teams.js";

/** Those that learn by a net, small. */
const made: Record<string, (seed: number) => Agent<never>> = {
  dqn: (seed) => createAgent("dqn", { ...small, seed, config: { net: { type: "mlp", hidden: [4] } } }),
  drqn: (seed) =>
    createAgent("drqn", {
      ...{ ...small, seed },
      config: { net: { type: "mlp", hidden: [4] }, lstm: { units: 4 } },
    }),
  pqn: (seed) => createAgent("pqn", { ...small, seed, config: { net: { type: "mlp", hidden: [4] } } }),
  ppo: (seed) => createAgent("ppo", { ...small, seed, config: { net: { type: "mlp", hidden: [4] } } }),
  vdn: (seed) =>
    createAgent("vdn", {
      ...{ ...spacesOf(layout), layout, numEnvs: 2, seed },
      config: { net: { type: "mlp", hidden: [4] } },
    }),
};

beforeAll(async () => {
  await useEngine("cpu");
});

test.each(Object.entries(made))(
  "%s takes over what another saved, and has a target where it needs one",
  (name, make) => {
    const [one, other] = [make(1), make(2)];
    const size = name === "vdn" ? 11 : 3;
    for (let step = 0; step < 3; step++) one.policy(new Float32Array(2 * size), null);
    const state = JSON.parse(JSON.stringify(one.save().counters));
    expect(state).toMatchObject({ envSteps: 6, updates: 0 });
    other.restore({ ...one.save(), counters: state });
    expect(other.save()).toEqual(one.save());
    expect(other.envSteps).toBe(6);
    const { weights, target } = one.save();
    expect(Object.keys(target)).toEqual(["pqn", "ppo"].includes(name) ? [] : Object.keys(weights));
    for (const agent of [one, other]) agent.dispose();
  },
);

test.each(Object.entries(made))("%s refuses counters of another kind, and stays as it is", (name, make) => {
  const tensors = tf.memory().numTensors;
  const [one, other] = [make(1), make(2)];
  const before = one.save();
  const saved = other.save();
  const wrong: AgentState = { ...saved, counters: { ...(saved.counters as object), envSteps: -1 } };
  expect(() => one.restore(wrong)).toThrow(
    expect.objectContaining({
      code: "invalid-state",
      message: expect.stringMatching(new RegExp(`not those of a ${name} agent: .*envSteps`, "s")),
    }),
  );
  expect(one.save()).toEqual(before);
  for (const agent of [one, other]) agent.dispose();
  expect(tf.memory().numTensors).toBe(tensors);
});
