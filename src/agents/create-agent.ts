import { nearestSpelling } from "gymnasium-js";
import { createDqn } from "./dqn/agent.js";
import { dqnConfigSchema } from "./dqn/config.js";
import { createDrqn } from "./drqn/agent.js";
import { drqnConfigSchema } from "./drqn/config.js";
import { AgentError } from "./errors.js";
import { createPpo } from "./ppo/agent.js";
import { ppoConfigSchema } from "./ppo/config.js";
import { createPqn } from "./pqn/agent.js";
import { pqnConfigSchema } from "./pqn/config.js";
import { createQmix, createVdn } from "./qmix/agent.js";
import { qmixConfigSchema, vdnConfigSchema } from "./qmix/config.js";

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
  ppo: {
    description:
      "proximal policy optimisation (Schulman et al. 2017): policy and values, Discrete or Box actions",
    configSchema: ppoConfigSchema,
    create: createPpo,
  },
  drqn: {
    description:
      "recurrent deep Q-network (Hausknecht & Stone 2015): an LSTM remembers what observations do not say",
    configSchema: drqnConfigSchema,
    create: createDrqn,
  },
  qmix: {
    description:
      "cooperating agents that act by themselves; a net mixes their values into the team's (Rashid et al. 2018)",
    configSchema: qmixConfigSchema,
    create: createQmix,
  },
  vdn: {
    description:
      "value decomposition networks (Sunehag et al. 2018): qmix with values of the agents that add up",
    configSchema: vdnConfigSchema,
    create: createVdn,
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
