import type { ReplayConfig } from "../replay/index.js";
import { type ContractOptions, type ContractPart, defaultSeeds, registerParts } from "./parts.js";
import {
  checkBootstraps,
  checkCapacity,
  checkReturns,
  checkStacks,
  checkTransitions,
} from "./replay-contents.js";
import type { MakeReplay, ReplayPlays } from "./replay-plays.js";
import { checkDamage, checkSaving } from "./replay-saving.js";
import { checkBuffers, checkClear, checkDeterminism, checkRefusals } from "./replay-use.js";

/** What `testReplay` tests, part by part. */
export type ReplayPart =
  | "transitions"
  | "returns"
  | "bootstraps"
  | "stacks"
  | "capacity"
  | "determinism"
  | "buffers"
  | "saving"
  | "damage"
  | "refusals"
  | "clear";

export interface TestReplayOptions extends ContractOptions<ReplayPart> {
  /**
   * What differs from two environments with frames of three bytes, 24 transitions, nStep 3, gamma 0.5, stacks of two
   * frames, and no masks. Frames need at least two values, or another dtype than uint8, so that they can be told apart.
   */
  readonly config?: Partial<ReplayConfig>;
  /** Steps of each random play; by default 60, and at least four times what the replay holds per environment. */
  readonly steps?: number;
}

const defaultConfig: ReplayConfig = {
  element: {
    observation: { shape: [3], dtype: "uint8" },
    action: { shape: [], dtype: "int32" },
    actionMask: 0,
  },
  numEnvs: 2,
  capacity: 24,
  nStep: 3,
  gamma: 0.5,
  stack: 2,
};

/**
 * Registers the contract tests of a replay. Random episodes, whose frames are all different, go into it and into a
 * naive model that keeps them as objects; the two are compared after every step.
 *
 * - `transitions`: whenever there is a transition `sample` gives some, and only such as are held, with the action, the
 *   frame that came m steps later and its mask
 * - `returns`: rewards are the sums of m <= nStep discounted rewards, m < nStep only where an episode ended
 * - `bootstraps`: discounts are gamma^m, also at a truncation, and 0 at a termination
 * - `stacks`: stacked frames are of one episode, its first one repeated at its start
 * - `capacity`: it is rounded down to a multiple of the environments; the newest are held, the oldest go, all are drawn
 * - `determinism`: the same generator state gives the same batch, another one another
 * - `buffers`: batches have the asked size and dtypes, in arrays that the next batch of that size uses again
 * - `saving`: what was loaded goes on as the saved one does, bit for bit, whatever was there before
 * - `damage`: bytes that were altered, cut short, or saved with another config are refused, and nothing changes
 * - `refusals`: a step whose arrays do not fit is refused, and nothing changes; so is a sample from an empty replay
 * - `clear`: after it, the replay is as a new one
 *
 * @throws Error if the frames of `config` cannot be told apart
 * @example
 * import { test } from "vitest";
 * testReplay(createReplay, { test, config: { nStep: 1, stack: 4 } });
 */
export function testReplay(makeReplay: MakeReplay, options: TestReplayOptions): void {
  const config = { ...defaultConfig, ...options.config };
  requireDistinctFrames(config);
  const plays: ReplayPlays = {
    makeReplay,
    config,
    steps: options.steps ?? Math.max(60, Math.ceil((4 * config.capacity) / config.numEnvs)),
    seeds: options.seeds ?? defaultSeeds,
  };
  const part = (promise: string, check: (plays: ReplayPlays) => void): ContractPart => ({
    promise,
    check: () => check(plays),
  });
  const parts: Record<ReplayPart, ContractPart> = {
    transitions: part("samples only transitions that it holds", checkTransitions),
    returns: part("sums rewards over n steps, and not beyond an episode", checkReturns),
    bootstraps: part("bootstraps after a truncation and not after a termination", checkBootstraps),
    stacks: part("stacks frames of one episode", checkStacks),
    capacity: part("holds the newest transitions and draws all of them", checkCapacity),
    determinism: part("samples the same for the same generator state", checkDeterminism),
    buffers: part("reuses its buffers for batches of one size", checkBuffers),
    saving: part("goes on identically from what was saved", checkSaving),
    damage: part("refuses saved bytes that were altered", checkDamage),
    refusals: part("refuses steps that do not fit", checkRefusals),
    clear: part("is as new after clear", checkClear),
  };
  registerParts(parts, options);
}

function requireDistinctFrames({ element: { observation } }: ReplayConfig): void {
  const values = observation.shape.reduce((product, extent) => product * extent, 1);
  if (values > 1 || observation.dtype !== "uint8") return;
  throw new Error(
    `Frames of a single uint8 cannot be told apart: expected an element.observation of at least two values, or of another dtype; found shape [${observation.shape.join(", ")}].`,
  );
}
