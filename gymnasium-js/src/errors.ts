/** Every error that this package throws on purpose: `code` is stable, `message` names value, expectation and fix. */
export class GymnasiumError extends Error {
  override readonly name: string = "GymnasiumError";
  constructor(
    readonly code:
      | "invalid-space"
      | "invalid-action"
      | "invalid-observation"
      | "invalid-reward"
      | "invalid-options"
      | "invalid-env"
      | "reset-needed"
      | "unknown-env"
      | "deprecated-env"
      | "duplicate-env"
      | "unsupported"
      | "invalid-snapshot"
      | "invalid-seed"
      | "closed"
      | "stale-infos"
      | "worker-failed",
    message: string,
  ) {
    super(message);
  }
}
