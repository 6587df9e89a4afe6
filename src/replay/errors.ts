/** Every error that replay throws on purpose: `code` is stable, `message` names value, expectation and fix. */
export class ReplayError extends Error {
  override readonly name = "ReplayError";
  constructor(
    readonly code:
      | "invalid-config"
      | "invalid-step"
      | "unsupported-space"
      | "out-of-memory"
      | "empty"
      | "invalid-priority"
      | "corrupt"
      | "mismatch"
      | "newer-version",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
