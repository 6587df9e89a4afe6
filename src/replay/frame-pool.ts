import type { Units } from "./frames.js";

/** Bytes of frames that are allocated together. */
const chunkBytes = 1 << 16;

/**
 * Frames outside the rings: last observations of episodes, which no step was acted on. They are given out and taken
 * back one by one; the pool grows while more episodes have ended among the kept transitions than ever before.
 */
export class FramePool {
  private readonly views: Units[] = [];
  private readonly free: number[] = [];

  /** @param frame one frame's worth of the rings' units */
  constructor(private readonly frame: Units) {}

  /** The memory of frame `id`. */
  at(id: number): Units {
    return this.views[id]!;
  }

  take(): number {
    if (this.free.length === 0) this.grow();
    return this.free.pop()!;
  }

  giveBack(id: number): void {
    this.free.push(id);
  }

  giveBackAll(): void {
    this.free.length = 0;
    for (let id = this.views.length - 1; id >= 0; id--) this.free.push(id);
  }

  /** Makes `giveBackAll` followed by `count` times `take` certain to find memory. */
  reserve(count: number): void {
    while (this.views.length < count) this.grow();
  }

  private grow(): void {
    const width = this.frame.length;
    const frames = Math.max(1, Math.floor(chunkBytes / this.frame.byteLength));
    const UnitsOf = this.frame.constructor as new (length: number) => Units;
    const chunk = new UnitsOf(frames * width);
    for (let i = frames - 1; i >= 0; i--) {
      this.free.push(this.views.length);
      this.views.push(chunk.subarray(i * width, (i + 1) * width));
    }
  }
}
