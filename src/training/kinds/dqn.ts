import { Generator, type VectorEnv } from "gymnasium-js";
import { type Agent, agents, createAgent, type LearnMetrics } from "../../agents/index.js";
import {
  addDemonstrations,
  createReplay,
  type Demonstration,
  elementSpec,
  type Replay,
} from "../../replay/index.js";
import type { RunConfigOf } from "../config.js";
import type { AgentKind, Learner } from "./kind.js";

export interface LearnSchedule {
  /** Environment steps before the first update. */
  startAt: number;
  /** Environment steps per update. */
  every: number;
  /** Transitions per update. */
  batchSize: number;
}

/** Learns from batches of a replay: one per `every` environment steps once `startAt` of them are made. */
export class ReplayLearner implements Learner {
  readonly agent: Agent;
  readonly memory: Replay;
  readonly rng: Generator;
  private readonly schedule: LearnSchedule;

  constructor(parts: { agent: Agent; memory: Replay; rng: Generator; schedule: LearnSchedule }) {
    this.agent = parts.agent;
    this.memory = parts.memory;
    this.rng = parts.rng;
    this.schedule = parts.schedule;
  }

  learn(steps: number, onUpdate: (metrics: LearnMetrics) => void): void {
    const { agent, memory, rng, schedule } = this;
    const due = Math.floor((steps - schedule.startAt) / schedule.every);
    while (agent.updates < due && memory.size > 0) {
      const batch = memory.sample(rng, schedule.batchSize);
      const metrics = agent.learn(batch);
      memory.updatePriorities(batch.indices, metrics.tdErrors);
      onUpdate(metrics);
    }
  }

  demonstrate(episodes: readonly Demonstration[]): void {
    addDemonstrations(this.memory, episodes);
  }
}

/** Deep Q-learning from a replay. */
export const dqnKind: AgentKind<"dqn"> = {
  description: agents.dqn.description,
  files: { memory: "replay.bin", target: true },
  stackOf: ({ replay }) => replay.stack,
  createAgent: createDqnAgent,
  createLearner: (envs, config, seeds) => {
    const { singleObservationSpace, singleActionSpace, actionMasks } = envs;
    const memory = createReplay({
      element: elementSpec(singleObservationSpace, singleActionSpace, { actionMask: actionMasks !== null }),
      numEnvs: envs.numEnvs,
      capacity: config.replay.capacity,
      nStep: config.dqn.nStep,
      gamma: config.dqn.gamma,
      stack: config.replay.stack,
      sampling: config.dqn.sampling,
    });
    return new ReplayLearner({
      agent: createDqnAgent(envs, config, seeds.agent),
      memory,
      rng: new Generator(seeds.sampling),
      schedule: config.learn,
    });
  },
};

function createDqnAgent(envs: VectorEnv, config: RunConfigOf<"dqn">, seed: number): Agent {
  return createAgent("dqn", {
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    stack: config.replay.stack,
    numEnvs: envs.numEnvs,
    config: config.dqn,
    seed,
  });
}
