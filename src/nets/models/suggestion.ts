import { nearestSpelling } from "gymnasium-js";

/** The end of a sentence about a name that there is not: the nearest one, or all of them. */
export function suggestion(name: string, known: readonly string[]): string {
  const nearest = nearestSpelling(name, known);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  return known.length === 0 ? "there are none." : `there are ${known.join(", ")}.`;
}
