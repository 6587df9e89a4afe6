import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { ModuleBuilder } from "./assembler.js";
import { addActivationGradients, addBiasKernel, addColumnSums, addSumOfSquares } from "./elementwise.js";
import { addGemmPanel } from "./gemm.js";
import { addOptimizers } from "./optimizers.js";
import { addPackColumns, addPackRows, addUnpackTile } from "./packing.js";
import { addGatherWindows, addScatterWindows } from "./windows.js";

/** Functions of our module, all on byte addresses in the engine's memory; see the files that add them. */
export type SimdFunction =
  | "gemmRows"
  | "gemmColumns"
  | "packRows"
  | "packColumns"
  | "unpackTile"
  | "gatherWindows"
  | "scatterWindows"
  | "addBias"
  | "reluGradient"
  | "tanhGradient"
  | "sigmoidGradient"
  | "columnSums"
  | "sgd"
  | "sgdMomentum"
  | "sgdNesterov"
  | "rmsprop"
  | "rmspropMomentum"
  | "rmspropCentered"
  | "rmspropCenteredMomentum"
  | "adam";

type SimdExports = Record<SimdFunction, (...values: number[]) => void> & {
  sumOfSquares(x: number, size: number): number;
};

/** Our kernels on the memory of one tfjs-wasm backend. */
export interface Simd {
  call: SimdExports;
  /** Scratch memory of at least `bytes`, at the same place until a larger one of this name is asked for. */
  scratch(name: string, bytes: number): number;
}

const instances = new WeakMap<BackendWasm, Simd>();

/** Assembles and compiles the kernels for a backend, once. Rejects where there is no WebAssembly SIMD. */
export async function startSimd(backend: BackendWasm): Promise<void> {
  if (!instances.has(backend)) instances.set(backend, await instantiate(backend));
}

/** The kernels for a backend that `startSimd` was given. */
export function simdOf(backend: BackendWasm): Simd {
  const simd = instances.get(backend);
  if (!simd) throw new Error("This wasm backend was not started by useEngine; call useEngine first.");
  return simd;
}

/** Byte address of a tensor's elements in the engine's memory. Growing the memory does not change it. */
export function addressOf(backend: BackendWasm, tensor: TensorInfo): number {
  return backend.dataIdMap.get(tensor.dataId).memoryOffset;
}

async function instantiate(backend: BackendWasm): Promise<Simd> {
  // Emscripten keeps the exports of tfjs's own module in `asm`; its memory is what both modules share.
  const emscripten = backend.wasm as unknown as {
    asm: { memory: WebAssembly.Memory };
    _malloc(bytes: number): number;
    _free(address: number): void;
  };
  const { instance } = await WebAssembly.instantiate(assemble(), { env: { memory: emscripten.asm.memory } });
  const blocks = new Map<string, { address: number; bytes: number }>();
  return {
    call: instance.exports as unknown as SimdExports,
    scratch(name, bytes) {
      const block = blocks.get(name);
      if (block && block.bytes >= bytes) return block.address;
      if (block) emscripten._free(block.address);
      const address = emscripten._malloc(bytes) >>> 0;
      blocks.set(name, { address, bytes });
      return address;
    },
  };
}

function assemble(): Uint8Array<ArrayBuffer> {
  const module = new ModuleBuilder();
  addGemmPanel(module, "gemmRows", "rows");
  addGemmPanel(module, "gemmColumns", "columns");
  addPackRows(module);
  addPackColumns(module);
  addUnpackTile(module);
  addGatherWindows(module);
  addScatterWindows(module);
  addBiasKernel(module);
  addActivationGradients(module);
  addColumnSums(module);
  addSumOfSquares(module);
  addOptimizers(module);
  return module.build();
}
