import {
  defineEnv,
  type EnvDefinition,
  type EnvRules,
  EnvSpec,
  type EnvSpecInit,
  register,
  registry,
} from "gymnasium-js";
import { type ArenaDefinition, type ArenaRules, registerArenas } from "../multiagent/index.js";
import { LudusError } from "../training/errors.js";

type Rules = EnvRules<unknown, unknown, unknown>;

/**
 * Registers what a module exports, by any name or as its default: definitions from `defineEnv`, specs, plain rules, rules of arenas.
 * Rules whose id the module has registered in another way are left to that way.
 *
 * @param before ids that were registered before the module was imported
 * @throws {LudusError} `invalid-module` if the module then still brings none
 */
export function registerExports(
  exports: Record<string, unknown>,
  path: string,
  before: ReadonlySet<string>,
): void {
  const values = [...new Set(Object.values(exports))];
  register(...values.filter((value) => isDefinition(value) || isSpec(value)));
  for (const rules of values.filter(isRules)) {
    if (registry.has(rules.id) && !before.has(rules.id)) continue;
    if (isArena(rules)) registerArenas(arenaOf(rules));
    else register(defineEnv(rules));
  }
  if ([...registry.keys()].some((id) => !before.has(id))) return;
  throw new LudusError("invalid-module", `${path} brings no environment: ${advice(exports)}`);
}

function isDefinition(value: unknown): value is EnvDefinition {
  return hasId(value) && typeof value["rules"] === "function" && typeof value["makeVec"] === "function";
}

function isSpec(value: unknown): value is EnvSpec | EnvSpecInit {
  return value instanceof EnvSpec || (hasId(value) && isEntryPoint(value["entryPoint"]));
}

function isEntryPoint(value: unknown): boolean {
  return typeof value === "function" || isDefinition(value);
}

function isArena(rules: object): rules is ArenaRules {
  return "agents" in rules && Array.isArray(rules.agents) && "kind" in rules;
}

function arenaOf(rules: ArenaRules): ArenaDefinition {
  return { id: rules.id, summary: "an arena of your own", settings: {}, rules: () => rules as never };
}

function isRules(value: unknown): value is Rules {
  return hasId(value) && !isDefinition(value) && ["init", "step", "observe"].every((key) => key in value);
}

function hasId(value: unknown): value is Record<string, unknown> & { id: string } {
  return typeof value === "object" && value !== null && "id" in value && typeof value.id === "string";
}

/** What to write instead, by what the module does export. */
function advice(exports: Record<string, unknown>): string {
  for (const [name, value] of Object.entries(exports)) {
    if (typeof value === "function" && isEnvClass(value)) {
      return `the class ${value.name} has to be registered, as in register({ id: "${value.name}-v0", entryPoint: () => new ${value.name}() }).`;
    }
    if (typeof value === "object" && value !== null && "step" in value) {
      const lacking = ["id", "init", "observe"].filter((key) => !(key in value));
      if (lacking.length > 0)
        return `its export ${name} looks like rules, but has no ${lacking.join(", no ")}.`;
    }
  }
  const names = Object.keys(exports);
  const found = names.length === 0 ? "it exports nothing" : `it exports ${names.join(", ")}`;
  return `${found}; export one, as in export default defineEnv({ id: "MyEnv-v0", ... }), or register one.`;
}

function isEnvClass(value: unknown): value is { name: string } {
  const { prototype } = value as { prototype?: Record<string, unknown> };
  return typeof prototype?.["step"] === "function" && typeof prototype["reset"] === "function";
}
