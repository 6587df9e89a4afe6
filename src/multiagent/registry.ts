import {
  defineEnv,
  type EnvDefinition,
  GymnasiumError,
  nearestSpelling,
  register,
  resolveEnvId,
} from "gymnasium-js";
import { minimaxPlayer } from "./players/minimax-player.js";
import type { Player } from "./players/player.js";
import { randomPlayer } from "./players/random.js";
import type { ArenaRules } from "./rules.js";
import { type Seating, seatingOf, soloRules } from "./seats/solo-rules.js";

/** Settings of an arena, by name. */
export type ArenaSettings = Readonly<Record<string, unknown>>;

/** An arena that goes by its id: to learn in, to watch, to play in. */
export interface ArenaDefinition {
  readonly id: string;
  /** One line. */
  readonly summary: string;
  /** What its agents are to each other: whether one's gain is the other's loss, or there are teams that do different things. */
  readonly kind?: "rivals" | "teams";
  /** Every setting with its default: a number, a word, a switch or a list of numbers; null where it follows from others. */
  readonly settings: ArenaSettings;
  /** @param settings all of them but those that are null */
  rules(settings: never): ArenaRules<never>;
  /** Players who know this arena, by name; there are others for all arenas. */
  readonly players?: Readonly<Record<string, (rules: never, settings: never) => Player<never>>>;
}

const arenas = new Map<string, ArenaDefinition>();
const namedPlayers = new Map<string, (rules: ArenaRules<never>) => Player<never>>();

/**
 * Makes arenas known by their ids, and to `make` as environments for one: with the setting `seat` for whose seat is held
 * (an agent's name, or "random"; the first agent's by default), and `others` for who plays on all others ("random" by default).
 *
 * @throws GymnasiumError `duplicate-env`
 */
export function registerArenas(...definitions: readonly ArenaDefinition[]): void {
  for (const definition of definitions) {
    if (arenas.get(definition.id) === definition) continue;
    register(soloDefinition(definition) as EnvDefinition);
    arenas.set(definition.id, definition);
  }
}

/** All of them, in the order of registration. */
export function registeredArenas(): readonly ArenaDefinition[] {
  return [...arenas.values()];
}

/** The arena of an id, or of a short name as `make` takes them; null where that is no arena. */
export function findArena(id: string): ArenaDefinition | null {
  return arenas.get(id) ?? null;
}

/** @throws GymnasiumError `unknown-env` where there is no such arena */
export function requireArena(id: string): ArenaDefinition {
  const found = findArena(resolveEnvId(id));
  if (found !== null) return found;
  throw new GymnasiumError(
    "unknown-env",
    `${id} is no arena of many agents; there are ${[...arenas.keys()].join(", ")}.`,
  );
}

/**
 * The rules of an arena.
 * @throws GymnasiumError `invalid-options` for a setting that it does not have, or of another type
 */
export function arenaRules<State = unknown>(
  definition: ArenaDefinition,
  settings: ArenaSettings = {},
): ArenaRules<State> {
  return definition.rules(completed(definition, settings) as never) as unknown as ArenaRules<State>;
}

/** Lets `make`'s `others`, and whoever asks for a player, find one by this name. @returns what forgets it again */
export function namePlayer<State>(
  name: string,
  create: (rules: ArenaRules<State>) => Player<State>,
): () => void {
  const own = create as unknown as (rules: ArenaRules<never>) => Player<never>;
  const before = namedPlayers.get(name);
  namedPlayers.set(name, own);
  return () => {
    if (namedPlayers.get(name) !== own) return;
    if (before === undefined) namedPlayers.delete(name);
    else namedPlayers.set(name, before);
  };
}

/**
 * A player of an arena by name: one of its own, "random", "minimax" or "minimax-DEPTH" for games of two who take turns, or one
 * that `namePlayer` named.
 *
 * @throws GymnasiumError `invalid-options` where there is none
 */
