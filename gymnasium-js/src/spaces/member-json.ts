import type { Sequence } from "./sequence.js";
import type { Space } from "./space.js";

/**
 * Tuple, Dict and stacked sequences of these write elements as columns, so that one element is a list of length 1 per
 * member.
 */
function isColumnar(space: Space<unknown>): boolean {
  if (space.type === "Tuple" || space.type === "Dict") return true;
  const { stack, featureSpace } = space as Partial<Sequence>;
  return stack === true && (featureSpace?.type === "Tuple" || featureSpace?.type === "Dict");
}

/** One element as JSON: as in `toJson`, without the list around it where there is one. */
export function elementToJson(space: Space<unknown>, element: unknown): unknown {
  const json = space.toJson([element]);
  return isColumnar(space) ? json : (json as unknown[])[0];
}

export function elementFromJson(space: Space<unknown>, json: unknown): unknown {
  return space.fromJson(isColumnar(space) ? json : [json])[0];
}
