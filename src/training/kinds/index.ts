import { learnerGroups } from "../arenas/groups.js";
import type { AgentName, RunConfig } from "../config.js";
import { dqnKind } from "./dqn.js";
import { drqnKind } from "./drqn.js";
import { evolutionKind } from "./evolution.js";
import { groupedKind } from "./grouped.js";
import type { AgentKind } from "./kind.js";
import { ppoKind } from "./ppo.js";
import { pqnKind } from "./pqn.js";
import { qmixKind, vdnKind } from "./qmix.js";
import { tabularKind } from "./tabular.js";

export { GroupedAgent } from "./grouped-agent.js";
export type { AgentKind, AnyAgent, Learner, Memory } from "./kind.js";

/** Every kind of agent that `train` can train. A new one is a file beside these, and its parts of the config. */
const agentKinds = {
  dqn: dqnKind,
  pqn: pqnKind,
  ppo: ppoKind,
  drqn: drqnKind,
  tabular: tabularKind,
  evolution: evolutionKind,
  qmix: qmixKind,
  vdn: vdnKind,
} as const satisfies {
  [Name in AgentName]: AgentKind<Name>;
};

/** The kind of agent that a run's config asks for; it reads that config, and no other kind's. */
export function kindOf(config: Pick<RunConfig, "agent"> & Partial<RunConfig>): AgentKind {
  // The name in the config picks kind and config alike, which the compiler does not follow through the table.
  const kind = agentKinds[config.agent] as AgentKind<AgentName>;
  const groups = config.arena === undefined ? null : learnerGroups(config as RunConfig);
  return groups === null ? kind : groupedKind(kind, groups);
}

/** What `train` can train, by name, in the order of the table. */
export function describeAgents(): { name: string; description: string }[] {
  return Object.entries(agentKinds).map(([name, { description }]) => ({ name, description }));
}

/** Frames that the policy of such a run sees stacked into one observation. */
export function stackOf(config: RunConfig): number {
  return kindOf(config).stackOf(config);
}
