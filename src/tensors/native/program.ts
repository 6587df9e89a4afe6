import { CaptureError } from "../errors.js";
import type { NativeArray, NativeProgram, PlacedOperand, ProgramInstruction } from "./addon.js";
import type { NativeBackend } from "./backend.js";
import { dtypeCodes } from "./operations.js";
import type { RecordedInstruction, SlotSource, Source, StepRecorder, Value } from "./recorder.js";
import { valueDtypes } from "./recorder.js";

/** Values begin at multiples of this many bytes: one cache line. */
const alignment = 64;

/** First and last instruction that touch a value. */
interface Lifetime {
  value: Value;
  from: number;
  to: number;
}

/** A step as one native call: its operations, and one arena for all results, whose places are used again and again. */
export class StepProgram {
  private readonly program: NativeProgram;
  private readonly arena: Uint8Array;
  private readonly sources: readonly SlotSource[];
  private readonly bound: NativeArray[];

  /**
   * @param results what the step returns, by name
   */
  constructor(
    private readonly backend: NativeBackend,
    recorder: StepRecorder,
    results: ReadonlyMap<string, Source>,
    inputs: readonly NativeArray[],
  ) {
    const instructions = withoutDeadCode(recorder.instructions, results);
    this.sources = recorder.slots;
    const { offsets, size } = placed(instructions, results);
    this.arena = alignedBytes(backend, size);
    this.bound = [this.arena, ...recorder.slots.map((source) => this.arrayOf(source, inputs))];
    const place = (source: Source): PlacedOperand => {
      if (source.kind === "value") {
        return [0, offsets.get(source.id)!, source.length, valueDtypes[source.dtype]];
      }
      const array = this.bound[source.slot + 1]!;
      return [source.slot + 1, 0, array.length, dtypeOf(array)];
    };
    const functions: (() => void)[] = [];
    const placedInstructions = instructions.map((instruction): ProgramInstruction => {
      const { op, parameters, operands, host } = instruction;
      if (host !== null) functions.push(this.hostCall(instruction, offsets));
      return { op, parameters, operands: operands.map(place), host: functions.length - 1 };
    });
    const slots = this.bound.map((array) => [dtypeOf(array), array.length] as const);
    this.program = new backend.addon.Program(slots, placedInstructions, functions);
    this.results = new Map([...results].map(([name, source]) => [name, this.viewOf(source, offsets)]));
  }

  /** What the last run computed, by name; the memory is the next run's. */
  readonly results: ReadonlyMap<string, () => NativeArray>;

  run(inputs: readonly NativeArray[]): void {
    for (const [index, source] of this.sources.entries()) {
      if (source.kind === "input") this.bound[index + 1] = inputs[source.index]!;
      else if (source.kind === "variable") this.bound[index + 1] = this.backend.arrayOf(source.variable);
      else if (source.owner !== null && !this.backend.data.has(source.owner)) {
        throw new CaptureError("A tensor that a captured step uses was disposed of; capture the step again.");
      }
    }
    this.program.run(this.bound);
  }

  private arrayOf(source: SlotSource, inputs: readonly NativeArray[]): NativeArray {
    switch (source.kind) {
      case "input":
        return inputs[source.index]!;
      case "variable":
        return this.backend.arrayOf(source.variable);
      case "array":
        return source.array;
      default:
        throw new Error(`There is no slot of kind ${JSON.stringify(source satisfies never)}.`);
    }
  }

  private hostCall(
    { operands, host }: RecordedInstruction,
    offsets: ReadonlyMap<number, number>,
  ): () => void {
    const views = operands.map((source) => this.viewOf(source, offsets));
    const { compute, inputs } = host!;
    const arrays = views.map((view) => view());
    return () => {
      for (const [index, view] of views.entries()) arrays[index] = view();
      compute(arrays.slice(0, inputs) as Float32Array[], arrays.slice(inputs) as Float32Array[]);
    };
  }

  /** Values lie in the arena for good; slots are looked up when they are read. */
  private viewOf(source: Source, offsets: ReadonlyMap<number, number>): () => NativeArray {
    if (source.kind === "slot") return () => this.bound[source.slot + 1]!;
    const at = this.arena.byteOffset + offsets.get(source.id)!;
    const view = new constructors[source.dtype](this.arena.buffer as ArrayBuffer, at, source.length);
    return () => view;
  }
}

const constructors = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

function dtypeOf(array: NativeArray): number {
  if (array instanceof Float32Array) return dtypeCodes.float32;
  if (array instanceof Int32Array) return dtypeCodes.int32;
  return array instanceof Uint8Array ? dtypeCodes.bool : dtypeCodes.float64;
}

function alignedBytes(backend: NativeBackend, size: number): Uint8Array {
  const memory = new Uint8Array(size + alignment);
  const shift = (alignment - backend.addon.misalignment(memory)) % alignment;
  return memory.subarray(shift, shift + size);
}

/** Leaves out what makes only values that nobody uses; what changes memory in place, and host functions, stay. */
function withoutDeadCode(
  instructions: readonly RecordedInstruction[],
  results: ReadonlyMap<string, Source>,
): RecordedInstruction[] {
  const used = new Set<number>();
  const use = (source: Source) => {
    if (source.kind === "value") used.add(source.id);
  };
  for (const source of results.values()) use(source);
  const alive: RecordedInstruction[] = [];
  for (const instruction of instructions.toReversed()) {
    const { makes, operands, host } = instruction;
    if (makes.length > 0 && host === null && !makes.some((id) => used.has(id))) continue;
    operands.forEach(use);
    alive.push(instruction);
  }
  return alive.reverse();
}

/** Byte offsets of all values, so that no two that live at once overlap: the largest first, each as low as it fits. */
function placed(
  instructions: readonly RecordedInstruction[],
  results: ReadonlyMap<string, Source>,
): { offsets: Map<number, number>; size: number } {
  const lifetimes = new Map<number, Lifetime>();
  const touch = (source: Source, at: number) => {
    if (source.kind !== "value") return;
    const lifetime = lifetimes.get(source.id);
    if (lifetime) lifetime.to = at;
    else lifetimes.set(source.id, { value: source, from: at, to: at });
  };
  for (const [at, { operands }] of instructions.entries()) for (const source of operands) touch(source, at);
  for (const source of results.values()) touch(source, instructions.length);
  const order = [...lifetimes.values()].sort((a, b) => bytesOf(b.value) - bytesOf(a.value));
  const done: (Lifetime & { offset: number })[] = [];
  for (const lifetime of order) {
    const neighbours = done
      .filter(({ from, to }) => from <= lifetime.to && lifetime.from <= to)
      .sort((a, b) => a.offset - b.offset);
    let offset = 0;
    for (const neighbour of neighbours) {
      if (offset + bytesOf(lifetime.value) <= neighbour.offset) break;
      offset = Math.max(offset, neighbour.offset + bytesOf(neighbour.value));
    }
    done.push({ ...lifetime, offset });
  }
  const offsets = new Map(done.map(({ value, offset }) => [value.id, offset]));
  const size = done.reduce((most, { value, offset }) => Math.max(most, offset + bytesOf(value)), 0);
  return { offsets, size };
}

function bytesOf({ length, dtype }: Value): number {
  const bytes = length * (dtype === "bool" ? 1 : 4);
  return Math.max(alignment, Math.ceil(bytes / alignment) * alignment);
}
