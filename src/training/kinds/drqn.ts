import { Generator, type VectorEnv } from "gymnasium-js";
import { agents, createAgent, type DrqnAgent, type LearnMetrics, Sequences } from "../../agents/index.js";
import { elementSpec } from "../../replay/index.js";
import type { RunConfigOf } from "../config.js";
import type { LearnSchedule } from "./dqn.js";
import type { AgentKind, Learner } from "./kind.js";

/** Learns from batches of sequences: one per `every` environment steps once `startAt` of them are made. */
class SequenceLearner implements Learner {
  readonly agent: DrqnAgent;
  readonly memory: Sequences;
  readonly rng: Generator;
  private readonly schedule: LearnSchedule;

  constructor(parts: { agent: DrqnAgent; memory: Sequences; rng: Generator; schedule: LearnSchedule }) {
    this.agent = parts.agent;
    this.memory = parts.memory;
    this.rng = parts.rng;
    this.schedule = parts.schedule;
  }

  learn(steps: number, onUpdate: (metrics: LearnMetrics) => void): void {
    const { agent, memory, rng, schedule } = this;
    const due = Math.floor((steps - schedule.startAt) / schedule.every);
    while (agent.updates < due && memory.size > 0) {
      onUpdate(agent.learn(memory.sample(rng, schedule.batchSize)));
    }
  }
}

/** Deep Q-learning with an LSTM, from sequences of what each environment went through. */
export const drqnKind: AgentKind<"drqn"> = {
  description: agents.drqn.description,
  files: { memory: "replay.bin", target: true },
  stackOf: () => 1,
  createAgent: createDrqnAgent,
  createLearner: (envs, config, seeds) => {
    const { singleObservationSpace, singleActionSpace, actionMasks, numEnvs } = envs;
    const agent = createDrqnAgent(envs, config, seeds.agent);
    try {
      const masked = { actionMask: actionMasks !== null };
      const { observation, actionMask } = elementSpec(singleObservationSpace, singleActionSpace, masked);
      const { capacity } = config.replay;
      return new SequenceLearner({
        agent,
        memory: new Sequences({ observation, numEnvs, capacity, actionMask }, agent),
        rng: new Generator(seeds.sampling),
        schedule: config.learn,
      });
    } catch (error) {
      agent.dispose();
      throw error;
    }
  },
};

function createDrqnAgent(envs: VectorEnv, config: RunConfigOf<"drqn">, seed: number): DrqnAgent {
  return createAgent("drqn", {
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    numEnvs: envs.numEnvs,
    config: config.drqn,
    seed,
  });
}
