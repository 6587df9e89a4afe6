import type { VectorEnv } from "gymnasium-js";
import type { RunConfig } from "./config.js";
import { type AnyAgent, kindOf } from "./kinds/index.js";

/** An untrained agent for these environments, as the config describes it. */
export function agentFor(envs: VectorEnv, config: RunConfig, seed: number): AnyAgent {
  return kindOf(config).createAgent(envs, config, seed);
}
