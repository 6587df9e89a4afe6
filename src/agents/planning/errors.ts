/** What a planner throws on purpose: `code` is stable, `message` names value, expectation and fix. */
export class PlanningError extends Error {
  override readonly name = "PlanningError";
  constructor(
    readonly code: "invalid-argument" | "malformed-table" | "no-convergence",
    message: string,
  ) {
    super(message);
  }
}
