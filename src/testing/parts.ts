/** What a test runner hands to the body of a test, as far as it is used here (vitest, node:test). */
export interface TestContext {
  skip(reason?: string): void;
}

/** A runner's function that registers one test: vitest's `test`, or that of `node:test`. */
export type TestFunction = (name: string, body: (context: TestContext) => void) => unknown;

/** Parts of a contract that are left out, each with the reason why. */
export type SkipReasons<Part extends string> = { readonly [part in Part]?: string };

/** How much is played. */
export interface PlayOptions {
  /** Steps of each random play; 200 by default. */
  readonly steps?: number | undefined;
  /** Seeds of the random plays; 0 to 4 by default. */
  readonly seeds?: readonly number[] | undefined;
}

export interface ContractOptions<Part extends string> extends PlayOptions {
  /** The runner's function that registers a test. */
  readonly test: TestFunction;
  /** Stands before the name of each test. */
  readonly name?: string | undefined;
  /** Parts to leave out, with the reason, for instance `{ snapshot: "runs in another process" }`. */
  readonly skip?: SkipReasons<Part> | undefined;
}

/** A part of a contract: what it promises, and the check, which throws where the promise is broken. */
export interface ContractPart {
  readonly promise: string;
  check(): void;
}

/**
 * Registers one test per part.
 *
 * @throws Error if a part is to be skipped without a reason, or does not exist
 */
export function registerParts<Part extends string>(
  parts: { readonly [part in Part]: ContractPart },
  { test, name, skip = {} }: ContractOptions<Part>,
): void {
  requireReasons(Object.keys(parts), skip);
  for (const [part, { promise, check }] of Object.entries(parts) as [Part, ContractPart][]) {
    const reason = (skip as SkipReasons<string>)[part];
    const title = name === undefined ? promise : `${name} ${promise}`;
    test(title, reason === undefined ? () => check() : (context) => context.skip(reason));
  }
}

function requireReasons(parts: readonly string[], skip: SkipReasons<string>): void {
  for (const [part, reason] of Object.entries(skip)) {
    if (!parts.includes(part)) {
      throw new Error(`There is no part "${part}" to skip: expected one of ${parts.join(", ")}.`);
    }
    if (typeof reason !== "string" || reason.trim() === "") {
      throw new Error(
        `The part "${part}" is skipped without a reason: write one, for instance { ${part}: "..." }.`,
      );
    }
  }
}

export const defaultSteps = 200;
export const defaultSeeds: readonly number[] = [0, 1, 2, 3, 4];
