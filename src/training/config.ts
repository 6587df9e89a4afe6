import { nearestSpelling } from "gymnasium-js";
import { z } from "zod";
import { arenaSchema, generalArena } from "./arenas/config.js";
import { LudusError } from "./errors.js";
import { generalConfig } from "./general-config.js";
import { count, partsOf, positive } from "./kinds/parts/index.js";

// What can be told to any run, in the order in which it is printed: around the agent and its own parts.
const envParts = {
  env: z.string().min(1).describe("id of the environment"),
  envOptions: z.record(z.string(), z.unknown()).default({}).describe("settings handed to the environment"),
};

const commonParts = {
  arena: arenaSchema.optional().describe("of runs in arenas of many agents"),
  seed: count
    .max(2 ** 32 - 1)
    .default(0)
    .describe("the seed of everything; sub-environment i is seeded with seed + i"),
  steps: positive.default(100_000).describe("environment steps in all"),
  numEnvs: positive.max(4096).default(8).describe("environments, or arenas, stepped together"),
  workers: z
    .strictObject({
      count: count
        .max(256)
        .default(0)
        .describe("threads that step the environments, for slow ones; 0 steps them in the learner's own"),
      onCrash: z
        .enum(["throw", "restart"])
        .default("throw")
        .describe("what a failing environment does in a thread: throw ends the run, restart makes it anew"),
      timeoutSeconds: z
        .number()
        .positive()
        .default(300)
        .describe("seconds after which a thread that does not answer has failed"),
    })
    .prefault({}),
};

const recordParts = {
  evaluation: z
    .strictObject({
      every: count
        .default(10_000)
        .describe(
          "environment steps between evaluations, by default a tenth of the run; 0 for none before the end",
        ),
      episodes: positive.default(20).describe("episodes of each evaluation"),
      finalEpisodes: positive
        .default(100)
        .describe("episodes of the last evaluation, of the best checkpoint"),
      epsilon: z.number().min(0).max(1).default(0).describe("share of random actions while evaluating"),
      maxSteps: positive.default(5000).describe("time limit in steps where the environment has none"),
    })
    .prefault({}),
  stop: z
    .strictObject({
      returnMean: z
        .number()
        .nullable()
        .default(null)
        .describe("mean return of an evaluation at which the run ends early; null for never"),
      patience: count
        .default(0)
        .describe("evaluations in a row that are no better than the best, after which it ends; 0 for never"),
      minDelta: z
        .number()
        .min(0)
        .default(0)
        .describe("by how much a mean return has to exceed the best to be better"),
    })
    .prefault({}),
  checkpoint: z
    .strictObject({
      every: count
        .default(10_000)
        .describe(
          "environment steps between checkpoints, by default a tenth of the run; 0 for one at the end only",
        ),
    })
    .prefault({}),
  metrics: z
    .strictObject({
      every: positive
        .default(1000)
        .describe("environment steps between records of metrics; by default 1 % of the run, 1000 at most"),
    })
    .prefault({}),
};

/** The config of runs of one kind of agent. */
function schemaOf<Name extends keyof typeof partsOf>(agent: Name) {
  return z.strictObject({
    ...envParts,
    agent: z.literal(agent).describe("learning method"),
    ...commonParts,
    ...partsOf[agent],
    ...recordParts,
  });
}

/** The configs of each kind of agent's runs. */
export const runConfigSchemas = {
  dqn: schemaOf("dqn"),
  pqn: schemaOf("pqn"),
  ppo: schemaOf("ppo"),
  drqn: schemaOf("drqn"),
  tabular: schemaOf("tabular"),
  evolution: schemaOf("evolution"),
  qmix: schemaOf("qmix"),
  vdn: schemaOf("vdn"),
} as const;

/** Everything that decides the numbers of a run, by its agent. Saved with it, whole, and printed at its start. */
export const runConfigSchema = z.discriminatedUnion("agent", [
  runConfigSchemas.dqn,
  runConfigSchemas.pqn,
  runConfigSchemas.ppo,
  runConfigSchemas.drqn,
  runConfigSchemas.tabular,
  runConfigSchemas.evolution,
  runConfigSchemas.qmix,
  runConfigSchemas.vdn,
]);

