import { minatarBreakout } from "./breakout.js";

export { type BreakoutState, breakout, minatarBreakout } from "./breakout.js";
export {
  defineMinatar,
  type MinatarGame,
  type MinatarKwargs,
  type MinatarState,
  minatarActions,
  minatarRules,
} from "./minatar.js";

/** The five games, each with six actions (v0) and with its minimal ones (v1). */
export const minatar = [minatarBreakout].flatMap(({ v0, v1 }) => [v0, v1]);
