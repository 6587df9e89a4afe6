import { claimShortName, type EnvDefinition, register } from "gymnasium-js";
import { breakouts } from "./breakout/index.js";
import { classicControl } from "./classic-control/index.js";
import { gridworlds } from "./gridworld/index.js";
import { minatar } from "./minatar/index.js";
import { toyText } from "./toy-text/index.js";

export * from "./breakout/index.js";
export * from "./classic-control/index.js";
export * from "./gridworld/index.js";
export * from "./minatar/index.js";
export * from "./toy-text/index.js";

/** Makes all environments of Ludus known to `make`. Importing this module does it; doing it again changes nothing. */
export function registerAll(): void {
  register(
    ...([toyText, classicControl, minatar, breakouts, gridworlds].flat() as unknown as EnvDefinition[]),
  );
  // Of the games of that name the one that is learnt in minutes.
  claimShortName("breakout", "MinAtar/Breakout");
}

registerAll();
