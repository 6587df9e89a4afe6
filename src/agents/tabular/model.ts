import type { Generator } from "gymnasium-js";
import type { TimeStep } from "./table.js";

/**
 * What an agent remembers of its world: for each pair a list of outcomes. Outcome i is the state `nextState[i]`, with
 * its mean reward and whether the episode terminated; `following[i]` is the next outcome of the same pair, or -1. Plain
 * data.
 */
export interface LearntModel {
  /** By pair: its first outcome, or -1. */
  first: Int32Array;
  /** By pair: how often it was tried. */
  tries: Uint32Array;
  following: Int32Array;
  nextState: Int32Array;
  reward: Float64Array;
  terminated: Uint8Array;
  count: Uint32Array;
  numOutcomes: number;
  /** The first `numSeen` are the states in which an action was tried. */
  seen: Int32Array;
  numSeen: number;
  /** By state: how many of its actions were tried. */
  tried: Int32Array;
}

export function createModel(numStates: number, numActions: number): LearntModel {
  const numPairs = numStates * numActions;
  return {
    first: new Int32Array(numPairs).fill(-1),
    tries: new Uint32Array(numPairs),
    ...outcomeMemory(numPairs),
    numOutcomes: 0,
    seen: new Int32Array(numStates),
    numSeen: 0,
    tried: new Int32Array(numStates),
  };
}

/** Remembers what came of a step; with `latestOnly` instead of what came of the pair before. */
export function remember(model: LearntModel, pair: number, step: TimeStep, latestOnly: boolean): void {
  const { sTm1, rT, discountT, sT } = step;
  if (model.tries[pair]!++ === 0 && model.tried[sTm1]!++ === 0) model.seen[model.numSeen++] = sTm1;
  const terminated = discountT === 0 ? 1 : 0;
  let outcome = model.first[pair]!;
  if (!latestOnly) {
    while (outcome >= 0 && (model.nextState[outcome] !== sT || model.terminated[outcome] !== terminated)) {
      outcome = model.following[outcome]!;
    }
  }
  if (outcome < 0) outcome = addOutcome(model, pair);
  model.nextState[outcome] = sT;
  model.terminated[outcome] = terminated;
  if (latestOnly) {
    model.count[outcome] = 1;
    model.reward[outcome] = rT;
    return;
  }
  const count = model.count[outcome]! + 1;
  model.count[outcome] = count;
  model.reward[outcome] = model.reward[outcome]! + (rT - model.reward[outcome]!) / count;
}

/** An outcome of a pair that was tried, as often as it came; by one draw if there are several. */
export function drawOutcome(model: LearntModel, pair: number, rng: Generator): number {
  const { following, count } = model;
  let outcome = model.first[pair]!;
  if (following[outcome]! < 0) return outcome;
  let skip = rng.integers(0, model.tries[pair]!);
  while (skip >= count[outcome]!) {
    skip -= count[outcome]!;
    outcome = following[outcome]!;
  }
  return outcome;
}

function addOutcome(model: LearntModel, pair: number): number {
  const outcome = model.numOutcomes++;
  if (outcome === model.nextState.length) grow(model);
  model.following[outcome] = model.first[pair]!;
  model.first[pair] = outcome;
  return outcome;
}

function outcomeMemory(length: number) {
  return {
    following: new Int32Array(length).fill(-1),
    nextState: new Int32Array(length),
    reward: new Float64Array(length),
    terminated: new Uint8Array(length),
    count: new Uint32Array(length),
  };
}

function grow(model: LearntModel): void {
  const larger = outcomeMemory(2 * model.nextState.length);
  larger.following.set(model.following);
  larger.nextState.set(model.nextState);
  larger.reward.set(model.reward);
  larger.terminated.set(model.terminated);
  larger.count.set(model.count);
  Object.assign(model, larger);
}
