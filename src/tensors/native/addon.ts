import { createRequire } from "node:module";
import { EngineMissingError } from "../errors.js";
import { findAddon } from "./addon-file.js";

/** Memory that the addon reads and writes. */
export type NativeArray = Float32Array | Int32Array | Uint8Array | Float64Array;

/** `[slot, byte offset, elements, dtype]` */
export type PlacedOperand = readonly [number, number, number, number];

export interface ProgramInstruction {
  /** An operation, or -1 for host function number `host`. */
  op: number;
  parameters: readonly number[];
  operands: readonly PlacedOperand[];
  host: number;
}

export interface NativeProgram {
  /** Binds one array to each slot and does all instructions. */
  run(arrays: readonly NativeArray[]): void;
}

/** What native/src/addon.cpp exports. */
export interface Addon {
  /** Does one operation at once. @throws if operands and parameters do not fit each other */
  run(op: number, parameters: Float64Array, ...operands: NativeArray[]): void;
  Program: new (
    slots: readonly (readonly [dtype: number, length: number])[],
    instructions: readonly ProgramInstruction[],
    functions: readonly (() => void)[],
  ) => NativeProgram;
  /** Measures the floating-point operations per second of one core; takes some milliseconds. */
  measurePeak(): number;
  /** Where an array begins, modulo 64. */
  misalignment(array: NativeArray): number;
  instructionSet: string;
  threads: number;
  version: number;
}

/** Version of the addon's interface that this code speaks. */
const interfaceVersion = 1;

let loaded: Addon | null = null;

/** Loads the addon once. @throws {EngineMissingError} if it is not built, or does not load here */
export function loadAddon(): Addon {
  if (loaded !== null) return loaded;
  const found = findAddon();
  if ("missing" in found) throw new EngineMissingError(found.missing);
  let addon: Addon;
  try {
    addon = createRequire(import.meta.url)(found.path) as Addon;
  } catch (cause) {
    throw new EngineMissingError(
      `The native engine at ${found.path} does not load (${(cause as Error).message}); rebuild it with \`npm rebuild ludus\`, or use --engine wasm.`,
      { cause },
    );
  }
  if (addon.version !== interfaceVersion) {
    throw new EngineMissingError(
      `The native engine at ${found.path} is of another version of Ludus; rebuild it with \`npm rebuild ludus\`, or use --engine wasm.`,
    );
  }
  loaded = addon;
  return addon;
}
