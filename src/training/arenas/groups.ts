import { rolesOf } from "../../multiagent/index.js";
import type { RunConfig } from "../config.js";
import { type ArenaRunConfig, learnersOf } from "./env-maker.js";

/** Which agents learn a policy together, where there are several policies; null where there is one. */
export function learnerGroups(
  config: RunConfig,
): readonly { name: string; agents: readonly number[] }[] | null {
  const { arena } = config;
  if (arena?.learn !== "roles" && arena?.learn !== "independent") return null;
  const { agents } = learnersOf(config as ArenaRunConfig);
  if (arena.learn === "independent") return agents.map((name, agent) => ({ name, agents: [agent] }));
  return [...rolesOf(agents)].map(([name, members]) => ({ name, agents: members }));
}
