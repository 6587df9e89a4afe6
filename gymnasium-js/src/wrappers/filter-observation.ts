import type { Env } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace, describeValue } from "../explain.js";
import { Dict } from "../spaces/dict.js";
import type { Space } from "../spaces/space.js";
import { Tuple } from "../spaces/tuple.js";
import { DoubleBuffer } from "./double-buffer.js";
import { ObservationWrapper } from "./observation-wrapper.js";

/**
 * Shows only some members of Dict or Tuple observations: those of `keys`, in this order (a Dict that sorts its keys
 * sorts these too).
 *
 * @throws GymnasiumError `invalid-options` for keys that are not there, come twice or are none at all, and for other
 * spaces
 */
export class FilterObservation<Action> extends ObservationWrapper<unknown, Action> {
  private readonly shown: DoubleBuffer<Record<string | number, unknown>>;

  constructor(
    env: Env<unknown, Action>,
    readonly keys: readonly (string | number)[],
  ) {
    super(env, { observationSpace: filteredSpace(env.observationSpace, keys) });
    const isTuple = env.observationSpace.type === "Tuple";
    this.shown = new DoubleBuffer(() => (isTuple ? ([] as unknown as Record<number, unknown>) : {}));
  }

  protected transform(observation: unknown): unknown {
    const members = observation as Record<string | number, unknown>;
    const shown = this.shown.next();
    const isTuple = Array.isArray(shown);
    for (let i = 0; i < this.keys.length; i++) {
      const key = this.keys[i]!;
      shown[isTuple ? i : key] = members[key];
    }
    return shown;
  }
}

function filteredSpace(space: Space<unknown>, keys: readonly (string | number)[]): Space<unknown> {
  const isKnown = (key: string | number) =>
    space instanceof Dict
      ? typeof key === "string" && space.keys.includes(key)
      : space instanceof Tuple && Number.isInteger(key) && (key as number) in space.spaces;
  const isFine = keys.length > 0 && new Set(keys).size === keys.length && keys.every(isKnown);
  if (isFine && space instanceof Dict) {
    const pairs = keys.map((key) => [key as string, space.spaces[key as string]!] as const);
    const { sortKeys } = space;
    return new Dict(sortKeys ? Object.fromEntries(pairs) : pairs, { sortKeys }) as Space<unknown>;
  }
  if (isFine && space instanceof Tuple) {
    return new Tuple(keys.map((key) => space.spaces[key as number]!)) as Space<unknown>;
  }
  throw new GymnasiumError(
    "invalid-options",
    `FilterObservation: keys are ${describeValue(keys)} and the observation space ${describeSpace(space)}, expected keys of a Dict or indices of a Tuple, at least one and each once.`,
  );
}
