import { nearestSpelling } from "gymnasium-js";
import { createDqn } from "./dqn/agent.js";
import { dqnConfigSchema } from "./dqn/config.js";
import { AgentError } from "./errors.js";
import { createPqn } from "./pqn/agent.js";
import { pqnConfigSchema } from "./pqn/config.js";

/** Every kind of agent: what it is, its config, and how it is made. */
export const agents = {
  dqn: {
    description:
      "deep Q-network (Mnih et al. 2015): one step or several, from a replay; its extensions are switches",
    configSchema: dqnConfigSchema,
    create: createDqn,
  },
  pqn: {
    description:
      "parallel Q-network (Gallici et al. 2024): Q(lambda) on many environments, no replay, no target net",
    configSchema: pqnConfigSchema,
    create: createPqn,
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
): ReturnType<(typeof agents)[Name]["create"]> {
  if (!Object.hasOwn(agents, name)) {
    const hint = nearestSpelling(name, Object.keys(agents));
    throw new AgentError(
      "unknown-agent",
      `There is no agent "${name}"; there are ${Object.keys(agents).join(", ")}${hint ? `; did you mean "${hint}"?` : "."}`,
    );
  }
  // Name picks both, which the compiler does not follow through the table.
  const create = agents[name].create as (
    given: typeof options,
  ) => ReturnType<(typeof agents)[Name]["create"]>;
  return create(options);
}
