import type { RenderMode } from "./env.js";
import { EnvSpec } from "./env-spec.js";
import type { EnvRules } from "./rules.js";
import { RulesEnv } from "./rules-env.js";
import { NativeVectorEnv } from "./vector/native-vector-env.js";
import type { AutoresetMode } from "./vector/vector-env.js";

/** An environment given by rules, and how to make it; `register` takes it as it is. */
export interface EnvDefinition<
  State = unknown,
  Observation = unknown,
  Action = unknown,
  Kwargs extends object = object,
> {
  readonly id: string;
  /** Time limit of `make`, in steps; null for none. */
  readonly maxEpisodeSteps: number | null;
  readonly rewardThreshold: number | null;
  rules(kwargs?: Kwargs): EnvRules<State, Observation, Action>;
  /** The single environment, with order enforcing and the time limit inside. */
  make(
    kwargs?: Kwargs,
    options?: { renderMode?: RenderMode | null; maxEpisodeSteps?: number | null },
  ): RulesEnv<State, Observation, Action>;
  /** `numEnvs` environments in one, with the time limit inside. */
  makeVec(
    numEnvs: number,
    kwargs?: Kwargs,
    options?: { autoresetMode?: AutoresetMode; maxEpisodeSteps?: number | null },
  ): NativeVectorEnv<State, Observation, Action>;
}

/**
 * Makes an environment out of rules.
 *
 * @example
 * const walk = defineEnv({
 *   id: "Walk-v0",
 *   observationSpace: discrete(8),
 *   actionSpace: discrete(2),
 *   maxEpisodeSteps: 50,
 *   init: (rng) => ({ position: rng.integers(0, 4) }),
 *   step(state, action) {
 *     state.position = Math.max(0, state.position + (action === 1 ? 1 : -1));
 *     return state.position === 7 ? terminate(1) : proceed(0);
 *   },
 *   observe(state, out, offset) {
 *     out[offset] = state.position;
 *   },
 * });
 */
export function defineEnv<State, Observation, Action>(
  rules: EnvRules<State, Observation, Action>,
): EnvDefinition<State, Observation, Action>;
/**
 * The same for rules with settings. `makeRules` is called once per environment made, and once without settings to
 * learn the time limit and the reward threshold.
 */
export function defineEnv<State, Observation, Action, Kwargs extends object>(
  id: string,
  makeRules: (kwargs: Partial<Kwargs>) => EnvRules<State, Observation, Action>,
): EnvDefinition<State, Observation, Action, Partial<Kwargs>>;
export function defineEnv<State, Observation, Action, Kwargs extends object>(
  rulesOrId: EnvRules<State, Observation, Action> | string,
  makeRules?: (kwargs: Partial<Kwargs>) => EnvRules<State, Observation, Action>,
): EnvDefinition<State, Observation, Action, Partial<Kwargs>> {
  if (typeof rulesOrId !== "string") return new RulesDefinition(rulesOrId.id, () => rulesOrId);
  return new RulesDefinition(
    rulesOrId,
    makeRules as (kwargs: Partial<Kwargs>) => EnvRules<State, Observation, Action>,
  );
}

class RulesDefinition<State, Observation, Action, Kwargs extends object>
  implements EnvDefinition<State, Observation, Action, Kwargs>
{
  private defaultRules: EnvRules<State, Observation, Action> | null = null;

  constructor(
    readonly id: string,
    private readonly makeRules: (kwargs: Kwargs) => EnvRules<State, Observation, Action>,
  ) {}

  get maxEpisodeSteps(): number | null {
    return this.defaults().maxEpisodeSteps ?? null;
  }

  get rewardThreshold(): number | null {
    return this.defaults().rewardThreshold ?? null;
  }

  rules(kwargs?: Kwargs): EnvRules<State, Observation, Action> {
    return this.makeRules(kwargs ?? ({} as Kwargs));
  }

  make(
    kwargs?: Kwargs,
    options: { renderMode?: RenderMode | null; maxEpisodeSteps?: number | null } = {},
  ): RulesEnv<State, Observation, Action> {
    const rules = this.rules(kwargs);
    const spec = this.spec(rules, kwargs, options.maxEpisodeSteps);
    return new RulesEnv(rules, { ...options, maxEpisodeSteps: spec.maxEpisodeSteps, spec });
  }

  makeVec(
    numEnvs: number,
    kwargs?: Kwargs,
    options: { autoresetMode?: AutoresetMode; maxEpisodeSteps?: number | null } = {},
  ): NativeVectorEnv<State, Observation, Action> {
    const rules = this.rules(kwargs);
    const spec = this.spec(rules, kwargs, options.maxEpisodeSteps);
    return new NativeVectorEnv(rules, { ...options, numEnvs, maxEpisodeSteps: spec.maxEpisodeSteps, spec });
  }

  private spec(
    rules: EnvRules<State, Observation, Action>,
    kwargs: Kwargs | undefined,
    maxEpisodeSteps: number | null | undefined,
  ): EnvSpec {
    return new EnvSpec({
      id: this.id,
      entryPoint: this,
      kwargs: { ...kwargs },
      maxEpisodeSteps: maxEpisodeSteps === undefined ? (rules.maxEpisodeSteps ?? null) : maxEpisodeSteps,
      rewardThreshold: rules.rewardThreshold ?? null,
    });
  }

  private defaults(): EnvRules<State, Observation, Action> {
    this.defaultRules ??= this.rules();
    return this.defaultRules;
  }
}
