import { type Box, type Discrete, GymnasiumError, type Space } from "gymnasium-js";
import type { Arena } from "../arena.js";
import { requireElement } from "../checks.js";
import { throughViews, type Wrapped } from "./agent-view.js";

/**
 * Refuses actions outside their space before the arena hears of them (`invalid-action`); for arenas that do not look
 * themselves. Source: PettingZoo's `AssertOutOfBoundsWrapper`.
 */
export function assertOutOfBounds<Inner extends Arena>(arena: Inner): Wrapped<Inner> {
  return throughViews(arena, "assertOutOfBounds", (agent) => ({
    act(action) {
      requireElement(arena, agent, action);
      return action;
    },
  }));
}

/**
 * Takes the nearest action instead of one outside its space: each number of a Box within its bounds, the nearest whole number of
 * a Discrete space. What is no number, or not as many, is refused (`invalid-action`).
 * Source: PettingZoo's `ClipOutOfBoundsWrapper`, which takes Boxes only.
 *
 * @throws GymnasiumError `invalid-options` unless all action spaces are Box or Discrete
 */
export function clipOutOfBounds<Inner extends Arena>(arena: Inner): Wrapped<Inner> {
  return throughViews(arena, "clipOutOfBounds", (agent) => {
    const nearest = nearestIn(arena.actionSpace(agent), `${arena.id}: the action space of ${agent}`);
    return {
      act(action) {
        // Of what cannot be clipped, the arena's space says what is wrong.
        const clipped = nearest(action) ?? action;
        requireElement(arena, agent, clipped);
        return clipped;
      },
    };
  });
}

/** @returns null where there is nothing near */
function nearestIn(space: Space<unknown>, what: string): (action: unknown) => unknown {
  if (space.type === "Discrete") {
    const { n, start } = space as Discrete;
    return (action) =>
      typeof action !== "number" || Number.isNaN(action)
        ? null
        : Math.min(Math.max(Math.round(action), start), start + n - 1);
  }
  if (space.type !== "Box") {
    throw new GymnasiumError(
      "invalid-options",
      `clipOutOfBounds: ${what} is a ${space.type}, expected a Box or Discrete.`,
    );
  }
  const { low, high, size } = space as Box<"float32">;
  return (action) => {
    const values = action as ArrayLike<number> | null;
    if (typeof values !== "object" || values?.length !== size) return null;
    const clipped = Array.from(values, (value, i) => Math.min(Math.max(value, low[i]!), high[i]!));
    return clipped.some(Number.isNaN) ? null : (space as Box).fromFlat(clipped);
  };
}
