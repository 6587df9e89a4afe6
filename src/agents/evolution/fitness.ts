import { type EnvKwargs, makeVec, type TypedArray, type VectorEnv } from "gymnasium-js";
import { ActingNet, type PolicyPlan } from "./acting-net.js";

/** What fitness is the mean return of; plain data, so that a thread can be sent it. */
export interface FitnessSetting {
  env: string;
  envOptions: EnvKwargs;
  /** Time limit in steps, for environments without one: a deterministic policy can loop for ever. */
  maxSteps: number;
  policy: PolicyPlan;
}

export interface PlayedEpisode {
  return: number;
  /** Environment steps. */
  length: number;
}

/** Plays whole episodes by parameter vectors, in one environment that it keeps. */
export class EpisodePlayer {
  private readonly envs: VectorEnv;
  private readonly net: ActingNet;
  private readonly actions: TypedArray;

  /** @throws GymnasiumError as `makeVec` */
  constructor({ env, envOptions, maxSteps, policy }: FitnessSetting) {
    this.envs = oneEnv(env, envOptions, maxSteps);
    this.net = new ActingNet(policy);
    this.actions = this.net.allocate(1);
  }

  /** One episode from a seed; the same return for the same parameters, whatever was played before. */
  play(parameters: Float32Array, seed: number): PlayedEpisode {
    const { envs, net, actions } = this;
    envs.reset({ seed: [seed] });
    const call = { row: 0, masks: envs.actionMasks, actions };
    let sum = 0;
    for (let length = 1; ; length++) {
      call.masks = envs.actionMasks;
      net.act(parameters, envs.observations as TypedArray, call);
      const { rewards, terminations, truncations } = envs.step(actions);
      sum += rewards[0]!;
      if (terminations[0] === 1 || truncations[0] === 1) return { return: sum, length };
    }
  }

  close(): void {
    this.envs.close();
  }
}

function oneEnv(env: string, kwargs: EnvKwargs, maxSteps: number): VectorEnv {
  const options = { numEnvs: 1, kwargs, autoresetMode: "disabled" } as const;
  const envs = makeVec(env, options);
  if (envs.spec?.maxEpisodeSteps != null) return envs;
  envs.close();
  return makeVec(env, { ...options, maxEpisodeSteps: maxSteps });
}
