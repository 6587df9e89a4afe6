import type { EnvDefinition } from "gymnasium-js";
import { breakoutAtari } from "./atari.js";
import { pixelBreakout, pixelBreakoutNoFrameskip } from "./pixel-breakout.js";

export { joystickActions } from "./actions.js";
export { type BreakoutAtariKwargs, breakoutAtari, breakoutAtariRules } from "./atari.js";
export type { BreakoutVariant, FrameSkip, PixelBreakoutKwargs } from "./kwargs.js";
export { type BreakoutMode, breakoutModes } from "./modes.js";
export { breakoutGreyscale, breakoutRgb, type DrawBreakout } from "./picture.js";
export {
  pixelBreakout,
  pixelBreakoutNoFrameskip,
  pixelBreakoutRules,
} from "./pixel-breakout.js";
export type { BallStatus, PixelBreakoutInfo, PixelBreakoutState } from "./state.js";

/** Breakout in pixels. */
export const breakouts = [
  pixelBreakout,
  pixelBreakoutNoFrameskip,
  breakoutAtari,
] as unknown as readonly EnvDefinition[];
