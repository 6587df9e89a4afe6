import { type Discrete, GymnasiumError, type Info } from "gymnasium-js";
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

/** @throws GymnasiumError `invalid-action` for an action that the `action_mask` in its agent's info forbids */
export function requireLegal(
  arena: Pick<ArenaBase, "id" | "actionSpace">,
  agent: string,
  { action, info }: { action: unknown; info: Info | undefined },
): void {
  const space = arena.actionSpace(agent);
  const mask = info?.["action_mask"] as Uint8Array | undefined;
  if (mask === undefined || space.type !== "Discrete") return;
  if (mask[(action as number) - (space as Discrete).start] !== 1)
    throw illegalAction(arena.id, agent, action);
}

export function illegalAction(id: string, agent: string, action: unknown): GymnasiumError {
  return new GymnasiumError(
    "invalid-action",
    `${id}: ${agent} may not do ${action} now; its info's action_mask says what it may.`,
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
