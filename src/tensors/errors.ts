/** An engine (or the package behind it) is not installed or does not work here. The CLI exits with 3 on it. */
export class EngineMissingError extends Error {
  readonly code = "engine-missing";
  override readonly name = "EngineMissingError";
}

/** Bytes that are not a whole, valid safetensors file. */
export class SafetensorsError extends Error {
  readonly code = "safetensors-invalid";
  override readonly name = "SafetensorsError";
}

/** Gradients or a saved state that do not belong to the optimiser's variables. */
export class OptimizerError extends Error {
  readonly code = "optimizer-mismatch";
  override readonly name = "OptimizerError";
}

/** Something in a step that cannot be captured; the message names the operation. */
export class CaptureError extends Error {
  readonly code = "not-capturable";
  override readonly name = "CaptureError";
}
