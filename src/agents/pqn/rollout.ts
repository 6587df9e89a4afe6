import type { Batch, Generator, TypedArray } from "gymnasium-js";
import { allocate, type FieldArray, sizeOf } from "../../replay/element.js";
import type { FieldSpec, TransitionBatch } from "../../replay/types.js";
import { AgentError } from "../errors.js";
import { pushFrame, type StepColumn, StepColumns, shuffle } from "../step-columns.js";
import type { PqnAgent } from "./agent.js";
import type { ReturnBatch } from "./learner.js";
import { lambdaReturns } from "./returns.js";

export interface RolloutOptions {
  /** One frame; bytes stay bytes. */
  observation: FieldSpec;
  numEnvs: number;
  /** Frames per observation, as the agent sees them. */
  stack: number;
  /** Vector steps that are learnt from together, T. */
  length: number;
}

/** What a rollout asks of its agent. */
type Valuer = Pick<PqnAgent, "acted" | "stateValues" | "config">;

/**
 * The last vector steps of one agent, and the returns they had: a PQN's whole memory. It holds T steps and one more,
 * which values what followed the T-th: what the agent thought when it went on to act, before it learns. The next rollout
 * begins with that step. All arrays are made once.
 */
export class Rollout {
  /** Vector steps held, 0 to T + 1. */
  private held = 0;
  /** Values in one row of observations. */
  private readonly rowSize: number;
  private readonly observations: FieldArray;
  private readonly actions: Int32Array;
  private readonly rewards: Float64Array;
  private readonly terminations: Uint8Array;
  private readonly truncations: Uint8Array;
  private readonly values: Float32Array;
  private readonly finalValues: Float32Array;
  private readonly columns: StepColumns;
  private readonly returns: Float32Array;
  /** Rows in the order in which an epoch learns from them. */
  private readonly order: Int32Array;
  private finals: FieldArray | null = null;
  private batch: (ReturnBatch & { observations: FieldArray }) | null = null;

  constructor(
    private readonly options: RolloutOptions,
    private readonly agent: Valuer,
  ) {
    const { observation, numEnvs, stack, length } = options;
    const rows = (length + 1) * numEnvs;
    this.rowSize = stack * sizeOf(observation);
    this.observations = allocate(observation, rows * this.rowSize);
    this.actions = new Int32Array(rows);
    this.rewards = new Float64Array(rows);
    this.terminations = new Uint8Array(rows);
    this.truncations = new Uint8Array(rows);
    this.values = new Float32Array(rows);
    this.finalValues = new Float32Array(rows);
    const kept = { observation: [observation.dtype, ...observation.shape], numEnvs, stack, length };
    this.columns = new StepColumns(this.allColumns(), kept);
    this.returns = new Float32Array(length * numEnvs);
    this.order = new Int32Array(length * numEnvs);
  }

  /** Whether there are T steps and the one that values what followed. */
  get complete(): boolean {
    return this.held === this.options.length + 1;
  }

  /**
   * Takes in the step that the agent's policy has just made.
   * @throws {AgentError} `invalid-state` if the rollout is complete already
   */
  add({ actions, next }: Pick<TransitionBatch, "actions" | "next">): void {
    if (this.complete) {
      throw new AgentError("invalid-state", "A complete rollout has to be learnt from before it goes on.");
    }
    const { numEnvs } = this.options;
    const at = this.held * numEnvs;
    const { observations, values } = this.agent.acted;
    this.observations.set(observations as Uint8Array, at * this.rowSize);
    this.actions.set(actions as Int32Array, at);
    this.rewards.set(next.rewards, at);
    this.terminations.set(next.terminations, at);
    this.truncations.set(next.truncations, at);
    this.values.set(values, at);
    const cut = this.truncations.subarray(at, at + numEnvs).includes(1);
    if (cut) this.valueFinals(next.finalObservations, at);
    this.held++;
  }

  /** Values the last observations of the episodes that a limit cut. */
  private valueFinals(finalObservations: Batch | null | undefined, at: number): void {
    const { numEnvs, observation, stack } = this.options;
    const { rowSize } = this;
    this.finals ??= allocate(observation, numEnvs * rowSize);
    // The rows of episodes that go on hold nothing to speak of, and a net that sees all rows wants what it knows.
    this.finals.set(this.observations.subarray(at * rowSize, (at + numEnvs) * rowSize));
    for (let env = 0; env < numEnvs; env++) {
      if (this.truncations[at + env] === 0) continue;
      const frames = { values: finalObservations as TypedArray, frameSize: rowSize / stack };
      pushFrame({ values: this.finals, rowSize }, frames, env);
    }
    this.finalValues.set(this.agent.stateValues(this.finals, numEnvs), at);
  }

  /** Computes the returns of a complete rollout. */
  value(): void {
    const { numEnvs, length: steps } = this.options;
    const { rewards, terminations, truncations, values, finalValues } = this;
    const { gamma, lambda, rewardScale } = this.agent.config;
    const rollout = { steps, numEnvs, rewards, terminations, truncations, values, finalValues };
    lambdaReturns({ ...rollout, gamma, lambda, rewardScale }, this.returns);
  }

  /**
   * Shares out all steps in random order among so many batches, which are reused. Where the steps cannot be shared out
   * evenly, fewer than `count` of them are left out.
   */
  forEachBatch(rng: Generator, count: number, learn: (batch: ReturnBatch) => void): void {
    const rows = this.order.length;
    const size = Math.max(1, Math.floor(rows / count));
    shuffle(this.order, rng);
    for (let from = 0; from + size <= rows && from < count * size; from += size) {
      learn(this.gather(from, size));
    }
  }

  private gather(from: number, size: number): ReturnBatch {
    if (this.batch?.size !== size) {
      this.batch = {
        size,
        observations: allocate(this.options.observation, size * this.rowSize),
        actions: new Int32Array(size),
        returns: new Float32Array(size),
      };
    }
    const { batch, rowSize, observations } = this;
    for (let i = 0; i < size; i++) {
      const row = this.order[from + i]!;
      batch.observations.set(observations.subarray(row * rowSize, (row + 1) * rowSize), i * rowSize);
      batch.actions[i] = this.actions[row]!;
      batch.returns[i] = this.returns[row]!;
    }
    return batch;
  }

  /** Begins the next rollout with the last step of a complete one. */
  goOn(): void {
    this.columns.moveToFront(this.options.length);
    this.held = 1;
  }

  /** As bytes with a checksum: the steps held. */
  save(): Uint8Array {
    return this.columns.save(this.held);
  }

  /** @throws ReplayError `corrupt`, `mismatch` or `newer-version`; then nothing has changed */
  load(bytes: Uint8Array): void {
    this.held = this.columns.load(bytes);
  }

  private allColumns(): StepColumn[] {
    const { observations, actions, rewards, terminations, truncations, values, finalValues } = this;
    const numbers = { actions, rewards, terminations, truncations, values, finalValues };
    return [
      { name: "observations", array: observations, size: this.rowSize },
      ...Object.entries(numbers).map(([name, array]) => ({ name, array, size: 1 })),
    ];
  }
}
