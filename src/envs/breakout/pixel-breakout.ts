import { box, defineEnv, discrete, type EnvRules, proceed, terminate } from "gymnasium-js";
import type { Kwargs } from "../kwargs.js";
import { pixelBreakoutText } from "../rendering/pixel-breakout.js";
import { inputOf, joystickActions, minimalActions } from "./actions.js";
import { playFrame } from "./game.js";
import { type BreakoutVariant, type PixelBreakoutKwargs, readKwargs } from "./kwargs.js";
import { breakoutGreyscale, breakoutRgb } from "./picture.js";
import { narrowWidth, screenHeight, screenWidth, wideWidth } from "./screen.js";
import { type PixelBreakoutState, startGame } from "./state.js";

const standard: BreakoutVariant = {
  id: "Ludus/Breakout-v0",
  frameskip: 4,
  repeatActionProbability: 0.25,
};
const noFrameskip: BreakoutVariant = {
  id: "Ludus/BreakoutNoFrameskip-v0",
  frameskip: 1,
  repeatActionProbability: 0,
};

/** ALE's limit: half an hour. */
const mostFrames = 108_000;

/**
 * Breakout as the arcade console's picture, `[210, 160, 3]` RGB or `[210, 160]` luminance, uint8. Rules and figures
 * stand in docs/breakout.md. An own design after what is known of the game in public; actions, keywords and info are those
 * of the Arcade Learning Environment (M. Machado et al., Revisiting the Arcade Learning Environment: Evaluation
 * Protocols and Open Problems for General Agents, JAIR 61 (2018)).
 *
 * Keywords: `frameskip` (4; or [low, high), drawn first in each step by one `integers`), `repeatActionProbability`
 * (0.25; unless it is 0, each game frame draws one `random()` and below it repeats the input of the frame before),
 * `obsType` ("rgb"; "grayscale"), `mode` (0; see `breakoutModes`), `difficulty` (0; 1 for a narrow paddle),
 * `fullActionSpace` (false: NOOP, FIRE, RIGHT, LEFT; true: all 18 of ALE). A launch draws two `integers`.
 *
 * The reward of a step is the points of its frames. It terminates when the fifth ball is lost or nothing is left to
 * win, and is truncated after 108,000 frames, by as many steps as those make (on average, where the skip is drawn).
 * @throws GymnasiumError `invalid-options` for keywords that are unknown or out of range
 */
export function pixelBreakoutRules(
  kwargs: PixelBreakoutKwargs = {},
  variant: BreakoutVariant = standard,
): EnvRules<PixelBreakoutState, Uint8Array, number> {
  const { low, high, stickiness, greyscale, mode, difficulty, fullActionSpace } = readKwargs(
    kwargs as Kwargs,
    variant,
  );
  const actionNames = fullActionSpace ? joystickActions : minimalActions;
  const inputs = Int32Array.from(actionNames, inputOf);
  const game = { mode, paddleWidth: difficulty === 1 ? narrowWidth : wideWidth };
  const draw = greyscale ? breakoutGreyscale : breakoutRgb;
  const shape = greyscale ? [screenHeight, screenWidth] : [screenHeight, screenWidth, 3];

  return {
    id: variant.id,
    observationSpace: box({ low: 0, high: 255, shape, dtype: "uint8" }),
    actionSpace: discrete(inputs.length),
    actionNames,
    maxEpisodeSteps: Math.ceil((2 * mostFrames) / (low + high - 1)),
    init: (_rng, _options, previous) => startGame(previous, game.paddleWidth),
    step(state, action, rng) {
      const frames = low === high - 1 ? low : rng.integers(low, high);
      const wanted = inputs[action]!;
      let reward = 0;
      for (let frame = 0; frame < frames && !state.over; frame++) {
        if (stickiness === 0 || rng.random() >= stickiness) state.lastInput = wanted;
        reward += playFrame(state, state.lastInput, game, rng);
      }
      return state.over ? terminate(reward) : proceed(reward);
    },
    observe: (state, out, offset) => draw(state, out as Uint8Array, offset, mode),
    info: (state) => state.info,
    renderAnsi: (state) => pixelBreakoutText(state, picture(state), mode.name),
    renderRgb: (state) => ({ width: screenWidth, height: screenHeight, data: picture(state) }),
  };

  function picture(state: PixelBreakoutState): Uint8Array {
    const data = new Uint8Array(screenHeight * screenWidth * 3);
    breakoutRgb(state, data, 0, mode);
    return data;
  }
}

/** Four frames per step, sticky actions: as ALE's v5. */
export const pixelBreakout = defineEnv(standard.id, (kwargs: PixelBreakoutKwargs) =>
  pixelBreakoutRules(kwargs, standard),
);

/** One frame per step, no stickiness: for preprocessing that skips frames itself. */
export const pixelBreakoutNoFrameskip = defineEnv(noFrameskip.id, (kwargs: PixelBreakoutKwargs) =>
  pixelBreakoutRules(kwargs, noFrameskip),
);
