/** Outputs, targets or weights that a loss cannot be of, or parameters that a penalty does not find. */
export class LossError extends Error {
  override readonly name = "LossError";
  constructor(
    readonly code: "shape-mismatch" | "dtype-mismatch" | "no-parameters" | "invalid-limit",
    message: string,
  ) {
    super(message);
  }
}
