import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { Batch, VectorEnv, VectorInfos, VectorReset, VectorStep } from "../../vector/vector-env.js";
import { DoubleBuffer } from "../double-buffer.js";
import {
  type EpisodeStatistics,
  type EpisodeStatisticsOptions,
  requireBufferLength,
  statsKeyTaken,
} from "../record-episode-statistics.js";
import { VectorWrapper } from "./vector-wrapper.js";
import { WrappedStep } from "./wrapped-step.js";

interface StatisticsState {
  episodeReturns: Float64Array;
  episodeLengths: Int32Array;
  resetting: Uint8Array;
  episodeCount: number;
  returnQueue: number[];
  lengthQueue: number[];
}

/**
 * Adds `episode` to the infos of a step in which episodes end, `{ r, l }` for each sub-environment whose episode did
 * (in `same-step` mode too: beside `finalInfos`, as in Gymnasium), and remembers the last ones. The step of
 * `next-step` mode that resets a sub-environment counts for no episode. Gymnasium's elapsed time `t` is left out:
 * the same seed gives the same infos.
 *
 * @throws GymnasiumError `invalid-options` if `bufferLength` is not a positive integer, or (when infos are read) the
 * environment's infos already have the key `statsKey`
 */
export class VectorRecordEpisodeStatistics extends VectorWrapper {
  /** Finished episodes of all sub-environments. */
  episodeCount = 0;
  /** Returns of the last `bufferLength` episodes, oldest first; those of one step by sub-environment. */
  returnQueue: number[] = [];
  /** Lengths in steps of the last `bufferLength` episodes, oldest first. */
  lengthQueue: number[] = [];
  private readonly bufferLength: number;
  private readonly episodeReturns: Float64Array;
  private readonly episodeLengths: Int32Array;
  /** 1 where the next step resets (`next-step` mode). */
  private readonly resetting: Uint8Array;
  private readonly steps: DoubleBuffer<RecordedStep>;

  constructor(env: VectorEnv, options: EpisodeStatisticsOptions = {}) {
    super(env);
    const { numEnvs } = env;
    this.bufferLength = requireBufferLength(options.bufferLength ?? 100, "VectorRecordEpisodeStatistics");
    this.episodeReturns = new Float64Array(numEnvs);
    this.episodeLengths = new Int32Array(numEnvs);
    this.resetting = new Uint8Array(numEnvs);
    this.steps = new DoubleBuffer(() => new RecordedStep(numEnvs, options.statsKey ?? "episode"));
  }

  override reset(options: VectorResetOptions = {}): VectorReset {
    const result = this.env.reset(options);
    const { mask } = options;
    for (let i = 0; i < this.numEnvs; i++) {
      if (mask !== undefined && !mask[i]) continue;
      this.startEpisode(i);
      this.resetting[i] = 0;
    }
    return result;
  }

  override step(actions: Batch): VectorStep {
    const inner = this.env.step(actions);
    const step = this.steps.next();
    step.follow(inner);
    const { rewards, terminations, truncations } = inner;
    const { episodeReturns, episodeLengths, resetting } = this;
    const resetsLater = this.autoresetMode === "next-step" ? 1 : 0;
    for (let i = 0; i < this.numEnvs; i++) {
      if (resetting[i] !== 0) {
        resetting[i] = 0;
        continue;
      }
      episodeReturns[i] = (episodeReturns[i] as number) + (rewards[i] as number);
      episodeLengths[i] = (episodeLengths[i] as number) + 1;
      if (terminations[i] === 0 && truncations[i] === 0) continue;
      resetting[i] = resetsLater;
      this.finish(i, step);
    }
    return step;
  }

  /** The episode of sub-environment i has ended in `step`. */
  private finish(i: number, step: RecordedStep): void {
    const episodeReturn = this.episodeReturns[i] as number;
    const episodeLength = this.episodeLengths[i] as number;
    step.record(i, { r: episodeReturn, l: episodeLength });
    this.startEpisode(i);
    this.episodeCount++;
    this.returnQueue.push(episodeReturn);
    this.lengthQueue.push(episodeLength);
    if (this.returnQueue.length > this.bufferLength) {
      this.returnQueue.shift();
      this.lengthQueue.shift();
    }
  }

  private startEpisode(i: number): void {
    this.episodeReturns[i] = 0;
    this.episodeLengths[i] = 0;
  }

  protected override ownState(): StatisticsState {
    return {
      episodeReturns: this.episodeReturns.slice(),
      episodeLengths: this.episodeLengths.slice(),
      resetting: this.resetting.slice(),
      episodeCount: this.episodeCount,
      returnQueue: [...this.returnQueue],
      lengthQueue: [...this.lengthQueue],
    };
  }

  protected override restoreOwnState(state: unknown): void {
    const taken = state as StatisticsState;
    this.episodeReturns.set(taken.episodeReturns);
    this.episodeLengths.set(taken.episodeLengths);
    this.resetting.set(taken.resetting);
    this.episodeCount = taken.episodeCount;
    this.returnQueue = [...taken.returnQueue];
    this.lengthQueue = [...taken.lengthQueue];
  }
}

/** A step whose infos also tell of the episodes that ended in it. */
class RecordedStep extends WrappedStep {
  private readonly episodes: (EpisodeStatistics | null)[];
  private anyEnded = false;
  private merged: VectorInfos | null = null;

  constructor(
    numEnvs: number,
    private readonly statsKey: string,
  ) {
    super();
    this.episodes = new Array<EpisodeStatistics | null>(numEnvs).fill(null);
  }

  override follow(inner: VectorStep): void {
    super.follow(inner);
    if (!this.anyEnded) return;
    this.episodes.fill(null);
    this.anyEnded = false;
    this.merged = null;
  }

  record(i: number, episode: EpisodeStatistics): void {
    this.episodes[i] = episode;
    this.anyEnded = true;
  }

  override get infos(): VectorInfos {
    if (!this.anyEnded) return super.infos;
    this.merged ??= this.merge(super.infos);
    return this.merged;
  }

  private merge(infos: VectorInfos): VectorInfos {
    const { statsKey, episodes } = this;
    if (statsKey in infos) throw statsKeyTaken("VectorRecordEpisodeStatistics", statsKey);
    const mask = episodes.map((episode) => episode !== null);
    return { ...infos, [statsKey]: { values: [...episodes], mask } };
  }
}
