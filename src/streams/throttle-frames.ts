import { asyncScheduler, defer, filter, type MonoTypeOperatorFunction, type SchedulerLike } from "rxjs";

/**
 * At most `fps` events a second, for drawing: time is cut into frames of 1000 / `fps` ms from the first event on, and
 * the first event in each frame passes. It passes at once, never later, because its arrays are reused by then.
 *
 * @param scheduler its clock is read
 */
export function throttleFrames<T>(
  fps: number,
  scheduler: Pick<SchedulerLike, "now"> = asyncScheduler,
): MonoTypeOperatorFunction<T> {
  if (!(fps > 0)) throw new RangeError(`throttleFrames: fps is ${fps}, expected a number above 0.`);
  return (events) =>
    defer(() => {
      let start: number | null = null;
      let lastFrame = -1;
      return events.pipe(
        filter(() => {
          start ??= scheduler.now();
          // Not divided by 1000 / fps: that would round at the edges of frames.
          const frame = Math.floor(((scheduler.now() - start) * fps) / 1000);
          if (frame <= lastFrame) return false;
          lastFrame = frame;
          return true;
        }),
      );
    });
}
