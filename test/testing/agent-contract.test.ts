import { type MakeAgent, type TestAgentOptions, testAgent } from "ludus/testing";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent, type DqnConfigInput, type ValueAgent } from "../../src/agents/index.js";
import { tf, useEngine } from "../../src/tensors/index.js";
import { failuresOf, run, withMembers } from "./results.js";

const config: DqnConfigInput = { net: { type: "mlp", hidden: [4] } };
const makeDqn: MakeAgent = (setting) => createAgent("dqn", { ...setting, config });
const countTensors = () => tf.memory().numTensors;

function failures(makeAgent: MakeAgent, options: Partial<TestAgentOptions> = {}): Record<string, string> {
  return failuresOf(
    run((test) => testAgent(makeAgent, { test, countTensors, seeds: [0], steps: 5, ...options })),
  );
}

/** A DQN some of whose members are replaced. */
const changed =
  (change: (agent: ValueAgent) => Partial<ValueAgent>): MakeAgent =>
  (setting) =>
    withMembers(makeDqn(setting) as ValueAgent, change);

describe("testAgent", () => {
  beforeAll(async () => {
    await useEngine("cpu");
  });

  test("passes an agent that keeps the contract, and names each part", () => {
    const results = run((test) => testAgent(makeDqn, { test, countTensors, name: "dqn", steps: 3 }));
    expect(Object.keys(results)).toEqual([
      "dqn acts within its action space",
      "dqn takes legal actions only",
      "dqn plays greedily without changing itself",
      "dqn gives action values to keep",
      "dqn acts and learns the same for the same seed",
      "dqn begins otherwise for another seed",
      "dqn changes its weights by an update",
      "dqn leaves its target net alone in an update",
      "dqn counts environment steps and updates",
      "dqn goes on identically from a saved state",
      "dqn plays with the weights of another",
      "dqn learns which action is worth something",
      "dqn keeps no tensors",
      "dqn refuses batches that nothing can be learnt from",
    ]);
    expect(failuresOf(results)).toEqual({});
  });

  test("finds actions outside the space, and masks that are not heeded", () => {
    const shifted = changed((agent) => ({
      greedyPolicy: (...how) => {
        const policy = agent.greedyPolicy(...how);
        return (...seen) => (policy(...seen) as Int32Array).map((action) => action + 1);
      },
    }));
    expect(failures(shifted)["acts within its action space"]).toMatch(
      /^Seed 0, the greedy policy.*: row \d of \d has the action 4, which is outside .*Discrete/,
    );
    const blind = changed((agent) => ({ policy: (observations) => agent.policy(observations, null) }));
    const found = failures(blind);
    expect(Object.keys(found)).toEqual(["takes legal actions only"]);
    expect(Object.values(found)[0]).toMatch(/^Seed 0, policy: .* is not legal by its mask \[[01,]+\]\.$/);
  });

  test("finds greedy policies that count, or write over the actions of policy", () => {
    const counting = changed((agent) => ({
      greedyPolicy: () => (observations, masks) => {
        agent.policy(new Float32Array(6), null);
        return agent.greedyPolicy()(observations, masks);
      },
    }));
    expect(failures(counting)["plays greedily without changing itself"]).toMatch(
      /^Seed 0, after greedy play, counters: found .*envSteps/,
    );
    const actions = new Int32Array(2);
    const sharing = changed((agent) => {
      const keep = (made: Int32Array) => {
        if (made.length !== 2) return made;
        actions.set(made);
        return actions;
      };
      return {
        policy: (...seen) => keep(agent.policy(...seen) as Int32Array),
        greedyPolicy: (...how) => {
          const policy = agent.greedyPolicy(...how);
          return (...seen) => keep(policy(...seen) as Int32Array);
        },
      };
    });
    expect(Object.values(failures(sharing))).toEqual([
      expect.stringContaining("the actions that policy gave before"),
    ]);
  });

  test("finds action values that the next call overwrites", () => {
    const only = new Float32Array(20);
    const overwriting = changed((agent) => ({
      qValues(observations, size) {
        const values = agent.qValues(observations, size);
        if (values.length !== only.length) return values;
        only.set(values);
        return only;
      },
    }));
    expect(Object.keys(failures(overwriting))).toEqual(["gives action values to keep"]);
  });

  test("finds randomness from elsewhere, and seeds that make no difference", () => {
    let made = 0;
    const elsewhere: MakeAgent = (setting) => makeDqn({ ...setting, seed: made++ });
    expect(Object.keys(failures(elsewhere))).toContain("acts and learns the same for the same seed");
    const ignoring: MakeAgent = (setting) => makeDqn({ ...setting, seed: 3 });
    expect(failures(ignoring)).toEqual({
      "begins otherwise for another seed":
        "The seeds 0 and 1 gave the same weights: draw them from the seed.",
    });
  });

  test("finds updates that change nothing, or the target too, or are not counted", () => {
    const idle = changed((agent) => ({
      learn(batch) {
        const state = agent.save();
        const metrics = agent.learn(batch);
        agent.restore({ ...state, counters: agent.save().counters });
        return metrics;
      },
    }));
    expect(Object.keys(failures(idle))).toEqual([
      "changes its weights by an update",
      "learns which action is worth something",
    ]);
    const soft: MakeAgent = (setting) =>
      createAgent("dqn", { ...setting, config: { ...config, target: { type: "soft" } } });
    expect(Object.keys(failures(soft))).toEqual(["leaves its target net alone in an update"]);
    expect(failures(soft, { skip: { target: "it follows softly" } })).toEqual({
      "leaves its target net alone in an update": "skipped: it follows softly",
    });
    const uncounted = changed(() => ({ envSteps: 0 }));
    expect(failures(uncounted)["counts environment steps and updates"]).toMatch(
      /found \[0,5\], expected \[10,5\]/,
    );
  });

  test("finds an agent that learns the contrary", () => {
    const contrary = changed((agent) => ({
      learn: (batch) => agent.learn({ ...batch, rewards: batch.rewards.map((reward) => -reward) }),
    }));
    const found = failures(contrary);
    expect(Object.keys(found)).toEqual(["learns which action is worth something"]);
    expect(Object.values(found)[0]).toMatch(
      /action 1 alone earns something, it is taken in [\d.]+ % of the rows/,
    );
  });

  test("finds states that lack something, or that later updates change", () => {
    const forgetful = changed((agent) => ({
      restore: (state) => agent.restore({ ...state, optimizer: agent.save().optimizer }),
    }));
    expect(Object.keys(failures(forgetful))).toEqual(["goes on identically from a saved state"]);
    const live = changed((agent) => {
      const state = agent.save();
      return { save: () => Object.assign(state, agent.save()) };
    });
    expect(failures(live)["goes on identically from a saved state"]).toContain(
      "Seed 0, a saved state after more updates and another save, weights: found",
    );
    const stubborn = changed(() => ({ restoreWeights() {} }));
    expect(Object.keys(failures(stubborn))).toEqual(["plays with the weights of another"]);
  });

  test("finds tensors that are kept, and wants to be able to count them", () => {
    const leaks: tf.Tensor[] = [];
    const leaking = changed((agent) => ({
      learn(batch) {
        leaks.push(tf.scalar(1));
        return agent.learn(batch);
      },
    }));
    expect(failures(leaking)["keeps no tensors"]).toMatch(
      /^Tensors after 1 more rounds .*: found \d+, expected/,
    );
    tf.dispose(leaks);
    const undisposed: ValueAgent[] = [];
    const keeping = changed((agent) => ({ dispose: () => void undisposed.push(agent) }));
    expect(failures(keeping)["keeps no tensors"]).toMatch(/^Tensors after dispose: found/);
    for (const agent of undisposed) agent.dispose();
    const uncountable = run((test) => testAgent(makeDqn, { test, steps: 2, seeds: [0] }));
    expect(failuresOf(uncountable)).toEqual({
      "keeps no tensors": expect.stringMatching(/^Tensors cannot be counted: give countTensors/),
    });
  });

  test("finds batches with NaN that are learnt from, or refused too late", () => {
    const patching = changed((agent) => ({
      learn: (batch) =>
        agent.learn({
          ...batch,
          rewards: batch.rewards.map((reward) => (Number.isNaN(reward) ? 0 : reward)),
        }),
    }));
    expect(failures(patching)).toEqual({
      "refuses batches that nothing can be learnt from": expect.stringMatching(
        /^Seed 0, a batch with a reward of NaN \(loss [\d.]+\) was learnt from, expected an Error\.$/,
      ),
    });
    const late = changed((agent) => ({
      learn(batch) {
        const wrong = batch.rewards.some(Number.isNaN);
        const metrics = agent.learn(wrong ? { ...batch, rewards: new Float32Array(batch.size) } : batch);
        if (wrong) throw new Error("NaN");
        return metrics;
      },
    }));
    expect(Object.values(failures(late))).toEqual([
      expect.stringMatching(
        /^Seed 0, a batch with a reward of NaN was refused, but the agent has changed, weights: found/,
      ),
    ]);
  });
});
