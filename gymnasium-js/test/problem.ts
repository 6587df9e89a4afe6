import { GymnasiumError } from "../src/index.js";

/** The GymnasiumError that `call` throws. */
export function problemOf(call: () => unknown): GymnasiumError {
  try {
    call();
  } catch (error) {
    if (error instanceof GymnasiumError) return error;
    throw error;
  }
  throw new Error("expected a GymnasiumError, but nothing was thrown");
}
