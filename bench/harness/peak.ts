import { EngineMissingError } from "ludus";

/** Most GFLOP/s that one core does in multiply-adds on registers; null without the native engine, which measures it. */
export async function peakGflops(): Promise<number | null> {
  const { measurePeak } = await import("../../src/tensors/native/report.js");
  try {
    return Math.max(...Array.from({ length: 5 }, measurePeak));
  } catch (error) {
    if (error instanceof EngineMissingError) return null;
    throw error;
  }
}
