import { Generator, type VectorEnv } from "gymnasium-js";
import { agents, createAgent, type LearnMetrics, type PpoAgent, PpoRollout } from "../../agents/index.js";
import { elementSpec } from "../../replay/index.js";
import type { RunConfigOf } from "../config.js";
import type { AgentKind, Learner } from "./kind.js";
import type { RolloutSchedule } from "./pqn.js";

/** Learns from a rollout once it is complete: all of it, several times, unless the policy has gone far enough before. */
export class PpoRolloutLearner implements Learner {
  readonly agent: PpoAgent;
  readonly memory: PpoRollout;
  readonly rng: Generator;
  private readonly schedule: RolloutSchedule;

  constructor(parts: { agent: PpoAgent; memory: PpoRollout; rng: Generator; schedule: RolloutSchedule }) {
    this.agent = parts.agent;
    this.memory = parts.memory;
    this.rng = parts.rng;
    this.schedule = parts.schedule;
  }

  learn(_steps: number, onUpdate: (metrics: LearnMetrics) => void): void {
    const { agent, memory, schedule } = this;
    if (!memory.complete) return;
    const { targetKl } = agent.config;
    memory.value();
    for (let epoch = 0; epoch < schedule.epochs; epoch++) {
      const divergence = this.learnOnce(onUpdate);
      if (targetKl !== null && divergence > targetKl) break;
    }
    memory.clear();
  }

  /** One epoch; the mean of its updates' divergence from the policy that acted. */
  private learnOnce(onUpdate: (metrics: LearnMetrics) => void): number {
    let sum = 0;
    let updates = 0;
    this.memory.forEachBatch(this.rng, this.schedule.minibatches, (batch) => {
      const metrics = this.agent.learn(batch);
      sum += metrics.figures.approximateKl;
      updates++;
      onUpdate(metrics);
    });
    return sum / updates;
  }
}

/** Policy gradients by proximal policy optimisation, on what many environments do at the same time. */
export const ppoKind: AgentKind<"ppo"> = {
  description: agents.ppo.description,
  files: { memory: "rollout.bin", target: false },
  stackOf: ({ rollout }) => rollout.stack,
  createAgent: createPpoAgent,
  createLearner: (envs, config, seeds) => {
    const { length, stack } = config.rollout;
    const { singleObservationSpace, singleActionSpace, actionMasks, numEnvs } = envs;
    const agent = createPpoAgent(envs, config, seeds.agent);
    try {
      const { observation, actionMask } = elementSpec(singleObservationSpace, singleActionSpace, {
        actionMask: actionMasks !== null,
      });
      return new PpoRolloutLearner({
        agent,
        memory: new PpoRollout({ observation, numEnvs, stack, length, actionMask }, agent),
        rng: new Generator(seeds.sampling),
        schedule: config.rollout,
      });
    } catch (error) {
      agent.dispose();
      throw error;
    }
  },
};

function createPpoAgent(envs: VectorEnv, config: RunConfigOf<"ppo">, seed: number): PpoAgent {
  return createAgent("ppo", {
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    stack: config.rollout.stack,
    numEnvs: envs.numEnvs,
    config: config.ppo,
    seed,
  });
}
