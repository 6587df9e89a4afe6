import type { Env, ResetOptions, ResetResult, RgbFrame, StepResult } from "../env.js";
import { copyPicture, requirePicture, requirePictures } from "./rendered.js";
import { type RecorderState, type RecordVideoOptions, VideoRecorder } from "./video-recorder.js";
import { Wrapper } from "./wrapper.js";

/**
 * Records videos of chosen episodes, or from chosen steps on, and hands them to `write`. As in Gymnasium a video of
 * whole episodes starts with the picture after the reset, is complete at the next reset or at `close`, and one of fixed
 * length goes on through resets until it has more than `videoLength` frames. Counters are part of snapshots, frames
 * are not: `restore` completes a video that is being recorded.
 *
 * @throws GymnasiumError `invalid-options` if the environment renders no pictures, or a length or rate makes no sense
 */
export class RecordVideo<Observation, Action> extends Wrapper<Observation, Action> {
  private readonly recorder: VideoRecorder;

  constructor(env: Env<Observation, Action>, options: RecordVideoOptions) {
    super(env);
    requirePictures(env as Env<never, never>, "RecordVideo");
    this.recorder = new VideoRecorder(options, "RecordVideo");
  }

  get isRecording(): boolean {
    return this.recorder.isRecording;
  }

  reset(options?: { seed?: number; options?: ResetOptions }): ResetResult<Observation> {
    const result = this.env.reset(options);
    this.recorder.beginEpisode();
    this.recorder.capture(this.picture);
    return result;
  }

  step(action: Action): StepResult<Observation> {
    const result = this.env.step(action);
    this.recorder.beginStep();
    this.recorder.capture(this.picture);
    return result;
  }

  /** Starts a video with the next picture; one that is being recorded is complete. */
  startRecording(name: string): void {
    this.recorder.start(name);
  }

  /** Hands over what was recorded, if anything. */
  stopRecording(): void {
    this.recorder.stop();
  }

  override close(): void {
    super.close();
    this.recorder.stop();
  }

  private readonly picture = (): RgbFrame => copyPicture(requirePicture(this.env.render(), "RecordVideo"));

  protected override ownState(): RecorderState {
    return this.recorder.state;
  }

  protected override restoreOwnState(state: unknown): void {
    this.recorder.restore(state as RecorderState);
  }
}
