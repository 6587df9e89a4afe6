import type { VectorEnv } from "gymnasium-js";
import { type Agent, createAgent } from "../agents/index.js";
import type { RunConfig } from "./config.js";

/** An untrained agent for these environments, as the config describes it. */
export function agentFor(envs: VectorEnv, config: RunConfig, seed: number): Agent {
  return createAgent(config.agent, {
    observationSpace: envs.singleObservationSpace,
    actionSpace: envs.singleActionSpace,
    stack: config.replay.stack,
    numEnvs: envs.numEnvs,
    config: config.dqn,
    seed,
  });
}
