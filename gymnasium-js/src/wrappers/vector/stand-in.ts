import { BaseEnv } from "../../env-base.js";
import { GymnasiumError } from "../../errors.js";
import type { Space } from "../../spaces/space.js";
import type { VectorEnv } from "../../vector/vector-env.js";
import type { Wrapper } from "../wrapper.js";

/** Stands for a sub-environment of `env` where a wrapper wants one: it has the spaces and cannot be played. */
export class StandIn extends BaseEnv<never, never> {
  override readonly observationSpace: Space<never>;
  override readonly actionSpace: Space<never>;

  constructor(env: VectorEnv) {
    super();
    this.observationSpace = env.singleObservationSpace as Space<never>;
    this.actionSpace = env.singleActionSpace as Space<never>;
  }

  override reset(): never {
    throw cannotBePlayed();
  }

  override step(): never {
    throw cannotBePlayed();
  }
}

function cannotBePlayed(): GymnasiumError {
  return new GymnasiumError(
    "unsupported",
    "A wrapper that is vectorized may not play the environment: put it around each sub-environment (`wrappers` of makeVec).",
  );
}

/**
 * @param kind class that `wrapper` must be of
 * @throws GymnasiumError `invalid-options` unless it is one that remembers nothing
 */
export function requireStateless<W extends Wrapper<never, never, never, never>>(
  wrapper: unknown,
  kind: abstract new (...args: never[]) => W,
  what: string,
): W {
  if (wrapper instanceof kind && wrapper["ownState"]() === null) return wrapper;
  const name = (wrapper as { constructor?: { name?: string } } | null)?.constructor?.name ?? String(wrapper);
  throw new GymnasiumError(
    "invalid-options",
    `${what}: the wrapper is ${name}, expected a kind of ${kind.name} that remembers nothing from call to call: one of it serves all sub-environments.`,
  );
}
