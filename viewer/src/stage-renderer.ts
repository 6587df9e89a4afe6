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
