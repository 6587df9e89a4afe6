import { GymnasiumError } from "gymnasium-js";
import type { AecArena, ByAgent, ParallelArena } from "./arena.js";

/** @throws GymnasiumError `invalid-action` unless an action is in the space of its agent */
export function requireElement(arena: AecArena | ParallelArena, agent: string, action: unknown): void {
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
