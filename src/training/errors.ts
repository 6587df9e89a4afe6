/** Exit codes of the command line; see docs/cli.md. */
export const exitCodes = { done: 0, failed: 1, usage: 2, missing: 3, interrupted: 130 } as const;

/** Stable names of what can go wrong, and the exit code that each means. */
const exitCodeOf = {
  "unknown-agent": exitCodes.usage,
  "unknown-task": exitCodes.usage,
  "unknown-preset": exitCodes.usage,
  "unknown-key": exitCodes.usage,
  "invalid-value": exitCodes.usage,
  "unknown-run": exitCodes.usage,
  "unknown-checkpoint": exitCodes.usage,
  "unknown-module": exitCodes.usage,
  "invalid-module": exitCodes.usage,
  unsupported: exitCodes.usage,
  "corrupt-run": exitCodes.failed,
  "corrupt-episode": exitCodes.failed,
  "corrupt-checkpoint": exitCodes.failed,
  "newer-run": exitCodes.failed,
  "run-in-use": exitCodes.failed,
  "disk-full": exitCodes.failed,
  "write-failed": exitCodes.failed,
  "env-failed": exitCodes.failed,
  "process-died": exitCodes.failed,
  diverged: exitCodes.failed,
  "port-in-use": exitCodes.failed,
  "no-page": exitCodes.missing,
} as const satisfies Record<string, number>;

export type LudusErrorCode = keyof typeof exitCodeOf;

/** An error that Ludus throws on purpose: one sentence that names the value, the expectation and the fix. */
export class LudusError extends Error {
  override readonly name = "LudusError";
  readonly exitCode: number;

  constructor(
    readonly code: LudusErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.exitCode = exitCodeOf[code];
  }
}
