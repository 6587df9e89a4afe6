import type { Generator, TypedArray } from "gymnasium-js";
import { allocate, type FieldArray, sizeOf } from "../../replay/element.js";
import type { FieldSpec, TransitionBatch } from "../../replay/types.js";
import { AgentError } from "../errors.js";
import { pushFrame, type StepColumn, StepColumns, shuffle } from "../step-columns.js";
import { generalizedAdvantages } from "./advantages.js";
import type { PpoAgent } from "./agent.js";
import type { DrawnActions } from "./distribution.js";
import type { AdvantageBatch } from "./learner.js";

export interface PpoRolloutOptions {
  /** One frame; bytes stay bytes. */
  observation: FieldSpec;
  numEnvs: number;
  /** Frames per observation, as the agent sees them. */
  stack: number;
  /** Vector steps that are learnt from together, T. */
  length: number;
  /** Values in the mask of one environment; 0 where there are no masks. */
  actionMask: number;
}

/** What a rollout asks of its agent. */
type Actor = Pick<PpoAgent, "acted" | "stateValues" | "actionSize"> & {
  config: Pick<PpoAgent["config"], "gamma" | "lambda" | "rewardScale">;
};

/**
 * The last vector steps of one agent, what it thought of them, and the advantages that its actions had: a PPO's whole
 * memory. Once it is complete it is learnt from and cleared. All arrays are made once.
 */
export class PpoRollout {
  /** Vector steps held, 0 to T. */
  private held = 0;
  /** Values in one row of observations. */
  private readonly rowSize: number;
  private readonly observations: FieldArray;
  private readonly actions: DrawnActions;
  private readonly actionMasks: Uint8Array;
  private readonly logProbs: Float32Array;
  private readonly values: Float32Array;
  /** V of what followed each step in its own episode, as far as it is known yet. */
  private readonly nextValues: Float32Array;
  private readonly rewards: Float64Array;
  private readonly terminations: Uint8Array;
  private readonly truncations: Uint8Array;
  private readonly columns: StepColumns;
  private readonly advantages: Float32Array;
  private readonly returns: Float32Array;
  /** Rows in the order in which an epoch learns from them. */
  private readonly order: Int32Array;
  private following: FieldArray | null = null;
  private batch: (AdvantageBatch & { observations: FieldArray }) | null = null;

  constructor(
    private readonly options: PpoRolloutOptions,
    private readonly agent: Actor,
  ) {
    const { observation, numEnvs, stack, length, actionMask } = options;
    const rows = length * numEnvs;
    this.rowSize = stack * sizeOf(observation);
    this.observations = allocate(observation, rows * this.rowSize);
    this.actions = likeActions(agent, rows);
    this.actionMasks = new Uint8Array(rows * actionMask);
    this.logProbs = new Float32Array(rows);
    this.values = new Float32Array(rows);
    this.nextValues = new Float32Array(rows);
    this.rewards = new Float64Array(rows);
    this.terminations = new Uint8Array(rows);
    this.truncations = new Uint8Array(rows);
    this.advantages = new Float32Array(rows);
    this.returns = new Float32Array(rows);
    this.order = new Int32Array(rows);
    const kept = {
      observation: [observation.dtype, ...observation.shape],
      numEnvs,
      stack,
      length,
      actionMask,
    };
    this.columns = new StepColumns(this.allColumns(), kept);
  }

  /** Whether there are T steps. */
  get complete(): boolean {
    return this.held === this.options.length;
  }

  /**
   * Takes in the step that the agent's policy has just made.
   * @throws {AgentError} `invalid-state` if the rollout is complete already
   */
  add({ next }: Pick<TransitionBatch, "next">): void {
    if (this.complete) {
      throw new AgentError("invalid-state", "A complete rollout has to be learnt from before it goes on.");
    }
    const { numEnvs } = this.options;
    const { observations, actions, actionMasks, logProbs, values } = this.agent.acted;
    const at = this.held * numEnvs;
    this.valueStepBefore(at, values);
    this.observations.set(observations as Uint8Array, at * this.rowSize);
    this.actions.set(actions, at * this.agent.actionSize);
    if (actionMasks !== null) this.actionMasks.set(actionMasks, at * this.options.actionMask);
    this.logProbs.set(logProbs, at);
    this.values.set(values, at);
    this.rewards.set(next.rewards, at);
    this.terminations.set(next.terminations, at);
    this.truncations.set(next.truncations, at);
    this.held++;
    if (this.complete || this.truncations.subarray(at, at + numEnvs).includes(1))
      this.valueFollowing(at, next);
  }