export type RunConfig = z.infer<typeof runConfigSchema>;

/** Kinds of agents that `train` can train. */
export type AgentName = RunConfig["agent"];

export const agentNames = Object.keys(runConfigSchemas) as readonly AgentName[];

/** The config of a run of this kind of agent. */
export type RunConfigOf<Name extends AgentName> = Extract<RunConfig, { agent: Name }>;

/** A config of which some parts are given. */
export type PartialConfig = Record<string, unknown>;

/**
 * Lays configs over each other, later ones on top, and fills in the defaults.
 * @throws {LudusError} `unknown-key` or `invalid-value`, in one sentence, with the nearest right spelling
 */
export function resolveConfig(...layers: readonly PartialConfig[]): RunConfig {
  const agent = agentOf(layers);
  return checkedConfig(runConfigSchemas[agent], onDefaults(layers), {
    keys: () => configKeys(agent),
    listedBy: "ludus agents",
    refuse: (key) => refuseForeignPart(key, agent),
  }) as RunConfig;
}

interface KnownKeys {
  /** All keys there are, dotted, for the nearest right spelling. */
  keys: () => readonly string[];
  /** The command that lists them. */
  listedBy: string;
  /** Says more of a key that is not there, where more can be said. */
  refuse?: (key: string) => void;
}

/**
 * A config as its schema has it.
 * @throws {LudusError} `unknown-key` or `invalid-value`, in one sentence, with the nearest right spelling
 */
export function checkedConfig<Schema extends z.ZodType>(
  schema: Schema,
  config: PartialConfig,
  { keys, listedBy, refuse }: KnownKeys,
): z.output<Schema> {
  const result = schema.safeParse(config);
  if (result.success) return result.data;
  const issue = deepest(result.error.issues[0]!);
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const key = [...path, issue.keys[0] ?? ""].join(".");
    refuse?.(key);
    const hint = nearestKey(key, keys());
    const help = hint ? `did you mean '${hint}'?` : `\`${listedBy}\` lists those that there are.`;
    throw new LudusError("unknown-key", `There is no config key '${key}'; ${help}`);
  }
  const value = path.reduce<unknown>((at, key) => (at as PartialConfig | undefined)?.[key], config);
  throw new LudusError(
    "invalid-value",
    `The config key '${path.join(".")}' cannot be ${JSON.stringify(value)}: ${issue.message}.`,
  );
}

/** A key that only lacks the part that it belongs to is meant, however long that part's name is. */
function nearestKey(key: string, keys: readonly string[]): string | null {
  return keys.find((known) => known.endsWith(`.${key}`)) ?? nearestSpelling(key, keys);
}

/** Whose runs the layers are of; of DQN's where they do not say. */
function agentOf(layers: readonly PartialConfig[]): AgentName {
  const agent = layers.findLast((layer) => "agent" in layer)?.["agent"] ?? "dqn";
  const known = agentNames.find((name) => name === agent);
  if (known !== undefined) return known;
  throw new LudusError(
    "invalid-value",
    `The config key 'agent' cannot be ${JSON.stringify(agent)}: expected ${agentNames.join(" or ")}.`,
  );
}

/**
 * The kind of agent that a config is for by the parts that it sets, where it does not say.
 * @param preferred taken where it has all of them, or none has
 */
export function agentByParts(layers: readonly PartialConfig[], preferred: AgentName = "dqn"): AgentName {
  if (layers.some((layer) => "agent" in layer)) return agentOf(layers);
  const keys = layers.flatMap((layer) => Object.keys(layer));
  const has = (name: AgentName): boolean =>
    keys.every((key) => Object.hasOwn(runConfigSchemas[name].shape, key));
  return has(preferred) ? preferred : (agentNames.find(has) ?? preferred);
}

/** A part that another kind of agent has is no misspelling. */
function refuseForeignPart(key: string, agent: AgentName): void {
  const owner = agentNames.find((name) => Object.hasOwn(runConfigSchemas[name].shape, key));
  if (owner === undefined) return;
  throw new LudusError(
    "unknown-key",
    `The config key '${key}' belongs to runs of the agent ${owner}, and this is one of ${agent}; choose it with --agent ${owner}.`,
  );
}

