/** What an environment allocated while it made some steps. */
export interface Allocation {
  readonly steps: number;
  readonly bytesPerStep: number;
  /** Garbage collections during these steps. */
  readonly collections: number;
}

/**
 * Less than the smallest object that V8 can make for each step (three words with a number in it). Episodes may cost
 * something: what a reset returns, an info.
 */
export const mostBytesPerStep = 12;

/** The meter's young generation (its flag --max-semi-space-size=1): it is collected whenever so much was allocated. */
const semiSpaceBytes = 1024 * 1024;

/** As many as the bytes allowed make, and one for what else goes on. */
export function mostCollections(steps: number): number {
  return 1 + (mostBytesPerStep * steps) / semiSpaceBytes;
}

export function isNextToNothing({ steps, bytesPerStep, collections }: Allocation): boolean {
  return bytesPerStep < mostBytesPerStep && collections <= mostCollections(steps);
}
