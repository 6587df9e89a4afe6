import { GymnasiumError } from "../errors.js";
import { describeSpace } from "../explain.js";
import type { MultiDiscrete } from "../spaces/multi-discrete.js";
import type { Space } from "../spaces/space.js";
import { allocateRows } from "./elements.js";

/**
 * The element of a space that is nearest to zero: Box values clipped to their bounds, Discrete's start.
 *
 * @throws GymnasiumError `unsupported` for Text, Sequence, Graph and OneOf
 */
export function zeroElement(space: Space<unknown>): unknown {
  const facts = space.describe();
  const members = (space as unknown as { spaces: Record<string, Space<unknown>> }).spaces;
  switch (space.type) {
    case "Box":
      return nearestToZero(space, facts["low"] as (number | string)[], facts["high"] as (number | string)[]);
    case "Discrete":
      return Number(facts["start"] ?? 0);
    case "MultiDiscrete":
      return (space as MultiDiscrete).toElement((space as MultiDiscrete).start);
    case "MultiBinary":
      return allocateRows(space, 1);
    case "Tuple":
      return Object.values(members).map(zeroElement);
    case "Dict":
      return Object.fromEntries(Object.entries(members).map(([key, member]) => [key, zeroElement(member)]));
    default:
      throw new GymnasiumError(
        "unsupported",
        `${describeSpace(space)} has no zero element: use Box, Discrete, MultiDiscrete, MultiBinary, Tuple or Dict.`,
      );
  }
}

function nearestToZero(space: Space<unknown>, low: (number | string)[], high: (number | string)[]): unknown {
  const zero = allocateRows(space, 1) as Float64Array;
  for (let i = 0; i < zero.length; i++) {
    const value = Math.min(Math.max(0, Number(low[i])), Number(high[i]));
    zero[i] = (space.dtype === "int64" ? BigInt(value) : value) as number;
  }
  return zero;
}
