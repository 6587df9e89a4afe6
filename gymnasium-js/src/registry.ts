import type { EnvDefinition } from "./define-env.js";
import { EnvSpec, type EnvSpecInit, formatEnvId, parseEnvId } from "./env-spec.js";
import { GymnasiumError } from "./errors.js";
import { nearestSpelling } from "./spelling.js";

export {
  type EntryPoint,
  type EnvIdParts,
  type EnvKwargs,
  EnvSpec,
  type EnvSpecInit,
  type EnvSpecJson,
  formatEnvId,
  parseEnvId,
} from "./env-spec.js";

const specs = new Map<string, EnvSpec>();

/** Every registered environment by its id, in the order of registration. */
export const registry: ReadonlyMap<string, EnvSpec> = specs;

/** Short names that would be ambiguous, by their letters, with the id that each means. */
const claimed = new Map<string, string>();

const warningListeners = new Set<(message: string) => void>();

/**
 * Calls `listener` with each warning of the registry (an old version was asked for); nothing is printed otherwise.
 * @returns a function that takes the listener away
 */
export function onRegistryWarning(listener: (message: string) => void): () => void {
  warningListeners.add(listener);
  return () => {
    warningListeners.delete(listener);
  };
}

/**
 * Makes environments known to `make`: definitions from `defineEnv`, or specs. The same definition may be
 * registered again.
 *
 * @throws GymnasiumError `duplicate-env` if the id belongs to another environment, or if versioned and unversioned
 * ids of one name would meet; `unknown-env` if an id is malformed
 */
export function register(...entries: (EnvSpec | EnvSpecInit | EnvDefinition)[]): void {
  for (const entry of entries) {
    const spec = toSpec(entry);
    const known = specs.get(spec.id);
    if (known !== undefined && known.entryPoint === spec.entryPoint) continue;
    requireFree(spec, known);
    specs.set(spec.id, spec);
  }
}

/** Forgets an environment; false if there was none of this id. */
export function unregister(id: string): boolean {
  return specs.delete(id);
}

/**
 * The spec registered under `id`. An id without version means the newest one. An old version that is registered is
 * given, with a warning.
 *
 * @throws GymnasiumError `unknown-env`, naming the nearest id; `deprecated-env` for a version older than all
 */
export function findSpec(id: string): EnvSpec {
  const { namespace, name, version } = parseEnvId(id);
  const family = [...specs.values()].filter((spec) => spec.namespace === namespace && spec.name === name);
  const newest = family.reduce<EnvSpec | null>(newerOf, null);
  if (newest === null) throw unknownEnv(id);
  if (version === null) return newest;
  const spec = specs.get(id);
  if (spec === undefined) throw unknownVersion(id, version, family, newest);
  if (version < (newest.version ?? 0)) {
    for (const listener of warningListeners)
      listener(`${id} is not the newest version: there is ${newest.id}.`);
  }
  return spec;
}

/**
 * Says which environment is meant by a short name that several would answer to: MinAtar's Breakout by `breakout`, though
 * other namespaces have one too. Whoever means another says its namespace.
 */
export function claimShortName(name: string, id: string): void {
  claimed.set(letters(name), findSpec(id).id);
}

/**
 * The full id for what a person typed: an id, an id without version, or an unambiguous short name in any case
 * (`breakout` for `MinAtar/Breakout-v1`, `frozen-lake` for `FrozenLake-v1`).
 *
 * @throws GymnasiumError `unknown-env` if nothing fits, or more than one name does and none has claimed it
 */
export function resolveEnvId(text: string): string {
  if (specs.has(text)) return text;
  const wanted = letters(text);
  const meant = claimed.get(wanted);
  if (meant !== undefined && specs.has(meant)) return meant;
  const fitting = new Map<string, EnvSpec>();
  for (const spec of specs.values()) {
    if (wanted === "" || !formsOf(spec).some((form) => letters(form) === wanted)) continue;
    const { namespace, name } = spec;
    const family = formatEnvId({ namespace, name, version: null });
    fitting.set(family, newerOf(fitting.get(family) ?? null, spec));
  }
  const found = [...fitting.values()];
  if (found.length === 0) throw unknownEnv(text);
  if (found.length > 1) {
    const ids = found.map((spec) => spec.id).join(" or ");
    throw new GymnasiumError("unknown-env", `${JSON.stringify(text)} is ambiguous: say ${ids}.`);
  }
  return (found[0] as EnvSpec).id;
}

function toSpec(entry: EnvSpec | EnvSpecInit | EnvDefinition): EnvSpec {
  if (entry instanceof EnvSpec) return entry;
  if ("entryPoint" in entry) return new EnvSpec(entry);
  const { id, maxEpisodeSteps, rewardThreshold } = entry;
  return new EnvSpec({ id, entryPoint: entry, maxEpisodeSteps, rewardThreshold });
}

function requireFree(spec: EnvSpec, known: EnvSpec | undefined): void {
  if (known !== undefined) {
    throw new GymnasiumError(
      "duplicate-env",
      `${spec.id} is already registered by another environment: choose another id or version, or unregister it first.`,
    );
  }
  for (const other of specs.values()) {
    if (other.namespace !== spec.namespace || other.name !== spec.name) continue;
    if ((other.version === null) === (spec.version === null)) continue;
    throw new GymnasiumError(
      "duplicate-env",
      `${spec.id} cannot be registered beside ${other.id}: either all versions of a name have a number or there is only one.`,
    );
  }
}

/** What a person may call an environment: with or without its namespace and its version. */
function formsOf({ id, namespace, name, version }: EnvSpec): string[] {
  const short = { namespace: null, name, version };
  return [id, formatEnvId({ namespace, name, version: null }), formatEnvId(short), name];
}

function newerOf(a: EnvSpec | null, b: EnvSpec): EnvSpec {
  return a !== null && (a.version ?? -1) > (b.version ?? -1) ? a : b;
}

function unknownEnv(id: string): GymnasiumError {
  const idOf = new Map<string, string>();
  for (const spec of specs.values()) for (const form of formsOf(spec)) idOf.set(form, spec.id);
  const nearest = nearestSpelling(id, idOf.keys());
  const known = specs.size === 0 ? "none is registered." : `there are ${[...specs.keys()].join(", ")}.`;
  const advice = nearest === null ? known : `did you mean ${JSON.stringify(idOf.get(nearest))}?`;
  return new GymnasiumError("unknown-env", `There is no environment ${JSON.stringify(id)}: ${advice}`);
}

function unknownVersion(id: string, version: number, family: EnvSpec[], newest: EnvSpec): GymnasiumError {
  if (newest.version !== null && version < newest.version) {
    return new GymnasiumError(
      "deprecated-env",
      `${id} is no longer there: use ${JSON.stringify(newest.id)} instead.`,
    );
  }
  const ids = family.map((spec) => JSON.stringify(spec.id)).join(", ");
  return new GymnasiumError(
    "unknown-env",
    `There is no version ${version} of ${JSON.stringify(id)}: there is ${ids}.`,
  );
}

function letters(text: string): string {
  return text.toLowerCase().replace(/[^a-z0-9]/g, "");
}
