import { type EnvRules, EnvSpec, GymnasiumError, NativeVectorEnv, type VectorEnv } from "gymnasium-js";
import {
  AgentRows,
  type ArenaRules,
  centralRules,
  createPlayer,
  fillSeats,
  type Player,
  requireArena,
  rolesOf,
  type Seating,
  type SimultaneousRules,
  seatingOf,
  seatOf,
  soloRules,
  teamRules,
} from "../../multiagent/index.js";
import type { RunConfig } from "../config.js";
import type { EnvMaker } from "../env-maker.js";
import { type ArenaConfig, rulesOfRun } from "./config.js";

/** A config of a run in an arena. */
export type ArenaRunConfig = Pick<RunConfig, "env" | "envOptions"> & { arena: ArenaConfig };

/**
 * Makes the environments of a run in an arena as its agent sees them; `numEnvs` of `EnvMaker` are arenas.
 * @param league who plays the other seats in self-play; without it those do that evaluations are against
 */
export function arenaMaker(config: ArenaRunConfig, league: Seating<unknown> | null = null): EnvMaker {
  const rules = seatRules(config, league);
  return (_env, { numEnvs: numArenas = 1, autoresetMode = "next-step", maxEpisodeSteps }) => {
    const limit = maxEpisodeSteps === undefined ? {} : { maxEpisodeSteps };
    const native = (rules: EnvRules<never, unknown, never>): VectorEnv => {
      const spec = new EnvSpec({
        id: config.env,
        entryPoint: null,
        maxEpisodeSteps: maxEpisodeSteps ?? rules.maxEpisodeSteps ?? null,
      });
      return new NativeVectorEnv(rules, { numEnvs: numArenas, autoresetMode, spec, ...limit });
    };
    const { arena } = config;
    switch (arena.learn) {
      case "shared":
      case "roles":
      case "independent":
        return new AgentRows(learnersOf(config), {
          numArenas,
          agentIds: hasIds(arena),
          ...(maxEpisodeSteps === undefined ? {} : { maxCycles: maxEpisodeSteps }),
        });
      case "team":
        return native(teamRules(learnersOf(config)) as never);
      case "central":
        return native(centralRules(learnersOf(config)) as never);
      case "seat":
      case "self-play":
        return native(rules as never);
    }
  };
}

/** Whether views say whose they are: where several share a policy. */
export function hasIds({ learn, agentIds }: ArenaConfig): boolean {
  return agentIds && (learn === "shared" || learn === "roles");
}

/**
 * The rules of the agents that learn, the frozen ones being played.
 * @throws GymnasiumError `unsupported` where turns are taken; `invalid-options` for a frozen agent that there is not
 */
export function learnersOf(config: ArenaRunConfig): SimultaneousRules<unknown> {
  const rules = rulesOfRun(config);
  const { learn } = config.arena;
  if (rules.kind === "turns") {
    throw new GymnasiumError(
      "unsupported",
      `${rules.id}: agents that take turns learn by self-play or on one seat, not as arena.learn = "${learn}" has it.`,
    );
  }
  const players = frozenPlayers(config, rules);
  return players.size === 0 ? rules : (fillSeats(rules, players) as SimultaneousRules<unknown>);
}

/** Indices in the whole arena of the agents that learn, in order. */
export function learnerSeats(config: ArenaRunConfig): readonly number[] {
  const rules = rulesOfRun(config);
  const seats = [...rules.agents.keys()];
  if (config.arena.learn === "seat" || config.arena.learn === "self-play") return seats;
  const players = frozenPlayers(config, rules);
  return seats.filter((seat) => !players.has(seat));
}

/**
 * Who plays agents that do not learn, by their indices in the whole arena.
 * @throws GymnasiumError `invalid-options` for an agent or a player that there is not
 */
export function frozenPlayers(config: ArenaRunConfig, rules: ArenaRules): Map<number, Player> {
  const { env, envOptions } = config;
  const { frozen } = config.arena;
  const arena = requireArena(env);
  const roles = rolesOf(rules.agents);
  const players = new Map<number, Player>();
  for (const [whom, name] of Object.entries(frozen)) {
    const agent = rules.agents.indexOf(whom);
    const seats = agent >= 0 ? [agent] : roles.get(whom);
    if (seats === undefined) {
      throw new GymnasiumError(
        "invalid-options",
        `${rules.id} has no agent or role ${JSON.stringify(whom)}; there are ${[...new Set([...roles.keys(), ...rules.agents])].join(", ")}.`,
      );
    }
    const player = createPlayer(name, arena, { rules, settings: envOptions });
    for (const seat of seats) players.set(seat, player);
  }
  return players;
}

/** Null where nobody holds a seat alone. */
function seatRules(config: ArenaRunConfig, league: Seating<unknown> | null) {
  const { env, envOptions, arena } = config;
  if (arena.learn !== "seat" && arena.learn !== "self-play") return null;
  const rules = rulesOfRun(config);
  const seating =
    league ?? seatingOf(createPlayer(arena.others, requireArena(env), { rules, settings: envOptions }));
  const seat = arena.learn === "self-play" ? "random" : arena.seat;
  return soloRules(rules, { seat: seatOf(rules, seat), seating });
}
