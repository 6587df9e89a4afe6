import { z } from "zod";
import { type AgentName, agentNames, resolveConfig, runConfigSchemas } from "./config.js";

/** One key of the config, as `--set` names it. */
export interface ConfigKey {
  key: string;
  /** Undefined where a value must be given. */
  default: unknown;
  /** What it means, with its unit. */
  about: string;
}

interface Schema {
  description?: string;
  default?: unknown;
  const?: unknown;
  properties?: Record<string, Schema>;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

/**
 * Every key that a config can have, from the schemas themselves; parts of which there are kinds list each kind's keys.
 * What runs of all agents share stands once, unless an agent takes another default.
 */
export function describeConfig(): ConfigKey[] {
  const keys: ConfigKey[] = [];
  for (const agent of agentNames) {
    for (const entry of keysOf(agent)) {
      const known = keys.filter(({ key }) => key === entry.key);
      const isSame = (other: ConfigKey): boolean =>
        JSON.stringify([other.default, other.about]) === JSON.stringify([entry.default, entry.about]);
      if (entry.key === "agent" ? known.length > 0 : known.some(isSame)) continue;
      const shared = keys.some(({ key, about }) => key === entry.key && about === entry.about);
      keys.push(shared ? { ...entry, about: `${entry.about} (agent = "${agent}")` } : entry);
    }
  }
  return keys;
}

function keysOf(agent: AgentName): ConfigKey[] {
  const standard = resolveConfig({ env: "-", agent });
  return keysOfSchema(runConfigSchemas[agent], standard).map((entry) => {
    if (entry.key === "env") return { ...entry, default: undefined };
    if (entry.key !== "agent") return entry;
    return { ...entry, default: agentNames[0], about: `learning method: ${agentNames.join(" or ")}` };
  });
}

/**
 * Every key of a config; parts of which there are kinds list each kind's keys.
 * @param standard the config of a run for which nothing is set, whose values are the defaults
 */
export function keysOfSchema(configSchema: z.ZodType, standard: object): ConfigKey[] {
  const schema = z.toJSONSchema(configSchema, { io: "input", unrepresentable: "any" }) as Schema;
  const valueAt = (path: string): unknown =>
    path
      .split(".")
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], standard);
  const keys: ConfigKey[] = [];
  // `taken`: whether the part is of the kind that a run without settings takes.
  const visit = (part: Schema, path: string, taken: boolean): void => {
    const kinds = (part.oneOf ?? part.anyOf ?? []).filter((kind) => kind.properties !== undefined);
    if (part.properties !== undefined) {
      for (const [key, inner] of Object.entries(part.properties))
        visit(inner, path === "" ? key : `${path}.${key}`, taken);
    } else if (kinds.length > 0) {
      for (const kind of kinds) visitKind(kind, path, taken);
    } else {
      const own = taken ? valueAt(path) : undefined;
      const value = own === undefined ? part.default : own;
      // Part schemas tell their own defaults in words; what a run takes stands beside, and may differ.
      const about = (part.description ?? "").replace(/[;,] default [^()]*(?=\(|$)/, " ").trim();
      keys.push({ key: path, default: value, about });
    }
  };
  const visitKind = (kind: Schema, path: string, taken: boolean): void => {
    const tag = ["name", "type"].find((key) => kind.properties?.[key]?.const !== undefined);
    const own = tag === undefined || valueAt(`${path}.${tag}`) === kind.properties?.[tag]?.const;
    const which = tag === undefined ? "" : `${tag} = ${JSON.stringify(kind.properties?.[tag]?.const)}`;
    for (const [key, inner] of Object.entries(kind.properties ?? {})) {
      if (key === tag)
        keys.push({ key: `${path}.${key}`, default: inner.const, about: inner.description ?? "which kind" });
      else
        visit(
          { ...inner, description: `${inner.description ?? ""}${which && ` (${which})`}`.trim() },
          `${path}.${key}`,
          taken && own,
        );
    }
  };
  visit(schema, "", true);
  return keys;
}
