import "../envs/index.js";
import "../multiagent/index.js";
import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import * as gymnasium from "gymnasium-js";
import { rootFolder } from "../root-folder.js";
// Not from the room's index, which loads everything that trains: threads that play the module load this file.
import { type EnvModuleRecord, fingerprint, moduleOfRun } from "../training/env-module.js";
import { LudusError } from "../training/errors.js";
import type { RunFolder } from "../training/run-folder.js";
import { registerExports } from "./module-exports.js";
import { placeIn, whyNotLoaded } from "./module-faults.js";

/** An environment module that was loaded: where it lies, what it said then, and the ids that it registered. */
export interface EnvModule extends EnvModuleRecord {
  ids: readonly string[];
}

/** Where other threads and processes find `loadEnvModule`; they run built files only. */
export const moduleLoader = new URL("dist/cli/env-module.js", rootFolder).href;

const extensions = [".ts", ".mts", ".js", ".mjs"];

/** Whether a person who wrote this meant a file and no id: `./my-env.ts`, `/home/me/env.mjs`, `file:///...`. */
export function looksLikeModule(text: string): boolean {
  return /^(?:\.{0,2}\/|file:)/.test(text) || extensions.includes(extname(text));
}

const loaded = new Map<string, Promise<EnvModule>>();

/** Which of the modules loaded so far threw an error, and ` (line 3)` of it; null if none of them did. */
export function placeInModules(error: unknown): { path: string; line: string } | null {
  for (const path of loaded.keys()) {
    const line = placeIn(path, error);
    if (line !== "") return { path, line };
  }
  return null;
}

/**
 * Imports a module of someone's own and registers the environments that it exports; a module may also call `register`
 * itself. TypeScript needs no compiler, on any Node. Whatever the module imports as `gymnasium-js`, `ludus` or
 * `ludus/testing` is this very Ludus, even where the module's folder has none or another one: there is one registry.
 *
 * @param name path or file URL
 * @throws {LudusError} `unknown-module` if there is no such file, `invalid-module` if it cannot be loaded or brings no
 * environment; one sentence that names the place
 */
export function loadEnvModule(name: string): Promise<EnvModule> {
  const path = name.startsWith("file:") ? fileURLToPath(name) : resolve(name);
  const module = loaded.get(path) ?? load(path);
  loaded.set(path, module);
  return module;
}

async function load(path: string): Promise<EnvModule> {
  requireModuleFile(path);
  const { createJiti } = await import("jiti");
  const jiti = createJiti(import.meta.url, {
    fsCache: false,
    // Every use of an import would go through a Proxy.
    interopDefault: false,
    virtualModules: {
      "gymnasium-js": gymnasium,
      ...(mayImportLudus(path)
        ? { ludus: await import("../index.js"), "ludus/testing": await import("../testing/index.js") }
        : {}),
    },
  });
  const idsBefore = new Set(gymnasium.registry.keys());
  const filesBefore = new Set(Object.keys(jiti.cache));
  try {
    registerExports(await jiti.import<Record<string, unknown>>(path), path, idsBefore);
  } catch (error) {
    throw whyNotLoaded(path, error);
  }
  const files = Object.keys(jiti.cache).filter(
    (file) => !filesBefore.has(file) && !file.includes("/node_modules/"),
  );
  const ids = [...gymnasium.registry.keys()].filter((id) => !idsBefore.has(id));
  return { path, sha256: fingerprint(path, files), ids };
}

/**
 * Whether a module may import `ludus` itself, or something that does. All of Ludus takes a second to load, in every thread
 * that plays the module's environments.
 */
function mayImportLudus(path: string): boolean {
  const text = readFileSync(path, "utf8");
  return /["'`](?:ludus\b|\.{1,2}\/)|\b(?:import|require)\s*\(/.test(text);
}

function requireModuleFile(path: string): void {
  const expected = `give the path of a ${extensions.slice(0, -1).join(", ")} or ${extensions.at(-1)} file`;
  if (!existsSync(path)) {
    const advice = existsSync(`${path}.ts`) ? `did you mean ${path}.ts?` : `${expected}.`;
    throw new LudusError("unknown-module", `There is no environment module ${path}: ${advice}`);
  }
  if (!statSync(path).isFile())
    throw new LudusError("unknown-module", `${path} is a folder and no environment module: ${expected}.`);
  if (!extensions.includes(extname(path)))
    throw new LudusError("unknown-module", `${path} is no environment module: ${expected}.`);
}

/**
 * The environment that is meant: an id or short name, perhaps of a module that is to be loaded first, or the path of a
 * module that brings exactly one.
 */
export async function findEnv(
  name: string,
  envModule: string | undefined,
): Promise<{ env: string; module: EnvModule | null }> {
  const given = envModule === undefined ? null : await loadEnvModule(envModule);
  if (!looksLikeModule(name) || gymnasium.registry.has(name)) {
    const env = gymnasium.resolveEnvId(name);
    return { env, module: given?.ids.includes(env) ? given : null };
  }
  const module = await loadEnvModule(name);
  const [env, ...more] = module.ids;
  if (env !== undefined && more.length === 0) return { env, module };
  throw new LudusError(
    "invalid-value",
    `${name} brings ${module.ids.length} environments, ${inWords(module.ids)}: name one, as in ${env} --env-module ${name}.`,
  );
}

/**
 * Loads what a run's environment comes from. Says on stderr if that has changed since the run began.
 *
 * @param override where the module lies now
 */
export async function loadModuleOf(run: RunFolder, override: string | undefined): Promise<void> {
  const path = moduleOfRun(run, override);
  if (path === null) return;
  const module = await loadEnvModule(path);
  const { env, envModule } = run.manifest;
  if (!gymnasium.registry.has(env)) {
    throw new LudusError(
      "invalid-module",
      `${module.path} does not bring ${env}, which the run ${run.path} plays; it brings ${inWords(module.ids)}.`,
    );
  }
  if (envModule !== undefined && envModule.sha256 !== module.sha256) {
    process.stderr.write(
      `Warning: ${module.path} has changed since this run began; what it learnt then may not fit what it plays now.\n`,
    );
  }
}

function inWords(ids: readonly string[]): string {
  return ids.length < 2 ? (ids[0] ?? "none") : `${ids.slice(0, -1).join(", ")} and ${ids.at(-1)}`;
}
