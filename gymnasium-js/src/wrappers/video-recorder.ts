import type { RgbFrame } from "../env.js";
import { GymnasiumError } from "../errors.js";

/** A film of an environment. */
export interface Video {
  /** Without folder or extension. */
  readonly name: string;
  readonly frames: readonly RgbFrame[];
  /** Frames per second. */
  readonly fps: number;
}

export interface RecordVideoOptions {
  /** Takes each video as soon as it is complete; writing it to a file is its affair. */
  write(video: Video): void;
  /** Whether to record the episode of this number, from 0. `cappedCubicVideoSchedule` if no trigger is given. */
  episodeTrigger?: (episode: number) => boolean;
  /** Whether to start a video at the step of this number, from 0, over all episodes. */
  stepTrigger?: (step: number) => boolean;
  /** Frames of a video; 0, the default, for whole episodes. */
  videoLength?: number;
  /** "rl-video" by default, for names such as "rl-video-episode-8". */
  namePrefix?: string;
  /** Frames per second; 30 by default. */
  fps?: number;
}

/** Episodes 0, 1, 8, 27, ..., 729, then 1000, 2000, ...: often at first, seldom later. */
export function cappedCubicVideoSchedule(episode: number): boolean {
  return episode < 1000 ? Math.round(Math.cbrt(episode)) ** 3 === episode : episode % 1000 === 0;
}

/** What a recorder counts, as plain data. */
export interface RecorderState {
  stepId: number;
  episodeId: number;
}

/** Counts episodes and steps, and collects the frames of those that are to be recorded. */
export class VideoRecorder {
  private readonly namePrefix: string;
  private readonly fps: number;
  private readonly mostFrames: number;
  private readonly write: (video: Video) => void;
  private readonly startsEpisode: (episode: number) => boolean;
  private readonly startsStep: (step: number) => boolean;
  private stepId = -1;
  private episodeId = -1;
  /** Name of the video that is being recorded; null if none is. */
  private name: string | null = null;
  private frames: RgbFrame[] = [];

  /**
   * @param what names the wrapper in messages
   * @throws GymnasiumError `invalid-options`
   */
  constructor(options: RecordVideoOptions, what: string) {
    const { videoLength = 0, namePrefix = "rl-video", fps = 30, stepTrigger, episodeTrigger } = options;
    if (!Number.isSafeInteger(videoLength) || videoLength < 0 || !(fps > 0 && fps < Infinity)) {
      throw new GymnasiumError(
        "invalid-options",
        `${what}: videoLength is ${videoLength} and fps ${fps}, expected a number of frames (0 for whole episodes) and a positive rate.`,
      );
    }
    const never = () => false;
    this.namePrefix = namePrefix;
    this.fps = fps;
    this.mostFrames = videoLength === 0 ? Number.POSITIVE_INFINITY : videoLength;
    this.write = (video) => options.write(video);
    this.startsEpisode = episodeTrigger ?? (stepTrigger === undefined ? cappedCubicVideoSchedule : never);
    this.startsStep = stepTrigger ?? never;
  }

  get isRecording(): boolean {
    return this.name !== null;
  }

  beginEpisode(): void {
    this.episodeId++;
    if (this.mostFrames === Number.POSITIVE_INFINITY) this.stop();
    if (this.startsEpisode(this.episodeId)) this.start(`${this.namePrefix}-episode-${this.episodeId}`);
  }

  beginStep(): void {
    this.stepId++;
    if (this.startsStep(this.stepId)) this.start(`${this.namePrefix}-step-${this.stepId}`);
  }

  /** @param picture draws what is to be seen now, in memory of its own; asked only while recording */
  capture(picture: () => RgbFrame): void {
    if (!this.isRecording) return;
    this.frames.push(picture());
    if (this.frames.length > this.mostFrames) this.stop();
  }

  /** Starts a video with the next picture; one that is being recorded is complete. */
  start(name: string): void {
    this.stop();
    this.name = name;
  }

  /** Hands over what was recorded, if anything. */
  stop(): void {
    const { name, frames, fps } = this;
    this.name = null;
    this.frames = [];
    if (name !== null && frames.length > 0) this.write({ name, frames, fps });
  }

  get state(): RecorderState {
    return { stepId: this.stepId, episodeId: this.episodeId };
  }

  /** What is being recorded is complete: what follows does not belong to it. */
  restore({ stepId, episodeId }: RecorderState): void {
    this.stop();
    this.stepId = stepId;
    this.episodeId = episodeId;
  }
}
