import type { Env, RgbFrame } from "../env.js";
import { GymnasiumError } from "../errors.js";
import { describeValue } from "../explain.js";

/** @throws GymnasiumError `invalid-options` unless `env` renders pictures */
export function requirePictures(env: Env<never, never>, what: string): void {
  if (env.renderMode === "rgb_array") return;
  throw new GymnasiumError(
    "invalid-options",
    `${what}: the environment's renderMode is ${describeValue(env.renderMode)}, expected "rgb_array": make it with { renderMode: "rgb_array" }.`,
  );
}

/** @throws GymnasiumError `invalid-env` if what was rendered is no picture */
export function requirePicture(rendered: string | RgbFrame | null, what: string): RgbFrame {
  if (typeof rendered === "object" && rendered !== null && "data" in rendered) return rendered;
  throw new GymnasiumError(
    "invalid-env",
    `${what}: render returned ${describeValue(rendered)}, expected a picture { width, height, data }.`,
  );
}

/** A copy that no later `render` writes to. */
export function copyPicture({ width, height, data }: RgbFrame): RgbFrame {
  return { width, height, data: data.slice() };
}
