import { Generator, type VectorEnv } from "gymnasium-js";
import { agents, createAgent, type TeamAgent } from "../../agents/index.js";
import { teamLayoutOf } from "../../multiagent/index.js";
import { createReplay, elementSpec } from "../../replay/index.js";
import type { RunConfigOf } from "../config.js";
import { ReplayLearner } from "./dqn.js";
import type { AgentKind, LearnerSeeds } from "./kind.js";

type TeamConfig = RunConfigOf<"qmix"> | RunConfigOf<"vdn">;

const team = {
  files: { memory: "replay.bin", target: true },
  stackOf: () => 1,
  createAgent: createTeam,
  createLearner: (envs: VectorEnv, config: TeamConfig, seeds: LearnerSeeds) => {
    const { numEnvs, singleObservationSpace, singleActionSpace } = envs;
    const { nStep, gamma } = config.agent === "qmix" ? config.qmix : config.vdn;
    const memory = createReplay({
      element: elementSpec(singleObservationSpace, singleActionSpace),
      ...{ numEnvs, capacity: config.replay.capacity, nStep, gamma, stack: 1 },
    });
    return new ReplayLearner({
      agent: createTeam(envs, config, seeds.agent),
      memory,
      rng: new Generator(seeds.sampling),
      schedule: config.learn,
    });
  },
} as const;

/** Agents that learn together from a replay, their values mixed by a net. */
export const qmixKind: AgentKind<"qmix"> = { description: agents.qmix.description, ...team };

/** The same with values that add up. */
export const vdnKind: AgentKind<"vdn"> = { description: agents.vdn.description, ...team };

function createTeam(envs: VectorEnv, config: TeamConfig, seed: number): TeamAgent {
  const options = {
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    layout: teamLayoutOf(envs),
    numEnvs: envs.numEnvs,
    seed,
  };
  return config.agent === "qmix"
    ? createAgent("qmix", { ...options, config: config.qmix })
    : createAgent("vdn", { ...options, config: config.vdn });
}
