import type { Batch, Generator } from "gymnasium-js";
import { bytesOf, copyOf } from "../../replay/bytes.js";
import { corrupt, pack, unpack } from "../../replay/packing.js";
import type { FieldSpec, TransitionBatch } from "../../replay/types.js";
import { AgentError } from "../errors.js";
import type { DrqnAgent } from "./agent.js";
import { allocateBatch, type SequenceBatch } from "./sequence-batch.js";
import { SlotMemory } from "./slot-memory.js";
import { Windows } from "./windows.js";

export interface SequencesOptions {
  /** Bytes stay bytes. */
  observation: FieldSpec;
  numEnvs: number;
  /** Steps kept over all environments, the last observation of an episode counting as one; rounded down. */
  capacity: number;
  /** Number of actions, if masks of legal ones are kept; 0 if not. */
  actionMask: number;
}

/** One vector step, as a rollout gives it. */
export interface SequenceStep extends TransitionBatch {
  /** Legal actions of `observations`; null where there are no masks. */
  readonly actionMasks?: Uint8Array | null;
}

/** What sequences ask of their agent. */
type Rememberer = Pick<DrqnAgent, "recalled" | "config">;

/**
 * The last steps of each environment, to be learnt from in sequences that never leave an episode. They overlap by half
 * (Kapturowski et al. 2019, section 2.3): one begins at the first step of an episode and one at each `length / 2` steps
 * after it, the last at the first of these from which it reaches the end. So each has as much burn-in as its episode
 * has steps before it, `burnIn` at most, and there the state that the agent was in.
 *
 * Each environment has a ring of slots: a slot per step, and one for what an episode ended with. All memory is
 * allocated at once.
 */
export class Sequences {
  /** Steps from one sequence to the next. */
  private readonly stride: number;
  /** Of each environment; whole strides. */
  private readonly slots: number;
  private readonly memory: SlotMemory;
  private readonly windows: Windows;
  /** Of each environment: the slot to be written next, slots that hold something, steps of the episode under way. */
  private readonly heads: Int32Array;
  private readonly used: Int32Array;
  private readonly steps: Int32Array;
  private batch: SequenceBatch | null = null;

  /** @throws {AgentError} `invalid-config` if the capacity is too small for one sequence per environment */
  constructor(
    private readonly options: SequencesOptions,
    private readonly agent: Rememberer,
  ) {
    const { observation, numEnvs, capacity, actionMask } = options;
    const { lstm, sequence, storedState } = agent.config;
    this.stride = Math.max(1, Math.floor(sequence.length / 2));
    this.slots = Math.floor(capacity / numEnvs / this.stride) * this.stride;
    const least = sequence.burnIn + sequence.length + 1 + 2 * this.stride;
    if (this.slots < least) {
      throw new AgentError(
        "invalid-config",
        `A capacity of ${capacity} steps is too small for sequences of ${sequence.length} steps with a burn-in of ${sequence.burnIn} in ${numEnvs} environments: expected ${(least + this.stride) * numEnvs} or more.`,
      );
    }
    const { slots, stride } = this;
    const units = storedState ? lstm.units : 0;
    this.memory = new SlotMemory({ observation, numEnvs, slots, stride, actionMask, units });
    this.windows = new Windows(numEnvs, this.slots);
    this.heads = new Int32Array(numEnvs);
    this.used = new Int32Array(numEnvs);
    this.steps = new Int32Array(numEnvs);
  }

  /** Sequences that can be drawn. */
  get size(): number {
    return this.windows.size;
  }

  /** Takes in the step that the agent's policy has just made. */
  add(step: SequenceStep): void {
    for (let env = 0; env < this.options.numEnvs; env++) this.addOf(env, step);
  }

  private addOf(env: number, { observations, actionMasks = null, actions, next }: SequenceStep): void {
    const { length, burnIn } = this.agent.config.sequence;
    const t = this.steps[env]!;
    const slot = this.put(env, observations, actionMasks);
    this.memory.act(env, slot, {
      action: actions[env] as number,
      reward: next.rewards[env]!,
      terminated: next.terminations[env] !== 0,
      opens: t === 0,
    });
    // A sequence with its whole burn-in begins here.
    if (t > 0 && (t + burnIn) % this.stride === 0) this.memory.keepState(env, slot, this.agent.recalled);
    // This observation is what the last step of that sequence led to.
    if (t >= length && (t - length) % this.stride === 0) this.addWindow(env, slot, { ends: t, length });
    this.steps[env] = t + 1;
    if (next.terminations[env] !== 0 || next.truncations[env] !== 0) {
      this.endEpisode(env, next.finalObservations as Batch);
    }
  }

