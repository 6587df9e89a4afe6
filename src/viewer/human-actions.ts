import { Box, Discrete, type Space } from "gymnasium-js";
import type { Choice } from "./mind.js";

/** What a person can do by keys. */
export interface HumanActions {
  /** In the order of the actions. */
  names: string[];
  actions: Choice["action"][];
  /** The one for no key: to do nothing, where that can be done. */
  idle: number;
}

const nothing = /^(noop|stay|coast|nothing|none|torque 0)$/i;

/** Whether doing nothing is one of these actions. */
export function canRest(names: readonly string[]): boolean {
  return names.some((name) => nothing.test(name));
}

/**
 * All actions of a Discrete space; of a bounded Box with one value its least, its middle and its greatest; null for others.
 * @param names of the actions of a Discrete space, in their order
 */
export function humanActions(space: Space<unknown>, names: readonly string[]): HumanActions | null {
  if (space instanceof Discrete) {
    const known = Array.from({ length: space.n }, (_, i) => names[i] ?? `action ${space.start + i}`);
    return {
      names: known,
      actions: known.map((_, i) => space.start + i),
      idle: Math.max(
        0,
        known.findIndex((name) => nothing.test(name)),
      ),
    };
  }
  if (!(space instanceof Box) || space.size !== 1 || space.dtype !== "float32") return null;
  const [low, high] = [Number(space.low[0]), Number(space.high[0])];
  if (space.boundedBelow[0] === 0 || space.boundedAbove[0] === 0) return null;
  const actions = [low, (low + high) / 2, high].map((value) => Float32Array.of(value));
  return { names: ["left", "nothing", "right"], actions, idle: 1 };
}
