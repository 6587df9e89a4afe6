import type { EnvDefinition } from "./define-env.js";
import type { Env } from "./env.js";
import { GymnasiumError } from "./errors.js";
import { clonePlain } from "./plain.js";

/** Settings of one environment, by their camel-case names. */
export type EnvKwargs = Record<string, unknown>;

/** Builds an environment: rules, or a function that makes an `Env` of any kind. */
export type EntryPoint = EnvDefinition | ((kwargs: EnvKwargs) => Env);

/** What `register` takes; all but `id` and `entryPoint` have defaults. */
export interface EnvSpecInit {
  /** `[namespace/]name[-vN]`. */
  id: string;
  /** Null only in a spec read from JSON: the entry point registered under `id` is then used. */
  entryPoint: EntryPoint | null;
  kwargs?: EnvKwargs;
  /** Time limit in steps; null or left out for none. */
  maxEpisodeSteps?: number | null;
  /** Mean return at which the task counts as solved. */
  rewardThreshold?: number | null;
  /** Whether the same seed and actions may lead elsewhere. */
  nondeterministic?: boolean;
  /** Whether `make` refuses `step` before `reset`; true by default. */
  orderEnforce?: boolean;
  /** Whether `make` leaves out `PassiveEnvChecker`. */
  disableEnvChecker?: boolean;
}

/** A spec as plain JSON: everything but the entry point. */
export type EnvSpecJson = Required<Omit<EnvSpecInit, "entryPoint">>;

/** How to make an environment; `make` gives each environment the spec that makes it again. */
export class EnvSpec {
  readonly id: string;
  readonly namespace: string | null;
  readonly name: string;
  readonly version: number | null;
  readonly entryPoint: EntryPoint | null;
  readonly kwargs: EnvKwargs;
  readonly maxEpisodeSteps: number | null;
  readonly rewardThreshold: number | null;
  readonly nondeterministic: boolean;
  readonly orderEnforce: boolean;
  readonly disableEnvChecker: boolean;

  constructor(init: EnvSpecInit) {
    const { namespace, name, version } = parseEnvId(init.id);
    this.id = init.id;
    this.namespace = namespace;
    this.name = name;
    this.version = version;
    this.entryPoint = init.entryPoint;
    this.kwargs = init.kwargs ?? {};
    this.maxEpisodeSteps = init.maxEpisodeSteps ?? null;
    this.rewardThreshold = init.rewardThreshold ?? null;
    this.nondeterministic = init.nondeterministic ?? false;
    this.orderEnforce = init.orderEnforce ?? true;
    this.disableEnvChecker = init.disableEnvChecker ?? false;
  }

  /** A copy with some fields changed. */
  with(changes: Partial<EnvSpecInit>): EnvSpec {
    return new EnvSpec({ ...this, ...changes });
  }

  /** @throws GymnasiumError `invalid-snapshot` if kwargs hold functions or class instances */
  toJson(): EnvSpecJson {
    return {
      id: this.id,
      kwargs: clonePlain(this.kwargs, `${this.id}: kwargs`),
      maxEpisodeSteps: this.maxEpisodeSteps,
      rewardThreshold: this.rewardThreshold,
      nondeterministic: this.nondeterministic,
      orderEnforce: this.orderEnforce,
      disableEnvChecker: this.disableEnvChecker,
    };
  }

  /** What `JSON.stringify` asks for. */
  toJSON(): EnvSpecJson {
    return this.toJson();
  }

  /** @throws GymnasiumError `invalid-options` if it is no spec */
  static fromJson(json: EnvSpecJson | string): EnvSpec {
    const parsed: unknown = typeof json === "string" ? JSON.parse(json) : json;
    const unknownKey = Object.keys(parsed ?? {}).find((key) => !specKeys.has(key));
    if (typeof parsed !== "object" || parsed === null || !("id" in parsed) || unknownKey !== undefined) {
      throw new GymnasiumError(
        "invalid-options",
        `This is no environment spec: ${unknownKey === undefined ? "it has no id" : `it has the unknown key ${JSON.stringify(unknownKey)}`}; expected what EnvSpec.toJson gives.`,
      );
    }
    return new EnvSpec({ ...(parsed as EnvSpecJson), entryPoint: null });
  }
}

const specKeys = new Set<string>([
  "id",
  "kwargs",
  "maxEpisodeSteps",
  "rewardThreshold",
  "nondeterministic",
  "orderEnforce",
  "disableEnvChecker",
] satisfies (keyof EnvSpecJson)[]);

const idPattern = /^(?:(?<namespace>[\w:-]+)\/)?(?<name>[\w:.-]+?)(?:-v(?<version>\d+))?$/;

export interface EnvIdParts {
  namespace: string | null;
  name: string;
  version: number | null;
}

/** @throws GymnasiumError `unknown-env` if the id is not of the form `[namespace/]name[-vN]` */
export function parseEnvId(id: string): EnvIdParts {
  const groups = idPattern.exec(id)?.groups;
  if (groups?.["name"] === undefined) {
    throw new GymnasiumError(
      "unknown-env",
      `${JSON.stringify(id)} is no environment id: expected [namespace/]name[-vN], for instance "MinAtar/Breakout-v1".`,
    );
  }
  const { namespace, name, version } = groups;
  return { namespace: namespace ?? null, name, version: version === undefined ? null : Number(version) };
}

/** The inverse of `parseEnvId`. */
export function formatEnvId({ namespace, name, version }: EnvIdParts): string {
  return `${namespace === null ? "" : `${namespace}/`}${name}${version === null ? "" : `-v${version}`}`;
}
