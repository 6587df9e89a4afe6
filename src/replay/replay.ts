import type { Generator } from "gymnasium-js";
import { NStepAccumulator } from "./accumulator.js";
import { BatchBuffers } from "./batch.js";
import { checkConfig, requireInteger } from "./config.js";
import { ReplayError } from "./errors.js";
import type { Cursors, ReplayParts } from "./extents.js";
import { createSampler, type Sampler } from "./sampler.js";
import { loadReplay, saveReplay } from "./saving.js";
import { type FlatStep, StepCheck } from "./step-check.js";
import { noFinal, Storage } from "./storage.js";
import type { Replay, ReplayBatch, ReplayConfig, TransitionBatch } from "./types.js";

/**
 * A buffer of the newest `capacity` transitions, sampled uniformly or by priority. Memory for all of it is allocated here.
 *
 * @throws ReplayError `invalid-config`; `out-of-memory` if the arrays cannot be allocated
 * @example
 * const replay = createReplay({
 *   element: elementSpec(envs.singleObservationSpace, envs.singleActionSpace),
 *   numEnvs: envs.numEnvs, capacity: 100_000, nStep: 3, gamma: 0.99, stack: 4,
 * });
 * rollout(envs, policy).subscribe((step) => replay.add(step));
 */
export function createReplay(config: ReplayConfig): Replay {
  checkConfig(config);
  return new RingReplay(config);
}

class RingReplay implements Replay {
  readonly capacity: number;
  private readonly transitionsPerEnv: number;
  private readonly storage: Storage;
  private readonly accumulator: NStepAccumulator;
  private readonly sampler: Sampler;
  private readonly cursors: Cursors;
  private readonly stepCheck: StepCheck;
  private readonly buffers = new Map<number, BatchBuffers>();

  constructor(readonly config: ReplayConfig) {
    const { numEnvs, capacity } = config;
    this.transitionsPerEnv = Math.floor(capacity / numEnvs);
    this.capacity = this.transitionsPerEnv * numEnvs;
    try {
      this.storage = new Storage(config, this.transitionsPerEnv);
      const slots = numEnvs * this.storage.slots;
      this.sampler = createSampler(config.sampling, { capacity: this.capacity, slots });
    } catch (error) {
      throw outOfMemory(config, error);
    }
    this.accumulator = new NStepAccumulator(config);
    this.cursors = {
      heads: new Int32Array(numEnvs),
      held: new Int32Array(numEnvs),
      continues: new Uint8Array(numEnvs),
    };
    this.stepCheck = new StepCheck(config);
  }

  get size(): number {
    return this.sampler.size;
  }

  add(step: TransitionBatch): void {
    const flat = this.stepCheck.check(step);
    const { absent } = step.next;
    for (let env = 0; env < this.config.numEnvs; env++) {
      if (absent?.[env] === 1) continue;
      this.place(env, flat.observations);
      this.addStep(env, flat, step);
    }
  }

  sample(rng: Generator, size: number): ReplayBatch {
    if (this.sampler.size === 0) {
      throw new ReplayError(
        "empty",
        "The replay has no transition to sample yet: add steps until size is above 0.",
      );
    }
    let buffers = this.buffers.get(size);
    if (buffers === undefined) {
      requireInteger("Sample size", size, 1, 2 ** 31 - 1);
      buffers = new BatchBuffers(this.storage, this.config, size);
      this.buffers.set(size, buffers);
    }
    const { indices, weights } = buffers.batch;
    this.sampler.draw(rng, indices, weights);
    return buffers.fill();
  }

  updatePriorities(indices: Int32Array, tdErrors: ArrayLike<number>): void {
    this.sampler.update(indices, tdErrors);
  }

  save(): Uint8Array {
    return saveReplay(this.parts());
  }

  load(bytes: Uint8Array): void {
    loadReplay(bytes, this.parts());
  }

  clear(): void {
    const { heads, held, continues } = this.cursors;
    heads.fill(0);
    held.fill(0);
    continues.fill(0);
    this.accumulator.clear();
    this.sampler.clear();
    this.storage.frames.pool.giveBackAll();
  }

