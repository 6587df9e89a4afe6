import { sizeOf } from "./element.js";
import { ReplayError } from "./errors.js";
import type { FieldSpec, PrioritisedSampling, ReplayConfig } from "./types.js";

/** @throws ReplayError `invalid-config` */
export function checkConfig(config: ReplayConfig): void {
  const { element, numEnvs, capacity, nStep, gamma, stack } = config;
  requireInteger("numEnvs", numEnvs, 1, 2 ** 31 - 1);
  requireInteger("nStep", nStep, 1, 255);
  requireInteger("stack", stack, 1, 255);
  requireInteger("capacity", capacity, numEnvs, Number.MAX_SAFE_INTEGER);
  requireInteger("element.actionMask", element.actionMask, 0, 2 ** 31 - 1);
  requireField("element.observation", element.observation);
  requireField("element.action", element.action);
  if (!(gamma >= 0 && gamma <= 1)) {
    throw new ReplayError("invalid-config", `gamma is ${gamma}, expected a number from 0 to 1.`);
  }
  if (element.action.dtype === "uint8") {
    throw new ReplayError("invalid-config", "element.action.dtype is uint8, expected int32 or float32.");
  }
  if (config.sampling?.type === "prioritised") checkSampling(config.sampling);
}

function checkSampling({ alpha, betaStart, betaEnd, betaUpdates, epsilon }: PrioritisedSampling): void {
  for (const [name, value] of Object.entries({ alpha, betaStart, betaEnd })) {
    if (value >= 0 && value <= 1) continue;
    throw new ReplayError("invalid-config", `sampling.${name} is ${value}, expected a number from 0 to 1.`);
  }
  requireInteger("sampling.betaUpdates", betaUpdates, 1, Number.MAX_SAFE_INTEGER);
  if (epsilon > 0 && epsilon < Infinity) return;
  throw new ReplayError("invalid-config", `sampling.epsilon is ${epsilon}, expected a number above 0.`);
}

export function requireInteger(name: string, value: number, low: number, high: number): void {
  if (Number.isInteger(value) && value >= low && value <= high) return;
  const limit = high >= 2 ** 31 - 1 ? `of at least ${low}` : `from ${low} to ${high}`;
  throw new ReplayError("invalid-config", `${name} is ${value}, expected an integer ${limit}.`);
}

export function requireField(name: string, field: FieldSpec): void {
  if (sizeOf(field) >= 1 && field.shape.every(Number.isInteger)) return;
  throw new ReplayError(
    "invalid-config",
    `${name}.shape is [${field.shape.join(", ")}], expected positive integers: an element needs at least one value.`,
  );
}
