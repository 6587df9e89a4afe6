import type { Frame, Stage } from "../../../src/viewer/protocol.js";
import type { FromEncoder, ToEncoder } from "./apng-worker.js";
import EncoderWorker from "./apng-worker.js?worker&inline";
import { Painter } from "./painter.js";

/** Pixels of the longer side. */
const side = 480;

/** Frames of a film at most, all of which are kept until it is packed. */
export const mostFrames = 600;

export interface AnimationOptions {
  /** Steps per second. */
  fps: number;
  signal: AbortSignal;
  /** Called with the frames drawn so far, before each. */
  onProgress: (drawn: number) => void;
}

/**
 * Steps of an episode as an animated PNG. They are drawn one at a time and packed in a thread, so that the page goes on.
 * @throws Error with one sentence where there is nothing to draw, or it was cancelled
 */
export async function animationOf(
  stage: Stage,
  frames: readonly Frame[],
  { fps, signal, onProgress }: AnimationOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  const painter = new Painter(stage, frames[0]!, side);
  const encoder = new Encoder(signal);
  try {
    for (const [drawn, frame] of frames.entries()) {
      onProgress(drawn);
      const pixels = painter.pixels(frame);
      await encoder.ask(pixels, [pixels.rgba.buffer]);
    }
    onProgress(frames.length);
    return (await encoder.ask({ fps })) as Uint8Array<ArrayBuffer>;
  } finally {
    encoder.close();
    painter.close();
  }
}

/** A thread that packs frames. */
class Encoder {
  private readonly worker = new EncoderWorker();

  constructor(private readonly signal: AbortSignal) {}

  /** @throws Error if it fails, or is cancelled */
  ask(message: ToEncoder, transfer: Transferable[] = []): Promise<FromEncoder> {
    const { worker, signal } = this;
    return new Promise((done, fail) => {
      signal.throwIfAborted();
      signal.onabort = () => fail(signal.reason);
      worker.onmessage = ({ data }: MessageEvent<FromEncoder>) => done(data);
      worker.onerror = ({ message: why }) => fail(new Error(why));
      worker.postMessage(message, transfer);
    });
  }

  close(): void {
    this.signal.onabort = null;
    this.worker.terminate();
  }
}
