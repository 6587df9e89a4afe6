import type { Env, RenderMode } from "./env.js";
import type { EntryPoint, EnvKwargs, EnvSpec } from "./env-spec.js";
import { GymnasiumError } from "./errors.js";
import { describeValue } from "./explain.js";
import { findSpec } from "./registry.js";
import { requireTimeLimit } from "./rules-checks.js";
import { RulesEnv } from "./rules-env.js";
import { requireNumEnvs } from "./vector/checks.js";
import { EntryPointVectorEnv } from "./vector/entry-point-vector-env.js";
import { NativeVectorEnv } from "./vector/native-vector-env.js";
import { SyncVectorEnv } from "./vector/sync-vector-env.js";
import type { AutoresetMode, VectorEnv } from "./vector/vector-env.js";
import { OrderEnforcing } from "./wrappers/order-enforcing.js";
import { PassiveEnvChecker } from "./wrappers/passive-env-checker.js";
import { TimeLimit } from "./wrappers/time-limit.js";

/** Options of `make`; all other keys are the environment's own settings (kwargs). */
export interface MakeOptions {
  /** Instead of the registered time limit, in steps; null for none. */
  maxEpisodeSteps?: number | null;
  renderMode?: RenderMode | null;
  /** False puts `PassiveEnvChecker` around the environment, true leaves it out. */
  disableEnvChecker?: boolean;
  [kwarg: string]: unknown;
}

export interface MakeVecOptions {
  /** 1 by default. */
  numEnvs?: number;
  /** The environment's own settings. */
  kwargs?: EnvKwargs;
  /**
   * `native` (the default for environments from rules), `sync` (for any environment), or `entry-point`: as the vector
   * class that Gymnasium has of its own for this environment, if there is one (see `EntryPointVectorEnv`).
   */
  vectorizationMode?: "native" | "sync" | "entry-point";
  /** `next-step` by default, as in Gymnasium. */
  autoresetMode?: AutoresetMode;
  maxEpisodeSteps?: number | null;
  disableEnvChecker?: boolean;
  /** Put around each sub-environment, first one innermost; they ask for `sync`. */
  wrappers?: ((env: Env) => Env) | readonly ((env: Env) => Env)[];
}

/**
 * Makes a registered environment, as Gymnasium's `make` does: checked, with order enforced and with its time limit.
 *
 * For an environment from rules these three are part of the returned `RulesEnv`, which checks actions, rewards and
 * small observations every time and large observations now and then. `disableEnvChecker: true` leaves observations
 * unchecked; `false` adds `PassiveEnvChecker`, which checks all of them. Around a class of your own the three are the
 * wrappers `PassiveEnvChecker`, `OrderEnforcing` and `TimeLimit`.
 *
 * @throws GymnasiumError `unknown-env`, `invalid-options`, `unsupported` (no such render mode)
 */
export function make<Observation = unknown, Action = unknown>(
  idOrSpec: string | EnvSpec,
  options: MakeOptions = {},
): Env<Observation, Action> {
  const { maxEpisodeSteps, renderMode = null, disableEnvChecker, ...kwargs } = options;
  const spec = madeSpec(idOrSpec, { kwargs, maxEpisodeSteps, disableEnvChecker });
  const { entryPoint } = spec;
  if (typeof entryPoint === "function")
    return wrapped(spec, entryPoint, renderMode) as Env<Observation, Action>;
  const env: Env = new RulesEnv(requireEntryPoint(spec, entryPoint).rules(spec.kwargs), {
    spec,
    renderMode,
    maxEpisodeSteps: spec.maxEpisodeSteps,
    checkObservations: !spec.disableEnvChecker,
  });
  return (disableEnvChecker === false ? new PassiveEnvChecker(env) : env) as Env<Observation, Action>;
}

/**
 * Makes `numEnvs` copies of a registered environment that step together. `native` and `sync` give the same numbers:
 * sub-environment i is reset with `seed + i`. That holds for CartPole too, for which Gymnasium's `make_vec` by default
 * takes a vector class of CartPole's own, with one generator for all: `entry-point` gives its numbers.
 *
 * @throws GymnasiumError as `make` does, and `unsupported` for `native` or `entry-point` without rules or with
 * wrappers, and for `entry-point` where Gymnasium has no such class
 */
