import { type Generator, nearestSpelling } from "gymnasium-js";
import { type PartialConfig, resolveConfig } from "../config.js";
import { LudusError } from "../errors.js";

/** What the values of one config key are drawn from; bounds are included. */
export type Distribution =
  | { type: "uniform" | "log" | "int" | "logint"; low: number; high: number }
  | { type: "choice"; values: readonly unknown[] };

/** One config key that is searched. */
export interface Dimension {
  /** Dotted, as `--set` names it. */
  key: string;
  /** As a person wrote it: `log(1e-5,1e-2)`. */
  spec: string;
  distribution: Distribution;
}

/** Every key that is searched, in an order of its own: it does not matter in which they were given. */
export type Space = readonly Dimension[];

const distributions = ["uniform", "log", "int", "logint", "choice"] as const;

/** What decides how trials are compared is the same for all of them. */
const sameForAll = [
  ...["env", "envOptions", "agent", "seed", "steps"],
  ...["evaluation", "checkpoint", "metrics", "stop"],
];

/**
 * Reads `key=spec` for each key: `dqn.gamma=uniform(0.9,0.999)`, `dqn.nStep=int(1,5)`, `learn.batchSize=choice(32,64)`.
 * @throws {LudusError} `invalid-value` for what is no such thing, or a key that is there twice or must not vary
 */
export function parseSpace(specs: readonly string[]): Space {
  const space = specs.map(parseDimension).sort((a, b) => compareKeys(a.key, b.key));
  for (const [i, { key }] of space.entries()) {
    for (const { key: other } of space.slice(0, i)) refuseOverlap(key, other);
    const fixed = sameForAll.find((name) => key === name || key.startsWith(`${name}.`));
    if (fixed !== undefined) {
      throw invalid(
        `The search space cannot have '${key}': trials are compared by the same ${fixed}; give it with --set or its flag.`,
      );
    }
  }
  return space;
}

/** The kind of a part goes before its settings: naming another kind drops the settings of the one before. */
export function compareKeys(a: string, b: string): number {
  const isKind = (key: string): boolean => /\.(type|name)$/.test(key);
  if (isKind(a) !== isKind(b)) return isKind(a) ? -1 : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}

function refuseOverlap(key: string, other: string): void {
  if (key === other) throw invalid(`The search space has the key '${key}' twice; give each key one spec.`);
  const [whole, part] = key.length < other.length ? [key, other] : [other, key];
  if (part.startsWith(`${whole}.`)) {
    throw invalid(`The search space has both '${whole}' and its part '${part}'; search one of them.`);
  }
}

function parseDimension(text: string): Dimension {
  const at = text.indexOf("=");
  const key = text.slice(0, Math.max(at, 0)).trim();
  const spec = text.slice(at + 1).trim();
  if (key === "" || spec === "") {
    throw invalid(`--space wants key=spec, as in --space 'dqn.gamma=uniform(0.9,0.999)', not '${text}'.`);
  }
  return { key, spec, distribution: parseSpec(key, spec) };
}

function parseSpec(key: string, spec: string): Distribution {
  const [, name = "", inside = ""] = /^([A-Za-z]\w*)\((.*)\)$/s.exec(spec) ?? [];
  const type = distributions.find((known) => known === name);
  if (type === undefined) {
    const meant = nearestSpelling(name === "" ? spec : name, distributions);
    throw wrongSpec(key, spec, meant ? `did you mean ${meant}(...)?` : `expected ${inWords}.`);
  }
  const values = argumentsOf(inside);
  return type === "choice" ? choiceOf(key, spec, values) : rangeOf(key, spec, type, values);
}

const inWords = `${distributions.slice(0, -1).join("(a,b), ")}(a,b) or choice(a,b,...)`;

function choiceOf(key: string, spec: string, values: readonly unknown[]): Distribution {
  if (values.length === 0) throw wrongSpec(key, spec, "choice wants at least one value.");
  return { type: "choice", values };
}

function rangeOf(
  key: string,
  spec: string,
  type: Exclude<Distribution["type"], "choice">,
  values: readonly unknown[],
): Distribution {
  const [low, high] = values;
  if (values.length !== 2 || typeof low !== "number" || typeof high !== "number") {
    throw wrongSpec(key, spec, `${type} wants two numbers, as in ${type}(1,5).`);
  }
  if (!(low < high)) throw wrongSpec(key, spec, `the first number has to be below the second.`);
  if (type.startsWith("log") && low <= 0) throw wrongSpec(key, spec, `${type} wants numbers above 0.`);
  if (type.endsWith("int") && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw wrongSpec(key, spec, `${type} wants whole numbers.`);
  }
  return { type, low, high };
}

function wrongSpec(key: string, spec: string, why: string): LudusError {
  return invalid(`The values of '${key}' cannot be drawn from '${spec}': ${why}`);
}

function invalid(sentence: string): LudusError {
  return new LudusError("invalid-value", sentence);
}

/** Values between commas, each JSON or else a word; commas within brackets or quotes are the value's own. */
function argumentsOf(text: string): unknown[] {
  const parts: string[] = [];
  let from = 0;
  let depth = 0;
  let quoted = false;
  for (let i = 0; i <= text.length; i++) {
    const char = text[i];
    if (char === '"' && text[i - 1] !== "\\") quoted = !quoted;
    if (quoted && char !== undefined) continue;
    if (char === "[" || char === "{") depth++;
    if (char === "]" || char === "}") depth--;
    if (char === undefined || (char === "," && depth === 0)) {
      parts.push(text.slice(from, i).trim());
      from = i + 1;
    }
  }
  return parts.filter((part) => part !== "").map(readValue);
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A config in which this key alone is set. */
export function settingOf(key: string, value: unknown): PartialConfig {
  return key.split(".").reduceRight<unknown>((inner, part) => ({ [part]: inner }), value) as PartialConfig;
}

/**
 * Refuses keys that the config does not have, and bounds or choices that it does not take.
 * @param base what the space varies
 * @throws {LudusError} `unknown-key` or `invalid-value`
 */
export function checkSpace(space: Space, base: PartialConfig): void {
  for (const { key, spec, distribution } of space) {
    const ends = distribution.type === "choice" ? distribution.values : [distribution.low, distribution.high];
    for (const value of ends) {
      try {
        resolveConfig(base, settingOf(key, value));
      } catch (error) {
        if (!(error instanceof LudusError)) throw error;
        throw new LudusError(error.code, `The search space ${key}=${spec} does not fit: ${error.message}`, {
          cause: error,
        });
      }
    }
  }
}

/**
 * A value from a distribution. Real numbers are rounded to what a person would write: to a thousandth of the range or less,
 * or to four digits where the scale is logarithmic.
 */
export function draw(distribution: Distribution, rng: Generator): unknown {
  if (distribution.type === "choice") return distribution.values[rng.integers(0, distribution.values.length)];
  const { type, low, high } = distribution;
  const within = (value: number): number => Math.min(high, Math.max(low, value));
  switch (type) {
    case "uniform": {
      const decimals = 3 - Math.floor(Math.log10(high - low));
      const value = rng.uniform(low, high);
      return within(Number(value.toFixed(Math.min(100, Math.max(0, decimals)))));
    }
    case "log":
      return within(Number(Math.exp(rng.uniform(Math.log(low), Math.log(high))).toPrecision(4)));
    case "int":
      return rng.integers(low, high + 1);
    case "logint":
      return within(Math.floor(Math.exp(rng.uniform(Math.log(low), Math.log(high + 1)))));
    default:
      return type satisfies never;
  }
}
