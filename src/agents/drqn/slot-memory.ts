import type { Batch } from "gymnasium-js";
import { allocate, type FieldArray, sizeOf } from "../../replay/element.js";
import type { FieldSpec } from "../../replay/types.js";
import type { DrqnConfig } from "./config.js";
import type { RecurrentState } from "./recollection.js";
import type { SequenceBatch } from "./sequence-batch.js";
import { type SlotColumn, SlotColumns } from "./slot-columns.js";
import type { Window } from "./windows.js";

interface SlotShape {
  observation: FieldSpec;
  numEnvs: number;
  /** Of each environment; whole strides. */
  slots: number;
  /** Slots of which one at most has a state. */
  stride: number;
  /** Actions of a mask; 0 without masks. */
  actionMask: number;
  /** Of each state; 0 if none are kept. */
  units: number;
}

/** What happened in a step. */
interface SlotStep {
  action: number;
  reward: number;
  terminated: boolean;
  /** Whether it is the first of its episode, where the LSTM's state is zero. */
  opens: boolean;
}

/** What is kept of steps, in a ring of slots for each environment, and how a row of a batch is read from it. */
export class SlotMemory {
  readonly columns: SlotColumns;
  private readonly rowSize: number;
  private readonly observations: FieldArray;
  private readonly actionMasks: Uint8Array;
  private readonly actions: Int32Array;
  private readonly rewards: Float32Array;
  private readonly terminations: Uint8Array;
  private readonly openings: Uint8Array;
  /** `[numEnvs, slots / stride, (h, c), units]`: sequences begin at least a stride apart, if not at an opening. */
  private readonly states: Float32Array;

  constructor(private readonly shape: SlotShape) {
    const { observation, numEnvs, slots, stride, actionMask, units } = shape;
    const all = numEnvs * slots;
    this.rowSize = sizeOf(observation);
    this.observations = allocate(observation, all * this.rowSize);
    this.actionMasks = new Uint8Array(all * actionMask);
    this.actions = new Int32Array(all);
    this.rewards = new Float32Array(all);
    this.terminations = new Uint8Array(all);
    this.openings = new Uint8Array(all);
    this.states = new Float32Array((all / stride) * 2 * units);
    this.columns = new SlotColumns(this.allColumns(), slots);
  }

  /** @param actionMasks null where all actions are legal, or it is not known which */
  see(env: number, slot: number, observations: Batch, actionMasks: Uint8Array | null): void {
    const { rowSize } = this;
    const { actionMask, slots } = this.shape;
    const at = env * slots + slot;
    const values = observations as FieldArray;
    for (let i = 0; i < rowSize; i++) this.observations[at * rowSize + i] = values[env * rowSize + i]!;
    for (let a = 0; a < actionMask; a++) {
      this.actionMasks[at * actionMask + a] = actionMasks === null ? 1 : actionMasks[env * actionMask + a]!;
    }
  }

  act(env: number, slot: number, { action, reward, terminated, opens }: SlotStep): void {
    const at = env * this.shape.slots + slot;
    this.actions[at] = action;
    this.rewards[at] = reward;
    this.terminations[at] = terminated ? 1 : 0;
    this.openings[at] = opens ? 1 : 0;
  }

  /** Keeps the state before a step, in place of another of the same stride. */
  keepState(env: number, slot: number, { hidden, cell }: RecurrentState): void {
    const { units } = this.shape;
    const at = this.stateAt(env, slot);
    for (let unit = 0; unit < units; unit++) {
      this.states[at + unit] = hidden[env * units + unit]!;
      this.states[at + units + unit] = cell[env * units + unit]!;
    }
  }

  private stateAt(env: number, slot: number): number {
    const { slots, stride, units } = this.shape;
    return ((env * slots) / stride + Math.floor(slot / stride)) * 2 * units;
  }

  /** Writes a window into a row of a batch. What the window lacks is its first and last known step over again. */
  fill(
    batch: SequenceBatch,
    row: number,
    window: Window & { env: number },
    { sequence, gamma }: Pick<DrqnConfig, "sequence" | "gamma">,
  ): void {
    batch.burnInSteps[row] = window.burnIn;
    batch.learntSteps[row] = window.length;
    this.fillState(batch, row, window);
    for (let step = -sequence.burnIn; step <= sequence.length; step++) {
      const known = Math.max(-window.burnIn, Math.min(window.length, step));
      this.fillObservation(batch, (step + sequence.burnIn) * batch.size + row, this.placeOf(window, known));
    }
    for (let step = 0; step < sequence.length; step++) {
      const at = step * batch.size + row;
      const learnt = step < window.length;
      const from = this.placeOf(window, learnt ? step : window.length - 1);
      batch.actions[at] = this.actions[from]!;
      batch.rewards[at] = learnt ? this.rewards[from]! : 0;
      batch.discounts[at] = learnt && this.terminations[from] === 0 ? gamma : 0;
      this.fillMask(batch, at, this.placeOf(window, Math.min(window.length, step + 1)));
    }
  }

  /** Where a step of a window is kept, counted from its first learnt one. */
  private placeOf({ env, start }: Window & { env: number }, step: number): number {
    const { slots } = this.shape;
    return env * slots + ((start + step + slots) % slots);
  }

  private fillState(
    { size, hidden, cell }: SequenceBatch,
    row: number,
    window: Window & { env: number },
  ): void {
    const { slots, units } = this.shape;
    const begin = this.placeOf(window, -window.burnIn);
    const width = hidden.length / size;
    if (units === 0 || this.openings[begin] === 1) {
      hidden.fill(0, row * width, (row + 1) * width);
      cell.fill(0, row * width, (row + 1) * width);
      return;
    }
    const at = this.stateAt(window.env, begin - window.env * slots);
    for (let unit = 0; unit < units; unit++) {
      hidden[row * units + unit] = this.states[at + unit]!;
      cell[row * units + unit] = this.states[at + units + unit]!;
    }
  }

  private fillObservation({ observations }: SequenceBatch, at: number, from: number): void {
    const { rowSize } = this;
    const to = observations as FieldArray;
    for (let i = 0; i < rowSize; i++) to[at * rowSize + i] = this.observations[from * rowSize + i]!;
  }

  private fillMask({ nextActionMasks }: SequenceBatch, at: number, from: number): void {
    if (nextActionMasks === null) return;
    const { actionMask } = this.shape;
    for (let a = 0; a < actionMask; a++) {
      nextActionMasks[at * actionMask + a] = this.actionMasks[from * actionMask + a]!;
    }
  }

  private allColumns(): SlotColumn[] {
    const { observations, actionMasks, actions, rewards, terminations, openings, states } = this;
    const { actionMask, stride, units } = this.shape;
    const numbers = { actions, rewards, terminations, openings };
    return [
      { name: "observations", array: observations, size: this.rowSize, every: 1 },
      { name: "actionMasks", array: actionMasks, size: actionMask, every: 1 },
      ...Object.entries(numbers).map(([name, array]) => ({ name, array, size: 1, every: 1 })),
      { name: "states", array: states, size: 2 * units, every: stride },
    ];
  }
}