export function makeVec(idOrSpec: string | EnvSpec, options: MakeVecOptions = {}): VectorEnv {
  const { numEnvs = 1, maxEpisodeSteps, disableEnvChecker, autoresetMode } = options;
  const spec = madeSpec(idOrSpec, { kwargs: options.kwargs ?? {}, maxEpisodeSteps, disableEnvChecker });
  const wrappers = typeof options.wrappers === "function" ? [options.wrappers] : (options.wrappers ?? []);
  const { entryPoint } = spec;
  const native = typeof entryPoint !== "function" && wrappers.length === 0;
  const mode = options.vectorizationMode ?? (native ? "native" : "sync");
  if (!vectorizationModes.includes(mode)) throw unknownMode(mode);
  if (mode !== "sync") {
    if (!native || entryPoint === null) throw noNativeMode(spec, mode, wrappers.length > 0);
    const VectorOf = mode === "native" ? NativeVectorEnv : EntryPointVectorEnv;
    return new VectorOf(entryPoint.rules(spec.kwargs), {
      numEnvs,
      spec,
      maxEpisodeSteps: spec.maxEpisodeSteps,
      checkObservations: !spec.disableEnvChecker,
      autoresetMode,
    });
  }
  const makeOne = () => wrappers.reduce((env, wrap) => wrap(env), make(spec, { disableEnvChecker }));
  return new SyncVectorEnv(new Array<() => Env>(requireNumEnvs(numEnvs, spec.id)).fill(makeOne), {
    spec,
    autoresetMode,
  });
}

/** The registered time limit; where it is that of the rules, and they are made with other settings, what those come to. */
function limitOf(spec: EnvSpec, kwargs: EnvKwargs): number | null {
  const { entryPoint, maxEpisodeSteps } = spec;
  if (entryPoint === null || typeof entryPoint === "function" || Object.keys(kwargs).length === 0) {
    return maxEpisodeSteps;
  }
  if (maxEpisodeSteps !== entryPoint.maxEpisodeSteps) return maxEpisodeSteps;
  return entryPoint.rules({ ...spec.kwargs, ...kwargs }).maxEpisodeSteps ?? null;
}

/** The spec of what is being made: the registered one with this call's settings in it. */
function madeSpec(
  idOrSpec: string | EnvSpec,
  changes: {
    kwargs: EnvKwargs;
    maxEpisodeSteps: number | null | undefined;
    disableEnvChecker: boolean | undefined;
  },
): EnvSpec {
  const spec = typeof idOrSpec === "string" ? findSpec(idOrSpec) : idOrSpec;
  const limit =
    changes.maxEpisodeSteps === undefined ? limitOf(spec, changes.kwargs) : changes.maxEpisodeSteps;
  return spec.with({
    entryPoint: spec.entryPoint ?? findSpec(spec.id).entryPoint,
    kwargs: { ...spec.kwargs, ...changes.kwargs },
    maxEpisodeSteps: requireTimeLimit(limit, spec.id),
    disableEnvChecker: changes.disableEnvChecker ?? spec.disableEnvChecker,
  });
}

function wrapped(spec: EnvSpec, create: (kwargs: EnvKwargs) => Env, renderMode: RenderMode | null): Env {
  let env = create(renderMode === null ? { ...spec.kwargs } : { ...spec.kwargs, renderMode });
  // The innermost environment carries the spec, as in Gymnasium, so that every wrapper around it can tell.
  Object.defineProperty(env.unwrapped, "spec", { value: spec, configurable: true, enumerable: true });
  if (!spec.disableEnvChecker) env = new PassiveEnvChecker(env);
  if (spec.orderEnforce) env = new OrderEnforcing(env);
  return spec.maxEpisodeSteps === null ? env : new TimeLimit(env, spec.maxEpisodeSteps);
}

function requireEntryPoint(
  spec: EnvSpec,
  entryPoint: Exclude<EntryPoint, (...args: never[]) => unknown> | null,
): Exclude<EntryPoint, (...args: never[]) => unknown> {
  if (entryPoint !== null) return entryPoint;
  throw new GymnasiumError(
    "unknown-env",
    `${spec.id} was registered without an entry point: register it with one.`,
  );
}

const vectorizationModes: readonly unknown[] = ["native", "sync", "entry-point"];

function unknownMode(mode: unknown): GymnasiumError {
  const known = vectorizationModes.map((one) => JSON.stringify(one)).join(", ");
  return new GymnasiumError(
    "invalid-options",
    `vectorizationMode is ${describeValue(mode)}, expected ${known}.`,
  );
}

function noNativeMode(spec: EnvSpec, mode: string, hasWrappers: boolean): GymnasiumError {
  const reason = hasWrappers ? "wrappers work on single environments" : "it is not made from rules";
  return new GymnasiumError(
    "unsupported",
    `${spec.id} has no vector environment of the mode "${mode}" here, because ${reason}: use vectorizationMode "sync".`,
  );
}
