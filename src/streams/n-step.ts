import { type Batch, GymnasiumError, type TypedArray } from "gymnasium-js";
import { defer, filter, map, type OperatorFunction } from "rxjs";
import type { RolloutStep } from "./types.js";

/**
 * The n-step transitions that one vector step completed: none to `numEnvs * n`. Only the first `size` rows of each
 * array count. Arrays are the receiver's to read until the next event.
 */
export interface NStepTransitions {
  size: number;
  /** Which sub-environment each row is of; ascending. */
  envs: Int32Array;
  /** What was acted on, n or fewer steps ago, and what was done then. */
  observations: TypedArray;
  actions: TypedArray;
  /** sum_{k<m} gamma^k r_{t+k}; m is n, or less where the episode ended. */
  returns: Float64Array;
  /** gamma^m, or 0 where the task terminated; truncation keeps its bootstrap. */
  discounts: Float64Array;
  /** What the m-th step led to; the last observation where the episode ended. */
  nextObservations: TypedArray;
}

/**
 * Vector steps as n-step transitions (Sutton & Barto 2018, section 7.1), for learners that use each once; a replay
 * has its own. Transitions that still wait for rewards when the stream ends are dropped.
 *
 * Errors: a `GymnasiumError` with code `unsupported` for observations or actions that are not flat numbers.
 *
 * @param n steps of reward, at least 1
 * @param gamma discount per step, 0 to 1
 */
export function nStep(n: number, gamma: number): OperatorFunction<RolloutStep, NStepTransitions> {
  if (!Number.isSafeInteger(n) || n < 1) {
    throw new RangeError(`nStep: n is ${n}, expected an integer of at least 1.`);
  }
  if (!(gamma >= 0 && gamma <= 1)) {
    throw new RangeError(`nStep: gamma is ${gamma}, expected a number from 0 to 1.`);
  }
  return (steps) =>
    defer(() => {
      let window: NStepWindow | null = null;
      return steps.pipe(
        map((step) => {
          window ??= new NStepWindow(step, n, gamma);
          return window.add(step);
        }),
        filter(({ size }) => size > 0),
      );
    });
}

/** Copies of the last n vector steps, as a ring, and the transitions that come out of it. */
class NStepWindow {
  private readonly numEnvs: number;
  private readonly observations: Rows;
  private readonly actions: Rows;
  private readonly rewards: Float64Array;
  /** Per sub-environment, steps of the running episode that wait for rewards. */
  private readonly waiting: Int32Array;
  /** Ring position of the newest step. */
  private newest = -1;
  private readonly completed: NStepTransitions;

  constructor(
    step: RolloutStep,
    private readonly n: number,
    private readonly gamma: number,
  ) {
    const numEnvs = step.next.rewards.length;
    this.numEnvs = numEnvs;
    this.observations = new Rows("observations", step.observations, { numEnvs, n });
    this.actions = new Rows("actions", step.actions, { numEnvs, n });
    this.rewards = new Float64Array(n * numEnvs);
    this.waiting = new Int32Array(numEnvs);
    this.completed = {
      size: 0,
      envs: new Int32Array(n * numEnvs),
      observations: this.observations.allocate(),
      actions: this.actions.allocate(),
      returns: new Float64Array(n * numEnvs),
      discounts: new Float64Array(n * numEnvs),
      nextObservations: this.observations.allocate(),
    };
  }

  add({ observations, actions, next }: RolloutStep): NStepTransitions {
    const { n, numEnvs, waiting, completed } = this;
    this.newest = (this.newest + 1) % n;
    this.observations.store(this.newest, observations);
    this.actions.store(this.newest, actions);
    this.rewards.set(next.rewards, this.newest * numEnvs);
    completed.size = 0;
    for (let env = 0; env < numEnvs; env++) {
      const terminated = next.terminations[env] !== 0;
      const ended = terminated || next.truncations[env] !== 0;
      const count = waiting[env]! + 1;
      const following = (ended ? next.finalObservations : next.observations) as TypedArray;
      const completing = ended ? count : count === n ? 1 : 0;
      for (let j = 0; j < completing; j++) this.complete(env, { steps: count - j, terminated, following });
      waiting[env] = count - completing;
    }
    return completed;
  }

  private complete(
    env: number,
    { steps, terminated, following }: { steps: number; terminated: boolean; following: TypedArray },
  ): void {
    const { n, gamma, numEnvs, completed } = this;
    const row = completed.size++;
    const oldest = (this.newest + 1 - steps + n) % n;
    let sum = 0;
    let discount = 1;
    for (let k = 0; k < steps; k++) {
      sum += discount * this.rewards[((oldest + k) % n) * numEnvs + env]!;
      discount *= gamma;
    }
    completed.envs[row] = env;
    completed.returns[row] = sum;
    completed.discounts[row] = terminated ? 0 : discount;
    this.observations.load(oldest, env, completed.observations, row);
    this.actions.load(oldest, env, completed.actions, row);
    this.observations.copyRow(following, env, completed.nextObservations, row);
  }
}

/** One batched array over the last n steps. */
class Rows {
  private readonly memory: TypedArray;
  /** Numbers per row. */
  private readonly size: number;
  private readonly rowsPerStep: number;

  constructor(name: string, batch: Batch, { numEnvs, n }: { numEnvs: number; n: number }) {
    if (Array.isArray(batch)) {
      throw new GymnasiumError(
        "unsupported",
        `nStep: ${name} are a list of elements, expected a flat typed array; flatten the space first.`,
      );
    }
    this.size = batch.length / numEnvs;
    this.rowsPerStep = numEnvs;
    const ArrayOf = batch.constructor as new (length: number) => TypedArray;
    this.memory = new ArrayOf(n * batch.length);
  }

  /** As much memory again. */
  allocate(): TypedArray {
    const ArrayOf = this.memory.constructor as new (length: number) => TypedArray;
    return new ArrayOf(this.memory.length);
  }

  store(position: number, batch: Batch): void {
    this.memory.set(batch as TypedArray, position * this.rowsPerStep * this.size);
  }

  load(position: number, env: number, out: TypedArray, row: number): void {
    this.copyRow(this.memory, position * this.rowsPerStep + env, out, row);
  }

  copyRow(from: TypedArray, fromRow: number, out: TypedArray, row: number): void {
    const { size } = this;
    for (let i = 0; i < size; i++) out[row * size + i] = from[fromRow * size + i]!;
  }
}
