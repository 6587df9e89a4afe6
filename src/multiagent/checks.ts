import { GymnasiumError } from "gymnasium-js";
import type { AecArena, ArenaBase, ByAgent, ParallelArena } from "./arena.js";

/** @throws GymnasiumError `invalid-action` unless an action is in the space of its agent */
export function requireElement(
  arena: Pick<ArenaBase, "id" | "actionSpace">,
  agent: string,
  action: unknown,
): void {
  if (arena.actionSpace(agent).contains(action)) return;
  throw new GymnasiumError(
    "invalid-action",
    `${arena.id}: the action ${JSON.stringify(action)} of ${agent} is outside its space, a ${arena.actionSpace(agent).type}.`,
  );
}

/** @throws GymnasiumError `invalid-action` unless there is one for each agent that takes part, and for nobody else */
export function requireActions(
  { id, agents }: Pick<ParallelArena, "id" | "agents">,
  actions: ByAgent<unknown>,
): void {
  const stranger = Object.keys(actions).find((name) => !agents.includes(name));
  if (stranger !== undefined) {
    throw new GymnasiumError(
      "invalid-action",
      `${id}: ${JSON.stringify(stranger)} does not take part now, so it has no action; there are ${agents.join(", ")}.`,
    );
  }
  const missing = agents.find((name) => !(name in actions));
  if (missing !== undefined) throw new GymnasiumError("invalid-action", `${id}: ${missing} has no action.`);
}

/** For whatever is called before reset, or when nobody is left. */
export function resetNeeded(id: string): GymnasiumError {
  return new GymnasiumError(
    "reset-needed",
    `${id}: nobody takes part, before reset or after the end of an episode: call reset() first.`,
  );
}

export function isOut({ terminations, truncations }: AecArena, agent: string | null): boolean {
  return agent !== null && (terminations[agent] === true || truncations[agent] === true);
}
