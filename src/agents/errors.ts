/** What an agent throws on purpose: `code` is stable, `message` names value, expectation and fix. */
export class AgentError extends Error {
  override readonly name = "AgentError";
  constructor(
    readonly code:
      | "unknown-agent"
      | "unsupported-space"
      | "invalid-config"
      | "invalid-argument"
      | "invalid-state"
      | "diverged",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
