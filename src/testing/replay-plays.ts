import type { Generator } from "gymnasium-js";
import type { Replay, ReplayBatch, ReplayConfig, TransitionBatch } from "../replay/index.js";
import { play, randomScript } from "./replay-script.js";

/** Makes the replay to be tested, empty. */
export type MakeReplay = (config: ReplayConfig) => Replay;

/** What the parts of a replay's contract have in common. */
export interface ReplayPlays {
  makeReplay: MakeReplay;
  config: ReplayConfig;
  /** Vector steps of each random play. */
  steps: number;
  seeds: readonly number[];
}

/** Frames of a play from here on are others than those of a play from 0. */
const otherFrames = 20_000;

/** The vector steps of a random play; their arrays are reused. */
export function randomSteps({ config, steps }: ReplayPlays, seed: number): IterableIterator<TransitionBatch> {
  return play(randomScript(config, steps, seed));
}

/** A replay that has seen a whole random play. */
export function filledReplay(plays: ReplayPlays, seed: number, config: ReplayConfig = plays.config): Replay {
  const replay = plays.makeReplay(config);
  for (const step of play(randomScript(config, plays.steps, seed), otherFrames)) replay.add(step);
  return replay;
}

/** A sampled batch, copied; null while the replay is empty. */
export function copySample(replay: Replay, rng: Generator, size: number): ReplayBatch | null {
  return replay.size === 0 ? null : structuredClone(replay.sample(rng, size));
}
