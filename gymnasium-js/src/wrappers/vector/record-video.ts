import type { RgbFrame } from "../../env.js";
import { GymnasiumError } from "../../errors.js";
import { NativeVectorEnv } from "../../vector/native-vector-env.js";
import { SyncVectorEnv } from "../../vector/sync-vector-env.js";
import type { VectorResetOptions } from "../../vector/vector-base.js";
import type { Batch, VectorEnv, VectorReset, VectorStep } from "../../vector/vector-env.js";
import { requirePicture, requirePictures } from "../rendered.js";
import { type RecorderState, type RecordVideoOptions, VideoRecorder } from "../video-recorder.js";
import { VectorWrapper } from "./vector-wrapper.js";

export interface VectorRecordVideoOptions extends RecordVideoOptions {
  /** Whether only the first sub-environment is seen; false by default, for all beside each other. */
  recordFirstOnly?: boolean;
  /** Width to height that the pictures together come nearest to; [1, 1] by default. */
  aspectRatio?: readonly [width: number, height: number];
  /** Draws all sub-environments, of one size; needed for vector environments of one's own. */
  pictures?: () => readonly RgbFrame[];
}

interface RecordState extends RecorderState {
  resetting: boolean;
}

/**
 * Records videos as `RecordVideo` does, of all sub-environments in one picture; episodes are those of the first one. In
 * `same-step` mode the last picture of an episode is not seen. Works around native environments whose rules draw
 * pictures, and sync ones of sub-environments that render them.
 *
 * @throws GymnasiumError `invalid-options` if there are no pictures, or an option makes no sense
 */
export class VectorRecordVideo extends VectorWrapper {
  private readonly recorder: VideoRecorder;
  private readonly pictures: () => readonly RgbFrame[];
  private readonly recordFirstOnly: boolean;
  private readonly aspectRatio: number;
  /** Whether the next step resets the first sub-environment (`next-step` mode). */
  private resetting = false;

  constructor(env: VectorEnv, options: VectorRecordVideoOptions) {
    super(env);
    const { recordFirstOnly = false, aspectRatio = [1, 1] } = options;
    this.recorder = new VideoRecorder(options, "VectorRecordVideo");
    this.pictures = options.pictures ?? picturesOf(env);
    this.recordFirstOnly = recordFirstOnly;
    this.aspectRatio = aspectRatio[0] / aspectRatio[1];
    if (this.aspectRatio > 0 && this.aspectRatio < Infinity) return;
    throw new GymnasiumError(
      "invalid-options",
      `VectorRecordVideo: aspectRatio is [${aspectRatio.join(", ")}], expected two positive numbers.`,
    );
  }

  get isRecording(): boolean {
    return this.recorder.isRecording;
  }

  override reset(options: VectorResetOptions = {}): VectorReset {
    const result = this.env.reset(options);
    if (options.mask === undefined || options.mask[0]) {
      this.recorder.beginEpisode();
      this.resetting = false;
    }
    this.recorder.capture(this.picture);
    return result;
  }

  override step(actions: Batch): VectorStep {
    const step = this.env.step(actions);
    const { terminations, truncations } = step;
    const hasEnded = terminations[0] !== 0 || truncations[0] !== 0;
    if (this.resetting || (hasEnded && this.autoresetMode === "same-step")) this.recorder.beginEpisode();
    this.resetting = hasEnded && this.autoresetMode === "next-step";
    this.recorder.beginStep();
    this.recorder.capture(this.picture);
    return step;
  }

  /** Hands over what was recorded, if anything. */
  stopRecording(): void {
    this.recorder.stop();
  }

  override close(): void {
    super.close();
    this.recorder.stop();
  }

  private readonly picture = (): RgbFrame => {
    const all = this.pictures();
    return tiled(this.recordFirstOnly ? all.slice(0, 1) : all, this.aspectRatio);
  };

  protected override ownState(): RecordState {
    return { ...this.recorder.state, resetting: this.resetting };
  }

  protected override restoreOwnState(state: unknown): void {
    const { resetting, ...recorded } = state as RecordState;
    this.recorder.restore(recorded);
    this.resetting = resetting;
  }
}

function picturesOf(env: VectorEnv): () => readonly RgbFrame[] {
  let inner = env;
  while (inner instanceof VectorWrapper) inner = inner.env;
  if (inner instanceof SyncVectorEnv) {
    const { envs } = inner;
    for (const one of envs) requirePictures(one as never, "VectorRecordVideo");
    return () => envs.map((one) => requirePicture(one.render(), "VectorRecordVideo"));
  }
  if (inner instanceof NativeVectorEnv && inner.rules.renderRgb !== undefined) {
    const native = inner;
    return () => native.snapshot().states.map((state) => native.rules.renderRgb?.(state) as RgbFrame);
  }
  throw new GymnasiumError(
    "invalid-options",
    "VectorRecordVideo: the vector environment draws no pictures, expected rules with renderRgb, sub-environments that render, or `pictures` in the options.",
  );
}

/** Pictures of one size in rows and columns, as many in each row, with the aspect ratio that comes nearest. */
function tiled(pictures: readonly RgbFrame[], aspectRatio: number): RgbFrame {
  const { width, height } = pictures[0] as RgbFrame;
  const count = pictures.length;
  let [columns, least] = [count, Number.POSITIVE_INFINITY];
  for (let rows = 1; rows * rows <= count; rows++) {
    if (count % rows !== 0) continue;
    const distance = Math.abs(((count / rows) * width) / (rows * height) - aspectRatio);
    if (distance < least) [columns, least] = [count / rows, distance];
  }
  const lineSize = 3 * width;
  const data = new Uint8Array(count * lineSize * height);
  for (const [i, picture] of pictures.entries()) {
    const [top, left] = [Math.floor(i / columns) * height, (i % columns) * lineSize];
    for (let y = 0; y < height; y++) {
      const line = picture.data.subarray(y * lineSize, (y + 1) * lineSize);
      data.set(line, (top + y) * columns * lineSize + left);
    }
  }
  return { width: columns * width, height: (count / columns) * height, data };
}
