import type { Renderer } from "pixi.js";

/**
 * What the stage is drawn with; null while it is not on the screen. What is drawn beside the screen is drawn by it, too: scenes
 * share shapes, of which each renderer would make its own.
 */
let current: Renderer | null = null;

export function setStageRenderer(renderer: Renderer | null): void {
  current = renderer;
}

/** @throws Error with one sentence where there is none */
export function stageRenderer(): Renderer {
  if (current === null) throw new Error("The play is not on the screen.");
  return current;
}

/** Milliseconds that a picture of the stage takes, smoothed over the last few. */
let pictureTime = 0;

/** @param milliseconds from a picture that was drawn to the next that could be */
export function drewIn(milliseconds: number): void {
  pictureTime += (milliseconds - pictureTime) / 4;
}

/** Milliseconds of a screen that shows sixty pictures a second, and a little. */
const smooth = 20;

/** Share of the time that drawing a training may take where it is slow, since it takes the processors that train. */
const share = 0.06;

/** Milliseconds to leave to the training before another look at it; none where pictures are drawn by a graphics card. */
export function restAfterLook(): number {
  return pictureTime <= smooth ? 0 : pictureTime / share;
}
