import { minatarAsterix } from "./asterix.js";
import { minatarBreakout } from "./breakout.js";
import { minatarFreeway } from "./freeway.js";
import { minatarSeaquest } from "./seaquest.js";
import { minatarSpaceInvaders } from "./space-invaders.js";

export { type AsterixState, asterix, minatarAsterix } from "./asterix.js";
export { type BreakoutState, breakout, minatarBreakout } from "./breakout.js";
export { type FreewayState, freeway, minatarFreeway } from "./freeway.js";
export {
  defineMinatar,
  type MinatarGame,
  type MinatarKwargs,
  type MinatarState,
  minatarActions,
  minatarRules,
} from "./minatar.js";
export { minatarSeaquest, type SeaquestState, seaquest } from "./seaquest.js";
export { minatarSpaceInvaders, type SpaceInvadersState, spaceInvaders } from "./space-invaders.js";

/** The five games, each with six actions (v0) and with its minimal ones (v1). */
export const minatar = [
  minatarAsterix,
  minatarBreakout,
  minatarFreeway,
  minatarSeaquest,
  minatarSpaceInvaders,
].flatMap(({ v0, v1 }) => [v0, v1]);
