import { Generator, sameData } from "gymnasium-js";
import type { FieldSpec, Replay, ReplayBatch, ReplayConfig, TransitionBatch } from "../replay/index.js";
import { requireCode, requireSame } from "./assertions.js";
import { copySample, filledReplay, type ReplayPlays, randomSteps } from "./replay-plays.js";

export function checkDeterminism(plays: ReplayPlays): void {
  const { makeReplay, config, seeds } = plays;
  for (const seed of seeds) {
    const [one, other] = [makeReplay(config), makeReplay(config)];
    const [rng, same] = [new Generator(seed), new Generator(seed)];
    let made = 0;
    for (const step of randomSteps(plays, seed)) {
      one.add(step);
      other.add(step);
      const where = `Seed ${seed}, after step ${++made}`;
      const again = rng.clone();
      const batch = copySample(one, rng, 8);
      requireSame(copySample(other, same, 8), batch, `${where}, a batch of another instance`);
      requireSame(copySample(one, again, 8), batch, `${where}, the same batch again`);
    }
    if (one.size < 2) continue;
    // Among two or more transitions, 65 draws are all the same in one of 2^64 cases at most. One row at a time, because
    // the rows of a stratified batch are not independent of each other.
    const [drawn, ...redrawn] = Array.from({ length: 65 }, (_, state) =>
      copySample(one, new Generator(seed + state), 1),
    );
    if (redrawn.every((other) => sameData(other, drawn))) {
      throw new Error(
        `Seed ${seed}: another generator state gave the same transition, and 63 more did, of ${one.size}: draw from the generator that sample is given.`,
      );
    }
  }
}

export function checkBuffers(plays: ReplayPlays): void {
  const [seed = 0] = plays.seeds;
  const replay = filledReplay(plays, seed);
  const rng = new Generator(seed);
  const large = replay.sample(rng, 7);
  requireFit(large, 7, plays.config);
  const copy = structuredClone(large);
  requireFit(replay.sample(rng, 3), 3, plays.config);
  requireSame(structuredClone(large), copy, "A batch of 7, after one of 3 was sampled");
  const next = replay.sample(rng, 7);
  for (const key of ["observations", "actions", "rewards", "discounts", "nextObservations"] as const) {
    if (next[key].buffer === large[key].buffer) continue;
    throw new Error(`The ${key} of a second batch of 7 are in a new array, expected that of the first.`);
  }
}

function requireFit(batch: ReplayBatch, size: number, { element, stack }: ReplayConfig): void {
  const what = `A batch of ${size}`;
  requireSame(batch.size, size, `${what}, size`);
  const { observation, action, actionMask } = element;
  const float: FieldSpec = { shape: [], dtype: "float32" };
  requireField(batch.observations, observation, size * stack, `${what}, observations`);
  requireField(batch.nextObservations, observation, size * stack, `${what}, nextObservations`);
  requireField(batch.actions, action, size, `${what}, actions`);
  requireField(batch.rewards, float, size, `${what}, rewards`);
  requireField(batch.discounts, float, size, `${what}, discounts`);
  requireField(batch.weights, float, size, `${what}, weights`);
  requireField(batch.indices, { shape: [], dtype: "int32" }, size, `${what}, indices`);
  const masks = batch.nextActionMasks;
  if (masks === null || actionMask === 0) requireSame(masks, null, `${what} without masks, nextActionMasks`);
  else requireField(masks, { shape: [actionMask], dtype: "uint8" }, size, `${what}, nextActionMasks`);
  if (batch.weights.some((weight) => !(weight > 0 && Number.isFinite(weight))))
    throw new Error(`${what} has the weights ${[...batch.weights]}, expected finite numbers above 0.`);
}

function requireField(values: ArrayBufferView, field: FieldSpec, rows: number, where: string): void {
  const arrayType = { uint8: Uint8Array, int32: Int32Array, float32: Float32Array }[field.dtype];
  const length = field.shape.reduce((product, extent) => product * extent, rows);
  const found = `${values.constructor.name} of ${values.byteLength} bytes`;
  const expected = `${arrayType.name} of ${length * arrayType.BYTES_PER_ELEMENT} bytes`;
  requireSame(found, expected, where);
}

export function checkRefusals(plays: ReplayPlays): void {
  const { makeReplay, config, seeds } = plays;
  const empty = makeReplay(config);
  requireCode(() => empty.sample(new Generator(0), 4), ["empty"], "A sample from an empty replay");
  const [seed = 0] = seeds;
  const replay = makeReplay(config);
  for (const step of randomSteps(plays, seed)) {
    const before = replay.save();
    for (const [what, wrong] of Object.entries(wrongSteps(step, config))) {
      requireCode(() => replay.add(wrong), ["invalid-step"], `A step ${what}`);
      requireSame(replay.save(), before, `A step ${what} was refused, but what the replay saves has changed`);
    }
    replay.add(step);
  }
}

/** What no replay may take in, by what is wrong with it. */
function wrongSteps(step: TransitionBatch, { element }: ReplayConfig): Record<string, TransitionBatch> {
  const { next } = step;
  const tooLong = (values: ArrayLike<unknown>) =>
    Float32Array.from([...Array.from(values as ArrayLike<number>), 0]);
  const wrong: Record<string, TransitionBatch> = {
    "with too many observations": { ...step, observations: tooLong(step.observations) },
    "with too many actions": { ...step, actions: tooLong(step.actions) },
    "with too many next observations": {
      ...step,
      next: { ...next, observations: tooLong(next.observations) },
    },
    "with too few rewards": { ...step, next: { ...next, rewards: Array.from(next.rewards).slice(1) } },
    "with too few terminations": {
      ...step,
      next: { ...next, terminations: Array.from(next.terminations).slice(1) },
    },
    "with too few truncations": {
      ...step,
      next: { ...next, truncations: Array.from(next.truncations).slice(1) },
    },
  };
  if (next.finalObservations !== null)
    wrong["that ends episodes without their last observations"] = {
      ...step,
      next: { ...next, finalObservations: null },
    };
  if (element.actionMask > 0) wrong["without masks"] = { ...step, nextActionMasks: null };
  return wrong;
}

export function checkClear(plays: ReplayPlays): void {
  const { makeReplay, config, seeds } = plays;
  for (const seed of seeds) {
    const cleared = filledReplay(plays, seed + 1);
    cleared.clear();
    requireSame(cleared.size, 0, `Seed ${seed}, size after clear`);
    requireCode(() => cleared.sample(new Generator(0), 4), ["empty"], "A sample after clear");
    const fresh: Replay = makeReplay(config);
    let made = 0;
    for (const step of randomSteps(plays, seed)) {
      cleared.add(step);
      fresh.add(step);
      const where = `Seed ${seed}, ${++made} steps after clear`;
      requireSame(cleared.size, fresh.size, `${where}, size`);
      const [found, expected] = [cleared, fresh].map((replay) => copySample(replay, new Generator(made), 8));
      requireSame(found, expected, `${where}, a batch`);
    }
  }
}