  /** What the agent thinks now is the value of what followed the step before, in episodes that went on. */
  private valueStepBefore(at: number, values: Float32Array): void {
    const { numEnvs } = this.options;
    for (let env = 0; env < numEnvs && at > 0; env++) {
      const before = at - numEnvs + env;
      if (this.truncations[before] === 0) this.nextValues[before] = values[env]!;
    }
  }

  /** Values the last observations of episodes that a limit cut; of a whole rollout, also what followed it in the others. */
  private valueFollowing(at: number, { observations, finalObservations }: TransitionBatch["next"]): void {
    const { numEnvs, observation, stack } = this.options;
    const { rowSize } = this;
    this.following ??= allocate(observation, numEnvs * rowSize);
    const stacks = { values: this.following, rowSize };
    // Rows that nobody asks about keep what the net knows.
    stacks.values.set(this.observations.subarray(at * rowSize, (at + numEnvs) * rowSize));
    for (let env = 0; env < numEnvs; env++) {
      if (this.terminations[at + env] !== 0) continue;
      const cut = this.truncations[at + env] !== 0;
      const values = (cut ? finalObservations : observations) as TypedArray;
      if (cut || this.complete) pushFrame(stacks, { values, frameSize: rowSize / stack }, env);
    }
    this.nextValues.set(this.agent.stateValues(this.following, numEnvs), at);
  }

  /** Computes the advantages and returns of a complete rollout. */
  value(): void {
    const { numEnvs, length: steps } = this.options;
    const { rewards, terminations, truncations, values, nextValues, advantages, returns } = this;
    const { gamma, lambda, rewardScale } = this.agent.config;
    const rollout = { steps, numEnvs, rewards, terminations, truncations, values, nextValues };
    generalizedAdvantages({ ...rollout, gamma, lambda, rewardScale }, { advantages, returns });
  }

  /**
   * Shares out all steps in random order among so many batches, which are reused. Where the steps cannot be shared out
   * evenly, fewer than `count` of them are left out.
   */
  forEachBatch(rng: Generator, count: number, learn: (batch: AdvantageBatch) => void): void {
    const rows = this.order.length;
    const size = Math.max(1, Math.floor(rows / count));
    shuffle(this.order, rng);
    for (let from = 0; from + size <= rows && from < count * size; from += size) {
      learn(this.gather(from, size));
    }
  }

  private gather(from: number, size: number): AdvantageBatch {
    if (this.batch?.size !== size) this.batch = this.allocateBatch(size);
    const { batch, rowSize, observations, actions, actionMasks } = this;
    const { actionMask } = this.options;
    const { actionSize } = this.agent;
    for (let i = 0; i < size; i++) {
      const row = this.order[from + i]!;
      batch.observations.set(observations.subarray(row * rowSize, (row + 1) * rowSize), i * rowSize);
      batch.actions.set(actions.subarray(row * actionSize, (row + 1) * actionSize), i * actionSize);
      batch.actionMasks?.set(actionMasks.subarray(row * actionMask, (row + 1) * actionMask), i * actionMask);
      batch.logProbs[i] = this.logProbs[row]!;
      batch.values[i] = this.values[row]!;
      batch.advantages[i] = this.advantages[row]!;
      batch.returns[i] = this.returns[row]!;
    }
    return batch;
  }

  private allocateBatch(size: number): AdvantageBatch & { observations: FieldArray } {
    const { observation, actionMask } = this.options;
    const numbers = () => new Float32Array(size);
    return {
      size,
      observations: allocate(observation, size * this.rowSize),
      actions: likeActions(this.agent, size),
      actionMasks: actionMask === 0 ? null : new Uint8Array(size * actionMask),
      ...{ logProbs: numbers(), values: numbers(), advantages: numbers(), returns: numbers() },
    };
  }

  /** Forgets all steps. */
  clear(): void {
    this.held = 0;
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
    const { observations, actions, actionMasks } = this;
    const { logProbs, values, nextValues, rewards, terminations, truncations } = this;
    const numbers = { logProbs, values, nextValues, rewards, terminations, truncations };
    return [
      { name: "observations", array: observations, size: this.rowSize },
      { name: "actions", array: actions, size: this.agent.actionSize },
      { name: "actionMasks", array: actionMasks, size: this.options.actionMask },
      ...Object.entries(numbers).map(([name, array]) => ({ name, array, size: 1 })),
    ];
  }
}

/** Memory for actions of so many rows, of the kind that the agent draws. */
function likeActions({ acted, actionSize }: Actor, rows: number): DrawnActions {
  const size = rows * actionSize;
  return acted.actions instanceof Int32Array ? new Int32Array(size) : new Float32Array(size);
}
