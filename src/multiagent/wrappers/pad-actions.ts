import { type Discrete, discrete } from "gymnasium-js";
import type { Arena } from "../arena.js";
import { requireElement } from "../checks.js";
import { throughViews, type Wrapped } from "./agent-view.js";
import { padBoxes } from "./padding.js";

/**
 * Gives all agents one action space. Of Discrete spaces, the largest, counted from 0: what an agent does not have means its first
 * action, and the `action_mask` in its infos says what it has. Of Boxes, one as long as the longest, of which an agent uses the
 * beginning. Source: SuperSuit's `pad_action_space_v0`, which leaves masks to others.
 *
 * @throws GymnasiumError `invalid-options` unless all are Discrete, or Boxes of one dtype and as many dimensions
 */
export function padActions<Inner extends Arena>(arena: Inner): Wrapped<Inner> {
  const agents = arena.possibleAgents;
  const spaces = agents.map((agent) => arena.actionSpace(agent));
  if (spaces.every(({ type }) => type === "Discrete")) return padDiscrete(arena, spaces as Discrete[]);
  const { space, crop } = padBoxes(spaces, `padActions: ${arena.id}`);
  return throughViews(arena, "padActions", (agent) => ({
    actionSpace: space,
    act(action) {
      requireElement({ id: arena.id, actionSpace: () => space }, agent, action);
      return crop(action, agents.indexOf(agent));
    },
  }));
}

function padDiscrete<Inner extends Arena>(arena: Inner, spaces: readonly Discrete[]): Wrapped<Inner> {
  const most = Math.max(...spaces.map(({ n }) => n));
  const actionSpace = discrete(most);
  return throughViews(arena, "padActions", (agent) => {
    const { n, start } = spaces[arena.possibleAgents.indexOf(agent)]!;
    return {
      actionSpace,
      act(action) {
        requireElement({ id: arena.id, actionSpace: () => actionSpace }, agent, action);
        return (action as number) < n ? start + (action as number) : start;
      },
      inform(info) {
        const mask = new Uint8Array(most);
        mask.set((info["action_mask"] as Uint8Array | undefined) ?? new Uint8Array(n).fill(1));
        return { ...info, action_mask: mask };
      },
    };
  });
}
