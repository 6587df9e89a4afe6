import {
  type AtariOptions,
  type AtariState,
  atariRules,
  defineEnv,
  type EnvRules,
  type TypedArray,
} from "gymnasium-js";
import { flag, type Kwargs, rejectUnknown } from "../kwargs.js";
import type { PixelBreakoutKwargs } from "./kwargs.js";
import { pixelBreakoutRules } from "./pixel-breakout.js";
import type { PixelBreakoutState } from "./state.js";

const id = "Ludus/BreakoutAtari-v0";

/** See `breakoutAtariRules`. */
export interface BreakoutAtariKwargs
  extends AtariOptions,
    Omit<PixelBreakoutKwargs, "frameskip" | "obsType"> {
  clipReward?: boolean;
  stack?: number;
}

const gameNames = ["repeatActionProbability", "mode", "difficulty", "fullActionSpace"];
const pipelineNames = [
  "noopMax",
  "frameSkip",
  "screenSize",
  "terminalOnLifeLoss",
  "grayscaleObs",
  "grayscaleNewaxis",
  "scaleObs",
  "continueAfterLifeLoss",
  "fireOnReset",
  "clipReward",
  "stack",
];

/**
 * Breakout in pixels as agents learn it: grey pictures `[84, 84]` of bytes, every fourth frame, up to 30 no-ops at the
 * start, FIRE pressed by itself. The reward is the points won.
 *
 * Keywords are those of `AtariOptions`, with `fireOnReset` true unless given, `clipReward` and `stack` of
 * `AtariRulesOptions`, and `repeatActionProbability` (0.25, per game frame, as in ALE's v5), `mode`, `difficulty` and
 * `fullActionSpace` of `pixelBreakoutRules`. Mnih et al. 2015 (https://doi.org/10.1038/nature14236) trained with
 * `{ repeatActionProbability: 0, terminalOnLifeLoss: true, continueAfterLifeLoss: true, clipReward: true }` and
 * evaluated without; Machado et al. 2018 (https://doi.org/10.1613/jair.5699) ask for the defaults here.
 *
 * An episode is truncated after 108,000 game frames, 27,000 steps.
 * @throws GymnasiumError `invalid-options` for keywords that are unknown or out of range
 */
export function breakoutAtariRules(
  kwargs: BreakoutAtariKwargs = {},
): EnvRules<AtariState<PixelBreakoutState>, TypedArray, number> {
  rejectUnknown(id, kwargs as Kwargs, [...pipelineNames, ...gameNames]);
  const grey = flag(kwargs as Kwargs, "grayscaleObs", true);
  const { repeatActionProbability = 0.25, mode, difficulty, fullActionSpace, ...pipeline } = kwargs;
  const game = pixelBreakoutRules({
    frameskip: 1,
    obsType: grey ? "grayscale" : "rgb",
    repeatActionProbability,
    ...(mode === undefined ? {} : { mode }),
    ...(difficulty === undefined ? {} : { difficulty }),
    ...(fullActionSpace === undefined ? {} : { fullActionSpace }),
  });
  return atariRules(game, { fireOnReset: true, ...pipeline, id, lives: ({ lives }) => lives });
}

export const breakoutAtari = defineEnv(id, breakoutAtariRules);
