import { joystick } from "./state.js";

/** All positions of a joystick with a button, by ALE's names and in its order. */
export const joystickActions = [
  "NOOP",
  "FIRE",
  "UP",
  "RIGHT",
  "LEFT",
  "DOWN",
  "UPRIGHT",
  "UPLEFT",
  "DOWNRIGHT",
  "DOWNLEFT",
  "UPFIRE",
  "RIGHTFIRE",
  "LEFTFIRE",
  "DOWNFIRE",
  "UPRIGHTFIRE",
  "UPLEFTFIRE",
  "DOWNRIGHTFIRE",
  "DOWNLEFTFIRE",
] as const;

/** The four that do all that can be done, but for firing on the move. */
export const minimalActions = ["NOOP", "FIRE", "RIGHT", "LEFT"] as const;

/** Up and down mean nothing to a paddle. */
export function inputOf(action: (typeof joystickActions)[number]): number {
  return (
    (action.endsWith("FIRE") ? joystick.fire : 0) |
    (action.includes("RIGHT") ? joystick.right : 0) |
    (action.includes("LEFT") ? joystick.left : 0)
  );
}
