import { GymnasiumError } from "../../errors.js";

/** Which rows of the vector a worker has. */
export interface WorkerShare {
  readonly index: number;
  readonly first: number;
  readonly count: number;
}

/** As evenly as can be, in order. */
export function sharesOf(numEnvs: number, numWorkers: number): WorkerShare[] {
  const workers = Math.min(numWorkers, numEnvs);
  const bound = (index: number) => Math.floor((index * numEnvs) / workers);
  return Array.from({ length: workers }, (_, index) => ({
    index,
    first: bound(index),
    count: bound(index + 1) - bound(index),
  }));
}

export function requireNumWorkers(numWorkers: number, id: string): number {
  if (Number.isSafeInteger(numWorkers) && numWorkers > 0) return numWorkers;
  throw new GymnasiumError(
    "invalid-options",
    `${id}: numWorkers is ${numWorkers}, expected a whole number of at least 1.`,
  );
}
