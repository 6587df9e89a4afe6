/** A net that cannot be built as asked, or weights that do not belong to it. */
export class NetError extends Error {
  override readonly name = "NetError";
  constructor(
    readonly code: "invalid-net" | "invalid-input" | "weights-mismatch",
    message: string,
  ) {
    super(message);
  }
}
