import { GymnasiumError } from "gymnasium-js";
import { z } from "zod";
import { type ArenaRules, arenaRules, findArena } from "../../multiagent/index.js";
import type { PartialConfig } from "../config.js";
import { positive } from "../kinds/parts/fields.js";

/** Who learns in an arena, and from what. */
export const arenaModes = ["shared", "roles", "independent", "team", "central", "seat", "self-play"] as const;

export type ArenaMode = (typeof arenaModes)[number];

/** What runs in arenas can be told beside what all runs can. */
export const arenaSchema = z.strictObject({
  learn: z
    .enum(arenaModes)
    .describe(
      "shared: all agents, one policy; roles: one policy per role; independent: one per agent; team: a joint value (vdn, qmix); central: one acts for all; seat: one agent against players; self-play: any seat against selves of before",
    ),
  agentIds: z
    .boolean()
    .default(true)
    .describe("whether a policy that several agents share is told whose observation it sees"),
  seat: z
    .string()
    .min(1)
    .default("random")
    .describe("the agent that learns against players, or random for another one in each episode (seat)"),
  others: z
    .string()
    .min(1)
    .default("random")
    .describe("who plays the other seats: always (seat), or while evaluating (self-play)"),
  frozen: z
    .record(z.string(), z.string())
    .default({})
    .describe("agents or roles that do not learn, and who plays them instead, such as runner = script"),
  league: z
    .strictObject({
      every: positive
        .default(10_000)
        .describe("environment steps after which the learner's self joins the league (self-play)"),
      size: positive.max(1000).default(40).describe("selves that are kept"),
      latest: z
        .number()
        .min(0)
        .max(1)
        .default(0.5)
        .describe("share of episodes against the learner's present self"),
      sampling: z
        .enum(["skill", "uniform"])
        .default("skill")
        .describe("how past selves are drawn: those that are hard to beat more often, or all as often"),
      epsilon: z
        .number()
        .min(0)
        .max(1)
        .default(0.05)
        .describe("share of random actions of past and present selves"),
    })
    .prefault({}),
});

export type ArenaConfig = z.infer<typeof arenaSchema>;

/**
 * What a run in an arena starts from: a team for methods that need one, self-play among rivals, a policy for each of several teams,
 * else one that all share. Null for environments of one agent.
 */
export function generalArena(env: string, agent: string, steps: number): PartialConfig | null {
  const arena = findArena(env);
  if (arena === null) return null;
  const isTeam = agent === "vdn" || agent === "qmix";
  return {
    learn: isTeam
      ? "team"
      : arena.kind === "rivals"
        ? "self-play"
        : arena.kind === "teams"
          ? "roles"
          : "shared",
    league: { every: Math.max(1, Math.ceil(steps / 50)) },
  };
}

/**
 * The rules of the arena of a run.
 * @throws GymnasiumError as `arenaRules`
 */
export function rulesOfRun({
  env,
  envOptions,
}: {
  env: string;
  envOptions: Record<string, unknown>;
}): ArenaRules {
  const arena = findArena(env);
  if (arena === null) throw new GymnasiumError("unknown-env", `${env} is no arena of many agents.`);
  return arenaRules(arena, envOptions);
}
