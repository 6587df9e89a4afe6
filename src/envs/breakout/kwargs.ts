import { flag, invalid, type Kwargs, probability, rejectUnknown, show } from "../kwargs.js";
import { type BreakoutMode, breakoutMode } from "./modes.js";

/** Game frames per step: so many, or a number drawn anew for each step from `low` up to, not including, `high`. */
export type FrameSkip = number | readonly [low: number, high: number];

/** See `pixelBreakoutRules`. */
export interface PixelBreakoutKwargs {
  frameskip?: FrameSkip;
  repeatActionProbability?: number;
  obsType?: "rgb" | "grayscale";
  /** 0, 4, ... 44; see `breakoutModes`. */
  mode?: number;
  difficulty?: 0 | 1;
  fullActionSpace?: boolean;
}

/** A registered id and the settings in which it differs from the others. */
export interface BreakoutVariant {
  readonly id: string;
  readonly frameskip: FrameSkip;
  readonly repeatActionProbability: number;
}

export interface PixelBreakoutSettings {
  /** `low` to `high - 1` frames per step. */
  readonly low: number;
  readonly high: number;
  readonly stickiness: number;
  readonly greyscale: boolean;
  readonly mode: BreakoutMode;
  readonly difficulty: 0 | 1;
  readonly fullActionSpace: boolean;
}

const names = ["frameskip", "repeatActionProbability", "obsType", "mode", "difficulty", "fullActionSpace"];

/** @throws GymnasiumError `invalid-options` for keywords that are unknown or out of range */
export function readKwargs(kwargs: Kwargs, variant: BreakoutVariant): PixelBreakoutSettings {
  rejectUnknown(variant.id, kwargs, names);
  const [low, high] = readFrameSkip(kwargs["frameskip"] ?? variant.frameskip);
  const obsType = kwargs["obsType"] ?? "rgb";
  if (obsType !== "rgb" && obsType !== "grayscale") {
    throw invalid(`obsType is ${show(obsType)}; give "rgb" or "grayscale".`);
  }
  const difficulty = kwargs["difficulty"] ?? 0;
  if (difficulty !== 0 && difficulty !== 1) {
    throw invalid(`difficulty is ${show(difficulty)}; give 0, or 1 for a narrow paddle.`);
  }
  return {
    low,
    high,
    stickiness: probability(kwargs, "repeatActionProbability", variant.repeatActionProbability),
    greyscale: obsType === "grayscale",
    mode: breakoutMode(kwargs["mode"] ?? 0),
    difficulty,
    fullActionSpace: flag(kwargs, "fullActionSpace", false),
  };
}

function readFrameSkip(value: unknown): readonly [number, number] {
  if (typeof value === "number" && Number.isSafeInteger(value) && value >= 1) return [value, value + 1];
  if (Array.isArray(value) && value.length === 2 && value.every(Number.isSafeInteger)) {
    const [low, high] = value as [number, number];
    if (low >= 1 && low < high) return [low, high];
  }
  throw invalid(
    `frameskip is ${show(value)}; give a whole number from 1, or [low, high] with 1 <= low < high to draw from.`,
  );
}
