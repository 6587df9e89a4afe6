import { acceptsAction, invalidAction } from "../action-check.js";
import type { Env, Info, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace, describeValue, whyOutside } from "../explain.js";
import type { Space } from "../spaces/space.js";
import { fastContains } from "./fast-contains.js";
import { Wrapper } from "./wrapper.js";

/**
 * Watches every call and changes nothing: the first value that breaks the rules of `Env` is an error that names it.
 *
 * - reward not a finite number: `invalid-reward`
 * - observation outside its space: `invalid-observation`
 * - action outside its space: `invalid-action`. A Box action is only refused if it has the wrong array type or
 *   length or holds NaN: values beyond the bounds are the environment's to clip.
 * - flags or info of the wrong type: `invalid-env`
 *
 * Costs some nanoseconds per step for small spaces; `make(id, { disableEnvChecker: true })` leaves it out.
 */
export class PassiveEnvChecker<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly acceptsObservation: (observation: unknown) => boolean;

  constructor(env: Env<Observation, Action>) {
    super(env);
    requireSpace(env.observationSpace, "observationSpace");
    requireSpace(env.actionSpace, "actionSpace");
    this.acceptsObservation = fastContains(env.observationSpace);
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    if (typeof result !== "object" || result === null || !("observation" in result)) {
      throw new GymnasiumError(
        "invalid-env",
        `${this.name}: reset returned ${describeValue(result)}, expected { observation, info }.`,
      );
    }
    if (!this.acceptsObservation(result.observation)) this.refuseObservation(result.observation, "reset");
    this.requireInfo(result.info, "reset");
    return result;
  }

  step(action: Action): StepResult<Observation> {
    if (!acceptsAction(this.actionSpace, action)) throw invalidAction(this.name, this.actionSpace, action);
    const result = this.env.step(action);
    if (typeof result !== "object" || result === null) {
      throw new GymnasiumError(
        "invalid-env",
        `${this.name}: step returned ${describeValue(result)}, expected { observation, reward, terminated, truncated, info }.`,
      );
    }
    if (!Number.isFinite(result.reward)) {
      throw new GymnasiumError(
        "invalid-reward",
        `${this.name}: step returned the reward ${describeValue(result.reward)}, expected a finite number.`,
      );
    }
    if (typeof result.terminated !== "boolean") this.refuseFlag("terminated", result.terminated);
    if (typeof result.truncated !== "boolean") this.refuseFlag("truncated", result.truncated);
    if (!this.acceptsObservation(result.observation)) this.refuseObservation(result.observation, "step");
    this.requireInfo(result.info, "step");
    return result;
  }

  private get name(): string {
    return this.env.spec?.id ?? this.env.unwrapped.constructor.name;
  }

  private refuseObservation(observation: unknown, method: string): never {
    const space = this.env.observationSpace;
    throw new GymnasiumError(
      "invalid-observation",
      `${this.name}: ${method} returned an observation outside its space ${describeSpace(space)}: ${describeValue(observation)}: ${whyOutside(space, observation)}.`,
    );
  }

  private refuseFlag(name: string, value: unknown): never {
    throw new GymnasiumError(
      "invalid-env",
      `${this.name}: step returned ${name} = ${describeValue(value)}, expected true or false.`,
    );
  }

  private requireInfo(info: Info, method: string): void {
    if (typeof info === "object" && info !== null && !Array.isArray(info)) return;
    throw new GymnasiumError(
      "invalid-env",
      `${this.name}: ${method} returned the info ${describeValue(info)}, expected an object ({} if there is nothing to say).`,
    );
  }
}

function requireSpace(space: unknown, name: string): asserts space is Space<unknown> {
  if (typeof space === "object" && space !== null && "contains" in space && "describe" in space) return;
  throw new GymnasiumError(
    "invalid-env",
    `The environment's ${name} is ${describeValue(space)}, expected a space such as box({ low, high, shape }) or discrete(n).`,
  );
}
