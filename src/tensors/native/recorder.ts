import * as tf from "@tensorflow/tfjs-core";
import { CaptureError } from "../errors.js";
import type { NativeArray } from "./addon.js";
import type {
  HostFunction,
  NativeBackend,
  NativeCall,
  NativeOperand,
  Recorder,
  TensorMemory,
} from "./backend.js";
import { Op, type OpCode } from "./operations.js";

/** Memory outside of a program, bound anew at each run. */
export type SlotSource =
  | { kind: "input"; index: number }
  | { kind: "variable"; variable: tf.Variable }
  /** Never changes its place: a constant, or an optimiser's control. */
  | { kind: "array"; array: NativeArray; owner: object | null };

/** A result inside a program. */
export interface Value {
  kind: "value";
  id: number;
  dtype: keyof typeof valueDtypes;
  length: number;
}

export const valueDtypes = { float32: 0, int32: 1, bool: 2 } as const;

export type Source = Value | { kind: "slot"; slot: number };

export interface RecordedInstruction {
  op: OpCode | -1;
  parameters: readonly number[];
  operands: readonly Source[];
  /** Values that it makes; none if it changes slots in place. */
  makes: readonly number[];
  /** Host function: how many of the operands are inputs. */
  host: { compute: HostFunction; inputs: number } | null;
}

/**
 * Writes down what the native engine does while a step runs. What depends on the step's inputs or on variables is
 * recorded; all else is computed now, once, and kept as constants.
 */
export class StepRecorder implements Recorder {
  readonly slots: SlotSource[] = [];
  readonly instructions: RecordedInstruction[] = [];
  private readonly values = new Map<TensorMemory, Value>();
  private readonly slotOf = new Map<object, number>();
  private readonly variables = new Map<TensorMemory, tf.Variable>();
  private readonly created = new Set<TensorMemory>();

  constructor(private readonly backend: NativeBackend) {
    for (const variable of Object.values(tf.engine().registeredVariables)) {
      if (!backend.data.has(variable.dataId)) continue;
      this.variables.set(backend.memoryOf(variable), variable);
    }
  }

  /** Declares a tensor as the step's input of this number. */
  input(tensor: tf.Tensor, index: number): void {
    this.slotOf.set(this.backend.memoryOf(tensor), this.addSlot({ kind: "input", index }));
  }

  born(memory: TensorMemory): void {
    this.created.add(memory);
  }

  record({ op, parameters, operands, written, dependsOn }: NativeCall): void {
    const inPlace = written.length === 0;
    const made = written.map((index) => operands[index]);
    const read = dependsOn.filter((operand) => !made.includes(operand));
    if (!inPlace && !read.some((operand) => this.depends(operand))) return;
    const sources = operands.map((operand, index) =>
      written.includes(index) ? this.make(operand as tf.TensorInfo) : this.sourceOf(operand),
    );
    const makes = written.map((index) => (sources[index] as Value).id);
    this.instructions.push({ op, parameters: [...parameters], operands: sources, makes, host: null });
  }

  recordHost(
    inputs: readonly tf.TensorInfo[],
    outputs: readonly tf.TensorInfo[],
    compute: HostFunction,
  ): void {
    const sources = [
      ...inputs.map((tensor) => this.sourceOf(tensor)),
      ...outputs.map((tensor) => this.make(tensor)),
    ];
    const makes = sources.slice(inputs.length).map((source) => (source as Value).id);
    const host = { compute, inputs: inputs.length };
    this.instructions.push({ op: -1, parameters: [], operands: sources, makes, host });
  }

  refuseRead(memory: TensorMemory, what: string): void {
    if (!this.values.has(memory) && !this.variables.has(memory) && !this.slotOf.has(memory)) return;
    throw new CaptureError(
      `The step cannot be captured, because ${what} needs values that change from run to run; move it out of the step, or use hostStep.`,
    );
  }

  /**
   * Variables that the step has assigned new values to get them at the end of each run.
   *
   * @returns those which now share their memory with an input, a constant or another variable
   */
  finishAssignments(): tf.Variable[] {
    const sharing: tf.Variable[] = [];
    for (const [memory, variable] of this.variables) {
      if (variable.isDisposed) continue;
      const now = this.backend.memoryOf(variable);
      if (now === memory) continue;
      const source = this.sourceOf(variable);
      if (source.kind === "slot") sharing.push(variable);
      const slot = { kind: "slot", slot: this.variableSlot(variable) } as const;
      this.instructions.push({
        op: Op.strided,
        parameters: [1, variable.size, 1, 1, 0, 0],
        operands: [source, slot],
        makes: [],
        host: null,
      });
    }
    return sharing;
  }

  /** Where a result of the step lies. */
  sourceOf(operand: NativeOperand): Source {
    if (operand instanceof Float64Array) return this.arraySlot(operand, operand, null);
    const memory = this.backend.memoryOf(operand);
    const value = this.values.get(memory);
    if (value) return value;
    const known = this.slotOf.get(memory);
    if (known !== undefined) return { kind: "slot", slot: known };
    const variable = this.variables.get(memory);
    if (variable) return { kind: "slot", slot: this.variableSlot(variable) };
    const array = this.backend.arrayOf(operand);
    this.backend.retain(operand);
    return this.arraySlot(memory, array, this.created.has(memory) ? null : operand.dataId);
  }

  private depends(operand: NativeOperand): boolean {
    if (operand instanceof Float64Array) return true;
    const memory = this.backend.memoryOf(operand);
    if (this.values.has(memory) || this.variables.has(memory)) return true;
    // What the caller made beforehand may be changed in place from outside.
    return this.slotOf.has(memory) || memory.mutable === true || !this.created.has(memory);
  }

  private make(tensor: tf.TensorInfo): Value {
    const memory = this.backend.memoryOf(tensor);
    // Made part by part, by several instructions.
    const known = this.values.get(memory);
    if (known) return known;
    const length = tf.util.sizeFromShape(tensor.shape);
    const value: Value = { kind: "value", id: this.values.size, dtype: tensor.dtype as "float32", length };
    this.values.set(memory, value);
    return value;
  }

  private variableSlot(variable: tf.Variable): number {
    const known = this.slotOf.get(variable);
    if (known !== undefined) return known;
    const slot = this.addSlot({ kind: "variable", variable });
    this.slotOf.set(variable, slot);
    return slot;
  }

  private arraySlot(key: object, array: NativeArray, owner: object | null): Source {
    const known = this.slotOf.get(key);
    if (known !== undefined) return { kind: "slot", slot: known };
    const slot = this.addSlot({ kind: "array", array, owner });
    // A key in `slotOf` counts as changing; constants have to be found again, too, and reading them is harmless.
    if (owner !== null || array instanceof Float64Array) this.slotOf.set(key, slot);
    return { kind: "slot", slot };
  }

  private addSlot(source: SlotSource): number {
    this.slots.push(source);
    return this.slots.length - 1;
  }
}
