/** A fit that cannot be done as asked, or that has come to nothing. */
export class FitError extends Error {
  override readonly name = "FitError";
  constructor(
    readonly code: "invalid-fit" | "diverged" | "state-mismatch",
    message: string,
  ) {
    super(message);
  }
}