export function createPlayer<State>(
  name: string,
  definition: ArenaDefinition,
  { rules, settings = {} }: { rules: ArenaRules<State>; settings?: ArenaSettings },
): Player<State> {
  const own = definition.players?.[name];
  if (own !== undefined) {
    return own(rules as never, completed(definition, settings) as never) as unknown as Player<State>;
  }
  if (name === "random") return randomPlayer(rules);
  const named = namedPlayers.get(name);
  if (named !== undefined) return named(rules as never) as unknown as Player<State>;
  const depth = /^minimax(?:-(\d+))?$/.exec(name);
  if (depth !== null && rules.kind === "turns" && rules.agents.length === 2) {
    return minimaxPlayer(rules, depth[1] === undefined ? {} : { depth: Number(depth[1]) });
  }
  throw unknownPlayer(name, definition, rules);
}

/** Names of players that this arena has, beside those of `namePlayer`. */
export function playersOf(definition: ArenaDefinition, rules: ArenaRules<never>): readonly string[] {
  const searches = rules.kind === "turns" && rules.agents.length === 2 ? ["minimax", "minimax-2"] : [];
  return [...new Set(["random", ...Object.keys(definition.players ?? {}), ...searches])];
}

function unknownPlayer<State>(
  name: string,
  definition: ArenaDefinition,
  rules: ArenaRules<State>,
): GymnasiumError {
  const names = playersOf(definition, rules as unknown as ArenaRules<never>);
  const nearest = nearestSpelling(name, names);
  return new GymnasiumError(
    "invalid-options",
    `${definition.id} has no player ${JSON.stringify(name)}; there are ${names.join(", ")}${nearest === null ? "." : `; did you mean ${JSON.stringify(nearest)}?`}`,
  );
}

interface SoloKwargs {
  seat?: string;
  others?: string;
}

function soloDefinition(definition: ArenaDefinition) {
  return defineEnv(definition.id, ({ seat, others = "random", ...settings }: SoloKwargs & ArenaSettings) => {
    const rules = arenaRules(definition, settings);
    const player = createPlayer(others, definition, { rules, settings });
    const seating: Seating<unknown> = seatingOf(player);
    return soloRules(rules, { seat: seatOf(rules, seat), seating });
  });
}

/** Index of the agent that goes by this name; null for one that is drawn. */
export function seatOf<State>(rules: ArenaRules<State>, seat: string | undefined): number | null {
  if (seat === "random") return null;
  const index = seat === undefined ? 0 : rules.agents.indexOf(seat);
  if (index >= 0) return index;
  throw new GymnasiumError(
    "invalid-options",
    `${rules.id} has no seat ${JSON.stringify(seat)}; there are random, ${rules.agents.join(", ")}.`,
  );
}

function completed({ id, settings: defaults }: ArenaDefinition, given: ArenaSettings): ArenaSettings {
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, name)) {
      const nearest = nearestSpelling(name, Object.keys(defaults));
      const known = Object.keys(defaults).join(", ") || "none";
      throw new GymnasiumError(
        "invalid-options",
        `${id} has no setting ${JSON.stringify(name)}; there are ${known}${nearest === null ? "." : `; did you mean ${JSON.stringify(nearest)}?`}`,
      );
    }
    if (fits(value, defaults[name])) continue;
    const like = defaults[name] === null ? "a number or a word" : `like ${JSON.stringify(defaults[name])}`;
    throw new GymnasiumError(
      "invalid-options",
      `${id}: the setting ${name} has to be ${like}, not ${JSON.stringify(value)}.`,
    );
  }
  const all = Object.entries({ ...defaults, ...given });
  return Object.fromEntries(all.filter(([, value]) => value !== null));
}

function fits(value: unknown, like: unknown): boolean {
  const isNumber = (one: unknown): boolean => typeof one === "number" && Number.isFinite(one);
  if (like === null) return value === null || typeof value === "string" || isNumber(value);
  if (Array.isArray(like)) return Array.isArray(value) && value.every(isNumber);
  return typeof like === "number" ? isNumber(value) : typeof value === typeof like;
}
