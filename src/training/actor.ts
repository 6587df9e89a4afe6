import type { VectorEnv } from "gymnasium-js";
import type { Policy } from "../agents/index.js";
import { createFrameStacker, elementSpec, type FrameStacker } from "../replay/index.js";
import type { RolloutStep, VectorPolicy } from "../streams/index.js";

/** A policy with a memory of the frames that it stacks. */
export interface Actor {
  policy: VectorPolicy;
  /** Is told each step, so that stacks and other memory begin anew with each episode. */
  saw(step: Pick<RolloutStep, "next">): void;
  /** Begins anew in all environments, as before the first step. */
  restart(): void;
  /** Null where observations are single frames. */
  stacker: FrameStacker | null;
}

/** Lets `policy`, which wants `stack` frames per observation, act on environments that give one. */
export function createActor(
  policy: Policy,
  envs: Pick<VectorEnv, "numEnvs" | "singleObservationSpace" | "singleActionSpace">,
  stack: number,
): Actor {
  if (stack === 1) {
    return {
      policy,
      saw: ({ next }) => policy.endEpisodes?.(next),
      restart: () => policy.restart?.(),
      stacker: null,
    };
  }
  const { observation } = elementSpec(envs.singleObservationSpace, envs.singleActionSpace);
  const stacker = createFrameStacker({ observation, numEnvs: envs.numEnvs, stack });
  return {
    policy: (observations, masks) => policy(stacker.push(observations), masks),
    saw: ({ next }) => {
      stacker.endEpisodes(next);
      policy.endEpisodes?.(next);
    },
    restart: () => {
      stacker.clear();
      policy.restart?.();
    },
    stacker,
  };
}
