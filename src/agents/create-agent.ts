import { nearestSpelling } from "gymnasium-js";
import type { Agent } from "./agent.js";
import { createDqn } from "./dqn/agent.js";
import { dqnConfigSchema } from "./dqn/config.js";
import { AgentError } from "./errors.js";

/** Every kind of agent: what it is, its config, and how it is made. */
export const agents = {
  dqn: {
    description: "deep Q-learning, with double, dueling, n-step and masks as switches",
    configSchema: dqnConfigSchema,
    create: createDqn,
  },
} as const;

export type AgentName = keyof typeof agents;

/**
 * Makes an agent by name.
 *
 * @throws {AgentError} `unknown-agent`, `unsupported-space`, `invalid-config`
 *
 * @example
 * const agent = createAgent("dqn", {
 *   observationSpace: envs.singleObservationSpace,
 *   actionSpace: envs.singleActionSpace,
 *   numEnvs: envs.numEnvs,
 *   config: { double: true },
 *   seed: 1,
 * });
 */
export function createAgent<Name extends AgentName>(
  name: Name,
  options: Parameters<(typeof agents)[Name]["create"]>[0],
): Agent {
  if (!Object.hasOwn(agents, name)) {
    const hint = nearestSpelling(name, Object.keys(agents));
    throw new AgentError(
      "unknown-agent",
      `There is no agent "${name}"; there are ${Object.keys(agents).join(", ")}${hint ? `; did you mean "${hint}"?` : "."}`,
    );
  }
  return agents[name].create(options);
}
