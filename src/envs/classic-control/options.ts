import type { ResetOptions } from "gymnasium-js";
import { invalid, type Kwargs, show } from "../kwargs.js";

/** Between which uniform initial values are drawn. */
export interface ResetBounds {
  readonly low: number;
  readonly high: number;
}

/**
 * The reset options `low` and `high`, as Gymnasium's environments of classic control take them.
 * @throws GymnasiumError `invalid-options` where they make no interval
 */
export function resetBounds(options: ResetOptions | undefined, fallback: ResetBounds): ResetBounds {
  if (options === undefined) return fallback;
  const low = options["low"] ?? fallback.low;
  const high = options["high"] ?? fallback.high;
  if (typeof low !== "number" || typeof high !== "number" || !(low <= high && Number.isFinite(high - low))) {
    throw invalid(
      `Reset bounds low ${show(low)} and high ${show(high)} make no interval; give two finite numbers with low <= high.`,
    );
  }
  return { low, high };
}

/** @throws GymnasiumError `invalid-options` for anything but a finite number */
export function finite(kwargs: Kwargs, name: string, fallback: number): number {
  const value = kwargs[name] ?? fallback;
  if (typeof value !== "number" || !Number.isFinite(value)) {
    throw invalid(`${name} is ${show(value)}; give a finite number.`);
  }
  return value;
}
