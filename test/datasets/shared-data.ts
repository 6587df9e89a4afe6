import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { beforeEach, type TestContext } from "vitest";

const folder = resolve(process.env["LUDUS_SHARED"] ?? "../shared", "data");

/** The folder of shared data sets, or null where it is not there: then `skipWithoutData` says so. */
export function sharedData(): string | null {
  return existsSync(folder) ? folder : null;
}

/** Skips a test, with its reason, where the shared data sets are not there. */
export function skipWithoutData(context: TestContext): void {
  if (sharedData() === null) {
    context.skip(`${folder} is not there (set LUDUS_SHARED to the folder that holds data/)`);
  }
}

/** The same for all tests of the `describe` that it is called in. */
export function needsData(): void {
  beforeEach(skipWithoutData);
}
