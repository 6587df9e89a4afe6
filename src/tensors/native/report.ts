import { findBackend } from "@tensorflow/tfjs-core";
import { loadAddon } from "./addon.js";
import type { NativeBackend } from "./backend.js";
import type { PoolReport } from "./buffer-pool.js";

/** What `ludus doctor` says of the native engine. */
export interface NativeReport {
  /** avx512, avx2, baseline or neon; the environment variable LUDUS_ISA chooses another that the processor has. */
  instructionSet: string;
  /** Threads inside big operations, by the environment variable LUDUS_THREADS. */
  threads: number;
  /** Measured floating-point operations per second of one core, in 10^9. */
  peakGflops: number;
  pool: PoolReport;
}

/** GFLOP/s of one core by multiply-adds on registers, measured now. @throws {EngineMissingError} */
export function measurePeak(): number {
  return loadAddon().measurePeak() / 1e9;
}

/** The backend has to be registered. */
export function reportNative(): NativeReport {
  const { instructionSet, threads } = loadAddon();
  const { pool } = findBackend("native") as NativeBackend;
  return { instructionSet, threads, peakGflops: measurePeak(), pool: pool.report() };
}
