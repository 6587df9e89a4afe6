import { Generator, NativeVectorEnv, type VectorEnv } from "gymnasium-js";
import { beforeAll, describe, expect, test } from "vitest";
import { createAgent, type TeamAgent } from "../../../src/agents/index.js";
import { teamLayoutOf, teamRules, twoStep } from "../../../src/multiagent/index.js";
import { createReplay, elementSpec } from "../../../src/replay/index.js";
import { useEngine } from "../../../src/tensors/index.js";
import { batchOf } from "./teams.js";

/*
 * The two-step game of Rashid et al. 2018, section 5: everything earns 7 after the first agent's action 0; after its action 1 the
 * team earns [[0, 1], [1, 8]]. Values that add up are fitted to these as [[-1.5, 2.5], [2.5, 6.5]], if all are equally common, so
 * that the 7 looks better to VDN.
 */
const arenas = () => new NativeVectorEnv(teamRules(twoStep()), { numEnvs: 8, autoresetMode: "same-step" });

function makeAgent(name: "qmix" | "vdn", envs: VectorEnv, seed: number): TeamAgent {
  return createAgent(name, {
    ...{ observationSpace: envs.singleObservationSpace, actionSpace: envs.singleActionSpace },
    ...{ layout: teamLayoutOf(envs), numEnvs: envs.numEnvs, seed },
    config: {
      net: { type: "mlp", hidden: [64] },
      exploration: { type: "constant", epsilon: 1 },
      target: { type: "hard", every: 100 },
    },
  });
}

function learn(agent: TeamAgent, envs: VectorEnv, seed: number): void {
  const { numEnvs, singleObservationSpace, singleActionSpace } = envs;
  const replay = createReplay({
    element: elementSpec(singleObservationSpace, singleActionSpace),
    ...{ numEnvs, capacity: 2000, nStep: 1, gamma: 0.99, stack: 1 },
  });
  const rng = new Generator(seed);
  let { observations } = envs.reset({ seed });
  while (agent.updates < 1000) {
    const actions = agent.policy(observations, null);
    const next = envs.step(actions);
    replay.add({ observations, actions, next });
    observations = next.observations;
    agent.learn(replay.sample(rng, 32));
  }
}

/** What an episode of greedy play earns. */
function greedyReturn(agent: TeamAgent, envs: VectorEnv): number {
  const policy = agent.greedyPolicy();
  let { observations } = envs.reset({ seed: 0 });
  for (let earned = 0; ; ) {
    const step = envs.step(policy(observations, null));
    earned += step.rewards[0]!;
    if (step.terminations[0] === 1) return earned;
    observations = step.observations;
  }
}

/** Qtot of the four joint actions in the game of 8: what an end without reward is wrong by, with the sign turned. */
function jointValues(agent: TeamAgent): number[] {
  const actions = Int32Array.of(0, 0, 0, 1, 1, 0, 1, 1);
  // There, both agents see the last of three places, which is also the state.
  const observations = Uint8Array.from({ length: 4 * 9 }, (_, i) => (i % 3 === 2 ? 1 : 0));
  const { tdErrors } = agent.learn(batchOf({ observations, actions }, 4));
  return [...tdErrors].map((error) => -error);
}

const expected: Record<"qmix" | "vdn", { earns: number; values: number[] }> = {
  qmix: { earns: 8, values: [0, 1, 1, 8] },
  vdn: { earns: 7, values: [-1.5, 2.5, 2.5, 6.5] },
};

describe.each(Object.entries(expected))("in the two-step game %s", (name, { earns, values }) => {
  beforeAll(async () => {
    await useEngine("auto");
  });

  test.each([1, 2, 3, 4, 5])(`learns to earn ${earns}, seed %i`, (seed) => {
    const envs = arenas();
    const agent = makeAgent(name as keyof typeof expected, envs, seed);
    learn(agent, envs, seed);
    expect(greedyReturn(agent, envs)).toBe(earns);
    for (const [i, value] of jointValues(agent).entries())
      expect(Math.abs(value - values[i]!)).toBeLessThan(name === "qmix" ? 0.3 : 1);
    agent.dispose();
    envs.close();
  });
});
