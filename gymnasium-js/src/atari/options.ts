import { actionRange } from "../action-check.js";
import { GymnasiumError } from "../errors.js";
import { describeSpace, describeValue } from "../explain.js";
import { Box, box } from "../spaces/box.js";
import type { Space, TypedArray } from "../spaces/space.js";

/** How Atari games are shown to an agent; the names and defaults are those of Gymnasium's `AtariPreprocessing`. */
export interface AtariOptions {
  /** A game begins with 1 to `noopMax` frames of action 0, as drawn; 0 for none. Default 30. */
  noopMax?: number;
  /** Game frames per step; the picture is the brighter of the last two, pixel by pixel. Default 4. */
  frameSkip?: number;
  /** Side of the picture, or [width, height], in pixels. Default 84. */
  screenSize?: number | readonly [width: number, height: number];
  /** Whether a lost life ends the episode. Machado et al. 2018 advise against it. Default false. */
  terminalOnLifeLoss?: boolean;
  /** Whether pictures are grey rather than RGB. Default true. */
  grayscaleObs?: boolean;
  /** Whether grey pictures have a last axis of 1. Default false. */
  grayscaleNewaxis?: boolean;
  /** Whether pictures are float32 from 0 to 1 rather than bytes. Default false. */
  scaleObs?: boolean;
  /**
   * Whether the reset that follows a lost life goes on with the same game, by one step of no-op (or of FIRE), so that
   * a learner sees all of a game, life by life: `EpisodicLifeEnv` of OpenAI Baselines. A seeded reset, and one in the
   * middle of an episode, starts a new game. Needs `terminalOnLifeLoss`. Default false.
   */
  continueAfterLifeLoss?: boolean;
  /**
   * Presses FIRE for one step at the start of a game and after each lost life, whatever the agent does there, for
   * games that wait for it: `FireResetEnv` of OpenAI Baselines, without its press of action 2. Default false.
   */
  fireOnReset?: boolean;
}

/** `AtariOptions` read and checked against a game. */
export interface AtariSettings extends Required<Omit<AtariOptions, "screenSize">> {
  readonly outWidth: number;
  readonly outHeight: number;
  /** The game's picture. */
  readonly width: number;
  readonly height: number;
  /** Whether the game's own pictures are grey. */
  readonly isGrey: boolean;
  readonly noop: number;
  /** Number of the action FIRE; -1 if it is not pressed. */
  readonly fire: number;
  readonly observationSpace: Space<TypedArray>;
}

interface GameFacts {
  readonly observationSpace: Space<unknown>;
  readonly actionSpace: Space<unknown>;
  /** What the actions are called; undefined if that is unknown. */
  readonly actionNames?: readonly string[] | undefined;
}

/**
 * @param what names wrapper or rules in messages
 * @throws GymnasiumError `invalid-options`
 */
export function readAtariOptions(options: AtariOptions, game: GameFacts, what: string): AtariSettings {
  const { noopMax = 30, frameSkip = 4, grayscaleObs = true, grayscaleNewaxis = false } = options;
  const { terminalOnLifeLoss = false, scaleObs = false } = options;
  const { continueAfterLifeLoss = false, fireOnReset = false } = options;
  const flags = {
    grayscaleObs,
    grayscaleNewaxis,
    scaleObs,
    terminalOnLifeLoss,
    continueAfterLifeLoss,
    fireOnReset,
  };
  for (const [name, value] of Object.entries(flags)) {
    if (typeof value !== "boolean") throw invalid(what, name, value, "true or false");
  }
  requireInteger(what, { noopMax }, 0);
  requireInteger(what, { frameSkip }, 1);
  if (continueAfterLifeLoss && !terminalOnLifeLoss) {
    throw invalid(what, "continueAfterLifeLoss", true, "terminalOnLifeLoss with it");
  }
  const picture = pictureOf(game.observationSpace, what);
  if (picture.isGrey && !grayscaleObs)
    throw invalid(what, "grayscaleObs", false, "true for a game that is grey");
  const size = screenSizeOf(options.screenSize ?? 84, what);
  const shape = [size.outHeight, size.outWidth];
  if (!grayscaleObs || grayscaleNewaxis) shape.push(grayscaleObs ? 1 : 3);
  const dtype = scaleObs ? "float32" : "uint8";
  const observationSpace = box({
    low: 0,
    high: scaleObs ? 1 : 255,
    shape,
    dtype,
  }) as unknown as Space<TypedArray>;
  return {
    ...flags,
    noopMax,
    frameSkip,
    ...size,
    ...picture,
    ...keysOf(game, flags, noopMax, what),
    observationSpace,
  };
}

/** Which actions are pressed without the agent. */
function keysOf(
  { actionSpace, actionNames }: GameFacts,
  { fireOnReset }: { fireOnReset: boolean },
  noopMax: number,
  what: string,
): { noop: number; fire: number } {
  const range = actionRange(actionSpace);
  if (range === null) throw invalid(what, "the action space", describeSpace(actionSpace), "a Discrete space");
  const names = actionNames?.map((name) => name.toUpperCase());
  if (noopMax > 0 && names !== undefined && names[0] !== "NOOP") {
    throw invalid(what, "the first action", names[0], '"NOOP", or noopMax: 0');
  }
  const fire = fireOnReset ? (names ?? []).indexOf("FIRE") : -1;
  if (fireOnReset && fire < 0)
    throw invalid(what, "actionNames", actionNames, 'names with "FIRE" for fireOnReset');
  return { noop: range.start, fire: fire < 0 ? -1 : range.start + fire };
}

function pictureOf(space: Space<unknown>, what: string): { height: number; width: number; isGrey: boolean } {
  const [height = 0, width = 0, channels = 1, ...more] = space.shape ?? [];
  const isPicture = more.length === 0 && width > 0 && (channels === 1 || channels === 3);
  if (space instanceof Box && space.dtype === "uint8" && isPicture) {
    return { height, width, isGrey: channels === 1 };
  }
  const expected = "a Box of uint8 [height, width, 3], or [height, width] of grey";
  throw invalid(what, "the observation space", describeSpace(space), expected);
}

function screenSizeOf(
  size: number | readonly [number, number],
  what: string,
): { outWidth: number; outHeight: number } {
  const [outWidth, outHeight, ...more] = typeof size === "number" ? [size, size] : size;
  const isSide = (side: unknown) => Number.isSafeInteger(side) && (side as number) > 0;
  if (isSide(outWidth) && isSide(outHeight) && more.length === 0) return { outWidth, outHeight };
  throw invalid(what, "screenSize", size, "a positive integer, or [width, height] of such");
}

/** @param named one number under its name */
export function requireInteger(what: string, named: Record<string, number>, least: number): void {
  for (const [name, value] of Object.entries(named)) {
    if (!Number.isSafeInteger(value) || value < least) {
      throw invalid(what, name, value, `an integer of at least ${least}`);
    }
  }
}

function invalid(what: string, name: string, value: unknown, expected: string): GymnasiumError {
  const found = typeof value === "string" && name.startsWith("the ") ? value : describeValue(value);
  return new GymnasiumError("invalid-options", `${what}: ${name} is ${found}, expected ${expected}.`);
}
