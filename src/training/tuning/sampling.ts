import { Generator, SeedSequence } from "gymnasium-js";
import { type PartialConfig, type RunConfig, resolveConfig } from "../config.js";
import { LudusError } from "../errors.js";
import { compareKeys, draw, type Space, settingOf } from "./space.js";

/** By config key. */
export type Values = Readonly<Record<string, unknown>>;

/**
 * What a trial tries. It depends on the space, the study's seed and the trial's number alone, and not on how many others there
 * are (Bergstra & Bengio 2012: random search).
 */
export function trialValues(space: Space, seed: number, trial: number): Values {
  const rng = new Generator(new SeedSequence(seed, { spawnKey: [trial] }));
  return Object.fromEntries(space.map(({ key, distribution }) => [key, draw(distribution, rng)]));
}

/**
 * The config of a trial's run.
 * @param base what the space varies
 * @param values of the trial
 * @param own what is laid over both
 * @throws {LudusError} where the values do not fit together
 */
export function trialConfig(base: PartialConfig, values: Values, own: PartialConfig = {}): RunConfig {
  const layers = Object.entries(values).map(([key, value]) => settingOf(key, value));
  try {
    return resolveConfig(base, ...layers, own);
  } catch (error) {
    if (!(error instanceof LudusError)) throw error;
    throw new LudusError(
      error.code,
      `The search space has values that do not fit together (${valuesText(values)}): ${error.message}`,
      { cause: error },
    );
  }
}

/** `key=value` for each, as `--set` takes them. */
export function settingsOf(values: Values): string[] {
  return Object.entries(values).map(
    ([key, value]) => `${key}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}

function valuesText(values: Values): string {
  return settingsOf(values).join(" ");
}

/** What has to be set on a config so that another one comes of it, by key; the kinds of parts first. */
export function differences(from: PartialConfig, to: PartialConfig): Values {
  const before = leavesOf(from);
  const changed = [...leavesOf(to)].filter(
    ([key, value]) => JSON.stringify(before.get(key)) !== JSON.stringify(value),
  );
  return Object.fromEntries(changed.sort(([a], [b]) => compareKeys(a, b)));
}

function leavesOf(value: unknown, path = ""): Map<string, unknown> {
  const isPart = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isPart || Object.keys(value).length === 0) return new Map([[path, value]]);
  return new Map(
    Object.entries(value).flatMap(([key, inner]) => [
      ...leavesOf(inner, path === "" ? key : `${path}.${key}`),
    ]),
  );
}

/** Keys that a config sets. */
export function keysOf(config: PartialConfig): string[] {
  return [...leavesOf(config).keys()];
}
