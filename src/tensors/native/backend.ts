import { MathBackendCPU } from "@tensorflow/tfjs-backend-cpu";
import { type backend_util, type DataType, type TensorInfo, util } from "@tensorflow/tfjs-core";
import type { HostCompute } from "../ops/host.js";
import type { Addon, NativeArray } from "./addon.js";
import { BufferPool, type PooledDtype } from "./buffer-pool.js";
import type { OpCode } from "./operations.js";

/** One tensor's memory. Tensors that share it (reshapes, clones) share this record. */
export interface TensorMemory {
  values?: backend_util.BackendValues;
  dtype: DataType;
  refCount: number;
  /** The array came from the pool and nobody else has seen it: it may go back there. */
  pooled?: boolean;
  /** Operations change it in place, so that readers get copies. */
  mutable?: boolean;
}

/** Memory of a tensor, or an array outside of tfjs (an optimiser's constants). */
export type NativeOperand = TensorInfo | Float64Array;

/** What a recorder is told while a step is captured. */
export interface Recorder {
  record(call: NativeCall): void;
  /** A host function: computes outputs from inputs in JavaScript. */
  recordHost(inputs: readonly TensorInfo[], outputs: readonly TensorInfo[], compute: HostFunction): void;
  /** Memory whose content depends on what a step is given leaves the engine. @throws if it does */
  refuseRead(memory: TensorMemory, what: string): void;
  born(memory: TensorMemory): void;
}

export interface NativeCall {
  op: OpCode;
  parameters: readonly number[];
  operands: readonly NativeOperand[];
  /** Which operands are written, by index; none if operands are changed in place. */
  written: readonly number[];
  /** What the result depends on, if that is more than the operands: results that several calls make part by part. */
  dependsOn: readonly NativeOperand[];
}

/** Reads inputs and fills outputs; arrays are valid during the call only. */
export type HostFunction = HostCompute;

/**
 * The native engine as a tfjs backend. Tensors are typed arrays, as tfjs-backend-cpu has them, so that any kernel of
 * it works on the same memory. Outputs come from a pool. An array goes back there when its last tensor is disposed of,
 * unless somebody may still hold it: a reader (`dataSync`), or a kernel of tfjs-backend-cpu, which may return views.
 */
export class NativeBackend extends MathBackendCPU {
  readonly pool = new BufferPool();
  /** Set while a step is captured. */
  recorder: Recorder | null = null;
  private readonly parameters = new Float64Array(48);

  constructor(readonly addon: Addon) {
    super();
  }

  /** The record of a tensor's memory; moves it here if it is on another engine. */
  memoryOf(tensor: { dataId: object }): TensorMemory {
    return this.data.get(tensor.dataId) as TensorMemory;
  }

  /** A tensor's array. Whoever keeps it longer than a kernel's run has to call `retain` first. */
  arrayOf(tensor: TensorInfo): NativeArray {
    const memory = this.memoryOf(tensor);
    if (!ArrayBuffer.isView(memory.values)) {
      memory.values = util.toTypedArray(memory.values as unknown as number[], tensor.dtype as "float32");
    }
    return memory.values as NativeArray;
  }

  /** A new tensor of unknown content. */
  allocate(shape: readonly number[], dtype: PooledDtype): TensorInfo {
    const values = this.pool.take(dtype, util.sizeFromShape(shape as number[]));
    const info = this.makeTensorInfo(shape as number[], dtype, values as Float32Array);
    this.memoryOf(info).pooled = true;
    return info;
  }

  /** Does an operation, and records it while a step is captured. */
  execute(
    op: OpCode,
    parameters: readonly number[],
    operands: readonly NativeOperand[],
    written: readonly number[],
    dependsOn: readonly NativeOperand[] = operands,
  ): void {
    for (let i = 0; i < parameters.length; i++) this.parameters[i] = parameters[i]!;
    const array = (operand: NativeOperand): NativeArray =>
      operand instanceof Float64Array ? operand : this.arrayOf(operand);
    this.addon.run(op, this.parameters, ...operands.map(array));
    this.recorder?.record({ op, parameters, operands, written, dependsOn });
  }

  /** The arrays of these tensors are never pooled: somebody outside holds them, or may. */
  retain(tensor: { dataId: object }): void {
    this.memoryOf(tensor).pooled = false;
  }

  /** Gives a variable memory of its own, which operations may change in place. */
  own(tensor: TensorInfo): void {
    const memory = this.memoryOf(tensor);
    memory.mutable = true;
  }

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): object {
    const dataId = super.write(values, shape, dtype);
    this.recorder?.born(this.memoryOf({ dataId }));
    return dataId;
  }

  override readSync(dataId: object): backend_util.BackendValues {
    const memory = this.memoryOf({ dataId });
    this.recorder?.refuseRead(memory, "a host read (dataSync, data or array)");
    memory.pooled = false;
    const values = super.readSync(dataId);
    return memory.mutable ? (values as Float32Array).slice() : values;
  }

  override disposeData(dataId: object, force = false): boolean {
    const memory = this.data.has(dataId) ? this.memoryOf({ dataId }) : null;
    const gone = super.disposeData(dataId, force);
    if (gone && memory?.pooled) {
      memory.pooled = false;
      this.pool.release(memory.dtype as PooledDtype, memory.values as NativeArray);
    }
    return gone;
  }
}
