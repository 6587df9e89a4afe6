import type { Env, ResetOptions, ResetResult, StepResult } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { copyOutcome, emptyStepResult, Wrapper } from "./wrapper.js";

/** A finished episode, by Gymnasium's names. */
export interface EpisodeStatistics {
  /** Return: sum of rewards, undiscounted. */
  r: number;
  /** Length in steps. */
  l: number;
}

export interface EpisodeStatisticsOptions {
  /** How many finished episodes are remembered; 100 by default. */
  bufferLength?: number;
  /** Key in the infos; `episode` by default. */
  statsKey?: string;
}

interface StatisticsState {
  episodeReturn: number;
  episodeLength: number;
  episodeCount: number;
  returnQueue: number[];
  lengthQueue: number[];
}

/**
 * Adds `{ r, l }` under `episode` to the info of the step that ends an episode, and remembers the last ones.
 * Gymnasium's elapsed time `t` is left out: the same seed gives the same infos.
 *
 * @throws GymnasiumError `invalid-options` if `bufferLength` is not a positive integer, or the environment's info
 * already has a value under `statsKey`
 */
export class RecordEpisodeStatistics<Observation, Action> extends Wrapper<Observation, Action> {
  /** Finished episodes. */
  episodeCount = 0;
  /** Returns of the last `bufferLength` episodes, oldest first. */
  returnQueue: number[] = [];
  /** Lengths in steps of the last `bufferLength` episodes, oldest first. */
  lengthQueue: number[] = [];
  private episodeReturn = 0;
  private episodeLength = 0;
  private readonly bufferLength: number;
  private readonly statsKey: string;
  private readonly result = emptyStepResult<Observation>();

  constructor(env: Env<Observation, Action>, options: EpisodeStatisticsOptions = {}) {
    super(env);
    this.bufferLength = requireBufferLength(options.bufferLength ?? 100, "RecordEpisodeStatistics");
    this.statsKey = options.statsKey ?? "episode";
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.episodeReturn = 0;
    this.episodeLength = 0;
    return result;
  }

  step(action: Action): StepResult<Observation> {
    const inner = this.env.step(action);
    this.episodeReturn += inner.reward;
    this.episodeLength++;
    return inner.terminated || inner.truncated ? this.finish(inner) : inner;
  }

  private finish(inner: StepResult<Observation>): StepResult<Observation> {
    const { result, statsKey, episodeReturn, episodeLength } = this;
    if (statsKey in inner.info) throw statsKeyTaken("RecordEpisodeStatistics", statsKey);
    const episode: EpisodeStatistics = { r: episodeReturn, l: episodeLength };
    this.episodeCount++;
    this.returnQueue.push(episodeReturn);
    this.lengthQueue.push(episodeLength);
    if (this.returnQueue.length > this.bufferLength) {
      this.returnQueue.shift();
      this.lengthQueue.shift();
    }
    copyOutcome(inner, result);
    result.observation = inner.observation;
    result.info = { ...inner.info, [statsKey]: episode };
    return result;
  }

  protected override ownState(): StatisticsState {
    const { episodeReturn, episodeLength, episodeCount } = this;
    const [returnQueue, lengthQueue] = [[...this.returnQueue], [...this.lengthQueue]];
    return { episodeReturn, episodeLength, episodeCount, returnQueue, lengthQueue };
  }

  protected override restoreOwnState(state: unknown): void {
    const { returnQueue, lengthQueue, ...counters } = state as StatisticsState;
    this.episodeReturn = counters.episodeReturn;
    this.episodeLength = counters.episodeLength;
    this.episodeCount = counters.episodeCount;
    this.returnQueue = [...returnQueue];
    this.lengthQueue = [...lengthQueue];
  }
}

export function requireBufferLength(bufferLength: number, wrapperName: string): number {
  if (Number.isSafeInteger(bufferLength) && bufferLength > 0) return bufferLength;
  throw new GymnasiumError(
    "invalid-options",
    `${wrapperName}: bufferLength is ${bufferLength}, expected a positive integer number of episodes.`,
  );
}

export function statsKeyTaken(wrapperName: string, statsKey: string): GymnasiumError {
  return new GymnasiumError(
    "invalid-options",
    `${wrapperName}: the environment's info already has the key ${JSON.stringify(statsKey)}: choose another statsKey.`,
  );
}
