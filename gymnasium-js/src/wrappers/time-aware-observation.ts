import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { box } from "../spaces/box.js";
import { dict } from "../spaces/dict.js";
import type { Space } from "../spaces/space.js";
import { tuple } from "../spaces/tuple.js";
import { createFlattener } from "./flatten-observation.js";
import { ObservationWrapper } from "./observation-wrapper.js";

export interface TimeAwareOptions {
  /** One flat array (the default), instead of a Dict or Tuple with the time as a member. */
  flatten?: boolean;
  /** Time in [0, 1] as float32, instead of steps as int32. */
  normalizeTime?: boolean;
  /** Name of the time in a Dict; "time" by default. */
  timeKey?: string;
}

/**
 * Adds the steps since reset to the observation: to a Dict as `timeKey`, to a Tuple as its last member, to others as
 * `{ obs, time }`.
 *
 * @throws GymnasiumError `invalid-options` if the environment has no time limit, or a Dict already has the key
 */
export class TimeAwareObservation<Observation, Action> extends ObservationWrapper<
  unknown,
  Action,
  Observation
> {
  readonly maxSteps: number;
  private steps = 0;
  private readonly times: [Int32Array | Float32Array, Int32Array | Float32Array];
  private readonly normalize: boolean;
  private readonly show: (observation: Observation, time: unknown) => unknown;

  constructor(env: Env<Observation, Action>, options: TimeAwareOptions = {}) {
    const maxSteps = env.spec?.maxEpisodeSteps ?? findTimeLimit(env);
    if (maxSteps === null) {
      throw new GymnasiumError(
        "invalid-options",
        "TimeAwareObservation: the environment has no time limit: wrap it in TimeLimit, or make it with maxEpisodeSteps.",
      );
    }
    const { normalizeTime = false, timeKey = "time" } = options;
    const time = normalizeTime
      ? box({ low: 0, high: 1, shape: [1], dtype: "float32" })
      : box({ low: 0, high: maxSteps, shape: [1], dtype: "int32" });
    const { space, join } = addTime(env.observationSpace, time as unknown as Space<unknown>, timeKey);
    const flattener = (options.flatten ?? true) ? createFlattener(space, "TimeAwareObservation") : null;
    super(env, { observationSpace: flattener?.space ?? space });
    this.maxSteps = maxSteps;
    this.normalize = normalizeTime;
    this.times = normalizeTime
      ? [new Float32Array(1), new Float32Array(1)]
      : [new Int32Array(1), new Int32Array(1)];
    this.show = flattener === null ? join : (observation, t) => flattener.flatten(join(observation, t));
  }

  override reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<unknown> {
    this.steps = 0;
    return super.reset(options);
  }

  override step(action: Action): StepResult<unknown> {
    this.steps++;
    return super.step(action);
  }

  protected transform(observation: Observation): unknown {
    this.times.reverse();
    const [time] = this.times;
    time[0] = this.normalize ? this.steps / this.maxSteps : this.steps;
    return this.show(observation, time);
  }

  protected override ownState(): number {
    return this.steps;
  }

  protected override restoreOwnState(state: unknown): void {
    this.steps = state as number;
  }
}

interface TimedSpace {
  space: Space<unknown>;
  join: (observation: unknown, time: unknown) => unknown;
}

function addTime(space: Space<unknown>, time: Space<unknown>, key: string): TimedSpace {
  const members = (space as unknown as { spaces: Record<string, Space<unknown>> }).spaces;
  if (space.type === "Dict") {
    if (key in members) {
      throw new GymnasiumError(
        "invalid-options",
        `TimeAwareObservation: the observation already has the key ${JSON.stringify(key)}: choose another timeKey.`,
      );
    }
    return {
      space: dict({ [key]: time, ...members }) as unknown as Space<unknown>,
      join: (observation, t) => ({ [key]: t, ...(observation as object) }),
    };
  }
  if (space.type === "Tuple") {
    return {
      space: tuple([...Object.values(members), time]) as unknown as Space<unknown>,
      join: (observation, t) => [...(observation as unknown[]), t],
    };
  }
  return {
    space: dict({ obs: space, time }) as unknown as Space<unknown>,
    join: (observation, t) => ({ obs: observation, time: t }),
  };
}

/** The limit of a `TimeLimit` around an environment without a spec. */
function findTimeLimit(env: unknown): number | null {
  for (
    let layer = env as { env?: unknown; maxEpisodeSteps?: unknown };
    layer;
    layer = layer.env as typeof layer
  ) {
    if (typeof layer.maxEpisodeSteps === "number") return layer.maxEpisodeSteps;
  }
  return null;
}
