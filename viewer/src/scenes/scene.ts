import type { Container } from "pixi.js";
import type { Frame } from "../../../src/viewer/protocol.js";

/** Draws one environment, in a square or oblong of its own units that the stage fits into the window. */
export interface Scene {
  readonly root: Container;
  /** In units of the scene. */
  readonly size: { width: number; height: number };
  /**
   * @param before what was shown last, to move on from; null where the play jumped
   * @param share how far it has moved on, 0 to 1
   */
  draw(before: Frame | null, now: Frame, share: number): void;
}