  private endEpisode(env: number, finalObservations: Batch): void {
    const { length } = this.agent.config.sequence;
    const steps = this.steps[env]!;
    const slot = this.put(env, finalObservations, null);
    // The first sequence that is not complete; it would add nothing if the one before it had all steps.
    const begun = steps < length ? 0 : (Math.floor((steps - length - 1) / this.stride) + 1) * this.stride;
    this.addWindow(env, slot, { ends: steps, length: Math.min(length, steps - begun) });
    this.steps[env] = 0;
  }

  /** Writes the next slot. Room is made a stride at a time. */
  private put(env: number, observations: Batch, actionMasks: Uint8Array | null): number {
    const { slots, stride, windows } = this;
    const slot = this.heads[env]!;
    if (slot % stride === 0) {
      windows.dropWhile(env, ({ start, burnIn }) => {
        const begin = (start - burnIn + slots) % slots;
        return begin >= slot && begin < slot + stride;
      });
    }
    this.memory.see(env, slot, observations, actionMasks);
    this.heads[env] = (slot + 1) % slots;
    this.used[env] = Math.min(slots, this.used[env]! + 1);
    return slot;
  }

  /** @param ends steps of the episode before `slot`, which holds what the last of them led to */
  private addWindow(env: number, slot: number, { ends, length }: { ends: number; length: number }): void {
    const burnIn = Math.min(this.agent.config.sequence.burnIn, ends - length);
    this.windows.push(env, { start: (slot - length + this.slots) % this.slots, burnIn, length });
  }

  /**
   * Draws sequences with replacement, all equally likely; the batch is reused by the next call.
   * @throws {AgentError} `invalid-state` if there is none yet
   */
  sample(rng: Generator, size: number): SequenceBatch {
    if (this.size === 0) throw new AgentError("invalid-state", "There is no sequence to learn from yet.");
    if (this.batch?.size !== size) {
      const { observation, actionMask } = this.options;
      const { sequence, lstm } = this.agent.config;
      this.batch = allocateBatch(size, { ...sequence, units: lstm.units, observation, actionMask });
    }
    for (let row = 0; row < size; row++) {
      this.memory.fill(this.batch, row, this.windows.at(rng.integers(0, this.size)), this.agent.config);
    }
    return this.batch;
  }

  /** As bytes with a checksum: all that was written, unfinished episodes included. */
  save(): Uint8Array {
    const { counts, entries } = this.windows.save();
    return pack("sequences", this.saved(), [
      { name: "cursors", chunks: [this.heads, this.used, this.steps].map(bytesOf) },
      { name: "counts", chunks: [bytesOf(counts)] },
      { name: "windows", chunks: [bytesOf(entries)] },
      ...this.memory.columns.sections(this.used),
    ]);
  }

  /**
   * Takes back what `save` gave; then goes on bit for bit.
   * @throws ReplayError `corrupt`, `mismatch` or `newer-version`; then nothing has changed
   */
  load(bytes: Uint8Array): void {
    const { numEnvs } = this.options;
    const sections = unpack("sequences", this.saved(), bytes);
    const section = (name: string): Uint8Array => {
      const found = sections.get(name);
      if (found === undefined) throw corrupt("sequences", `there is no ${name}`);
      return found;
    };
    const cursors = copyOf(section("cursors"), Int32Array);
    const counts = copyOf(section("counts"), Int32Array);
    const entries = copyOf(section("windows"), Int32Array);
    const inside = (value: number): boolean => value >= 0 && value <= this.slots;
    if (cursors.length !== 3 * numEnvs || !cursors.subarray(0, 2 * numEnvs).every(inside)) {
      throw corrupt("sequences", "its cursors are out of range");
    }
    if (!this.windows.fits(counts, entries)) throw corrupt("sequences", "its windows are out of range");
    const used = cursors.subarray(numEnvs, 2 * numEnvs);
    this.memory.columns.read(section, used)();
    this.heads.set(cursors.subarray(0, numEnvs));
    this.used.set(used);
    this.steps.set(cursors.subarray(2 * numEnvs));
    this.windows.load(counts, entries);
  }

  /** What has to be the same where bytes are loaded. */
  private saved() {
    const { observation, numEnvs, actionMask } = this.options;
    const { sequence, storedState } = this.agent.config;
    const { slots } = this;
    const { units } = this.agent.config.lstm;
    const field = [observation.dtype, ...observation.shape];
    return { observation: field, numEnvs, actionMask, slots, units, sequence, storedState };
  }
}