  private parts(): ReplayParts {
    const { config, transitionsPerEnv, storage, accumulator, sampler, cursors } = this;
    return { config, transitionsPerEnv, storage, accumulator, sampler, cursors };
  }

  /** Makes sure that the frame at the head is the one acted on. */
  private place(env: number, observations: ArrayLike<number>): void {
    const { heads, continues } = this.cursors;
    const { frames, ages, slots } = this.storage;
    const head = heads[env]!;
    if (continues[env] === 1) {
      if (frames.holds(env, head, observations)) return;
      this.cut(env);
    }
    frames.write(env, head, observations);
    ages[env * slots + head] = 0;
  }

  /** The environment was reset from outside: what the last step led to becomes the episode's last observation. */
  private cut(env: number): void {
    const { heads } = this.cursors;
    const { frames, finals, slots } = this.storage;
    const last = this.storage.position(heads[env]!, -1);
    finals[env * slots + last] = frames.copyToPool(env, heads[env]!);
    const waiting = this.accumulator.waitingOf(env);
    this.accumulator.flush(env);
    this.enterCompleted(env, waiting);
  }

  private addStep(env: number, flat: FlatStep, step: TransitionBatch): void {
    const { storage, accumulator } = this;
    const { heads, continues } = this.cursors;
    const { rewards, terminations, truncations } = step.next;
    const head = heads[env]!;
    const slot = env * storage.slots + head;
    const terminated = terminations[env] !== 0;
    const truncated = truncations[env] !== 0;
    storage.setAction(slot, flat.actions, env);
    const next = storage.position(head, 1);
    if (terminated || truncated) {
      storage.finals[slot] = storage.frames.writeFinal(env, flat.finalObservations!);
      storage.setNextMask(slot, step.finalActionMasks ?? null, env);
      continues[env] = 0;
    } else {
      storage.finals[slot] = noFinal;
      storage.frames.write(env, next, flat.nextObservations);
      storage.ages[env * storage.slots + next] = Math.min(storage.ages[slot]! + 1, this.config.stack - 1);
      storage.setNextMask(slot, step.nextActionMasks ?? null, env);
      continues[env] = 1;
    }
    heads[env] = next;
    const waiting = accumulator.waitingOf(env) + 1;
    accumulator.push(env, rewards[env]!, terminated, truncated);
    this.enterCompleted(env, waiting);
  }

  /**
   * Lets what the accumulator completed be sampled, and the oldest go where there are too many.
   * @param waiting transitions that had waited, the completed ones included
   */
  private enterCompleted(env: number, waiting: number): void {
    const { storage, sampler, accumulator, cursors, transitionsPerEnv } = this;
    const { held, heads } = cursors;
    const oldest = storage.position(heads[env]!, -waiting);
    for (let j = 0; j < accumulator.completed; j++) {
      if (held[env] === transitionsPerEnv) this.evict(env, storage.position(oldest, j - transitionsPerEnv));
      const slot = env * storage.slots + storage.position(oldest, j);
      storage.returns[slot] = accumulator.returns[j]!;
      storage.discounts[slot] = accumulator.discounts[j]!;
      storage.steps[slot] = accumulator.steps[j]!;
      sampler.insert(slot);
      held[env]!++;
    }
  }

  private evict(env: number, position: number): void {
    const { storage, sampler } = this;
    const slot = env * storage.slots + position;
    sampler.remove(slot);
    const final = storage.finals[slot]!;
    if (final !== noFinal) storage.frames.pool.giveBack(final);
    this.cursors.held[env]!--;
  }
}

function outOfMemory({ element, numEnvs, capacity }: ReplayConfig, cause: unknown): unknown {
  if (!(cause instanceof RangeError)) return cause;
  const { shape, dtype } = element.observation;
  return new ReplayError(
    "out-of-memory",
    `A replay of ${capacity} transitions with ${dtype} frames of shape [${shape.join(", ")}] from ${numEnvs} environments does not fit into memory: choose a smaller capacity.`,
    { cause },
  );
}
