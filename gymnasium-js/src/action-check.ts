import { GymnasiumError } from "./errors.js";
import { arrayFault, describeSpace, describeValue, whyOutside } from "./explain.js";
import { isWide } from "./spaces/batch.js";
import type { Discrete } from "./spaces/discrete.js";
import type { Space } from "./spaces/space.js";

/** First and number of the actions of a Discrete space of at most 32 bits; null for other spaces. */
export interface ActionRange {
  readonly start: number;
  readonly count: number;
}

export function actionRange(space: Space<unknown>): ActionRange | null {
  if (space.type !== "Discrete" || isWide(space as Discrete)) return null;
  const facts = space.describe();
  return { start: Number(facts["start"] ?? 0), count: Number(facts["n"]) };
}

/**
 * Whether rules may be given this action. Box actions need the right array type, length and no NaN; values beyond
 * the bounds are the rules' to clip, as in Gymnasium.
 */
export function acceptsAction(space: Space<unknown>, action: unknown): boolean {
  if (space.contains(action)) return true;
  return (
    space.type === "Box" && arrayFault(space, action) === null && !(action as number[]).includes(Number.NaN)
  );
}

/** @param where the environment's id, and which sub-environment */
export function invalidAction(where: string, space: Space<unknown>, action: unknown): GymnasiumError {
  return new GymnasiumError(
    "invalid-action",
    `${where}: action ${describeValue(action)} is outside the action space ${describeSpace(space)}: ${whyOutside(space, action)}.`,
  );
}