/** The layers over defaults for every key but `env`, so that a layer may set one key of a part that has kinds. */
function onDefaults(layers: readonly PartialConfig[]): PartialConfig {
  const steps = layers.findLast((layer) => "steps" in layer)?.["steps"];
  const agent = agentOf(layers);
  const base = defaults(agent, typeof steps === "number" ? steps : undefined);
  const arena = generalArena(envOf(layers), agent, base["steps"] as number);
  if (arena === null) refuseArena(layers);
  return layers.reduce(overlay, arena === null ? base : { ...base, arena });
}

function envOf(layers: readonly PartialConfig[]): string {
  return String(layers.findLast((layer) => "env" in layer)?.["env"] ?? "-");
}

function refuseArena(layers: readonly PartialConfig[]): void {
  if (!layers.some((layer) => layer["arena"] !== undefined)) return;
  throw new LudusError(
    "invalid-value",
    `The config keys 'arena' are for arenas of many agents, and ${envOf(layers)} has one agent.`,
  );
}

function defaults(agent: AgentName, steps = 100_000): PartialConfig {
  const known = Number.isSafeInteger(steps) && steps > 0 ? steps : 100_000;
  const { env: _, ...config } = runConfigSchema.parse({ env: "-", ...generalConfig(agent, known) });
  return config;
}

type Issue = z.core.$ZodIssue;

/** Of a failed union, the problem of the alternative that came furthest. */
function deepest(issue: Issue): Issue {
  if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
  const inner = issue.errors.map((issues) => issues[0]!).sort((a, b) => b.path.length - a.path.length)[0]!;
  return deepest({ ...inner, path: [...issue.path, ...inner.path] } as Issue);
}

/** All keys that a config with its defaults has, dotted. */
export function configKeys(agent: AgentName = "dqn"): string[] {
  return [...dottedKeys(defaults(agent)), ...dottedKeys(arenaSchema.parse({ learn: "shared" }), "arena")];
}

/** The keys of a config with the parts that they belong to, as `--set` names them. */
export function dottedKeys(config: unknown, path = ""): string[] {
  if (!isPlainObject(config) || Object.keys(config).length === 0) return [path];
  return Object.entries(config).flatMap(([key, value]) => dottedKeys(value, path ? `${path}.${key}` : key));
}

/** Reads `key.path=value` into a config; the value is JSON, or else a string. */
export function parseSetting(setting: string): PartialConfig {
  const at = setting.indexOf("=");
  if (at <= 0)
    throw new LudusError(
      "invalid-value",
      `--set wants key=value, as in --set dqn.gamma=0.99, not '${setting}'.`,
    );
  let value: unknown = setting.slice(at + 1);
  try {
    value = JSON.parse(setting.slice(at + 1));
  } catch {
    // Not JSON: a plain word such as `relu`.
  }
  return setting
    .slice(0, at)
    .split(".")
    .reduceRight<unknown>((inner, key) => ({ [key]: inner }), value) as PartialConfig;
}

/**
 * Lays `upper` over `lower`, objects key by key. Where the upper one names another kind of part (`name` or `type`
 * of an optimizer or a net), the settings of the lower kind do not carry over.
 */
export function overlay(lower: PartialConfig, upper: PartialConfig): PartialConfig {
  const anotherKind = ["name", "type"].some(
    (key) => key in upper && key in lower && upper[key] !== lower[key],
  );
  const result: PartialConfig = anotherKind ? {} : { ...lower };
  for (const [key, value] of Object.entries(upper)) {
    // Assigned, it would be the object's prototype, and be lost without a word.
    if (key === "__proto__") throw new LudusError("unknown-key", `There is no config key '${key}'.`);
    const below = result[key];
    result[key] = isPlainObject(below) && isPlainObject(value) ? overlay(below, value) : value;
  }
  return result;
}

export function isPlainObject(value: unknown): value is PartialConfig {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
