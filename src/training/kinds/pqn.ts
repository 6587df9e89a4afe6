import { Generator, type VectorEnv } from "gymnasium-js";
import { agents, createAgent, type LearnMetrics, type PqnAgent, Rollout } from "../../agents/index.js";
import { elementSpec } from "../../replay/index.js";
import type { RunConfigOf } from "../config.js";
import type { AgentKind, Learner } from "./kind.js";

export interface RolloutSchedule {
  /** Times that each step of a rollout is learnt from. */
  epochs: number;
  /** Updates per epoch. */
  minibatches: number;
}

/** Learns from a rollout once it is complete, all of it and several times, and then forgets it. */
export class RolloutLearner implements Learner {
  readonly agent: PqnAgent;
  readonly memory: Rollout;
  readonly rng: Generator;
  private readonly schedule: RolloutSchedule;

  constructor(parts: { agent: PqnAgent; memory: Rollout; rng: Generator; schedule: RolloutSchedule }) {
    this.agent = parts.agent;
    this.memory = parts.memory;
    this.rng = parts.rng;
    this.schedule = parts.schedule;
  }

  learn(_steps: number, onUpdate: (metrics: LearnMetrics) => void): void {
    const { agent, memory, rng, schedule } = this;
    if (!memory.complete) return;
    memory.value();
    for (let epoch = 0; epoch < schedule.epochs; epoch++) {
      memory.forEachBatch(rng, schedule.minibatches, (batch) => onUpdate(agent.learn(batch)));
    }
    memory.goOn();
  }
}

/** Q-learning on what many environments do at the same time, without a replay. */
export const pqnKind: AgentKind<"pqn"> = {
  description: agents.pqn.description,
  files: { memory: "rollout.bin", target: false },
  stackOf: ({ rollout }) => rollout.stack,
  createAgent: createPqnAgent,
  createLearner: (envs, config, seeds) => {
    const { length, stack } = config.rollout;
    const agent = createPqnAgent(envs, config, seeds.agent);
    try {
      const { observation } = elementSpec(envs.singleObservationSpace, envs.singleActionSpace);
      return new RolloutLearner({
        agent,
        memory: new Rollout({ observation, numEnvs: envs.numEnvs, stack, length }, agent),
        rng: new Generator(seeds.sampling),
        schedule: config.rollout,
      });
    } catch (error) {
      agent.dispose();
      throw error;
    }
  },
};

function createPqnAgent(envs: VectorEnv, config: RunConfigOf<"pqn">, seed: number): PqnAgent {
  return createAgent("pqn", {
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    stack: config.rollout.stack,
    numEnvs: envs.numEnvs,
    config: config.pqn,
    seed,
  });
}
