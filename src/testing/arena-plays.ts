import {
  defaultRng,
  type Generator,
  type Info,
  type RenderMode,
  type RgbFrame,
  type Space,
} from "gymnasium-js";
import type { Arena, ArenaReset, ByAgent } from "../multiagent/index.js";
import { requireSame } from "./assertions.js";

/** Chooses an action of one agent. */
export type Choose = (space: Space<unknown>, info: Info) => unknown;

/** What a reset or a step gave. */
export interface Given {
  /** As the arena gave it, uncopied. */
  readonly told: unknown;
  readonly infos: ByAgent<Info>;
}

/** How arenas of one interface are played; everything that is told is checked on the way. */
export interface ArenaPlay<Tested extends Arena, Actions = unknown> {
  begin(arena: Tested, options: ArenaReset): Given;
  /** @param infos as told last */
  choose(arena: Tested, infos: ByAgent<Info>, choose: Choose): Actions;
  /** @param where stands at the start of messages */
  act(arena: Tested, actions: Actions, where: string): Given;
}

/** A random action, a legal one where the info says which are; any where none is, as of an agent that has to wait. */
export function legal(rng: Generator): Choose {
  return (space, info) => marked(space, info, 1, rng) ?? sample(space, rng);
}

/** Now and then an action that the info says is illegal. */
export function sometimesIllegal(rng: Generator): Choose {
  return (space, info) =>
    (rng.random() < 0.3 ? marked(space, info, 0, rng) : null) ?? legal(rng)(space, info);
}

function sample(space: Space<unknown>, rng: Generator): unknown {
  space.seed(rng.integers(0, 2 ** 31));
  return space.sample();
}

/** One of the actions with this mark in the mask; null where there is none. */
function marked(space: Space<unknown>, info: Info, mark: number, rng: Generator): number | null {
  const mask = (info["action_mask"] ?? []) as ArrayLike<number>;
  const actions = Array.from(mask).flatMap((value, action) => (value === mark ? [action] : []));
  if (actions.length === 0) return null;
  const { start = 0 } = space.describe() as { start?: number };
  return start + actions[rng.integers(0, actions.length)]!;
}

export interface Played {
  /** What was told, step by step, copied. */
  readonly events: unknown[];
  readonly infos: ByAgent<Info>;
}

export interface PlayOn {
  /** As told last. */
  infos: ByAgent<Info>;
  rng: Generator;
  steps: number;
  /** Is shown what was told, uncopied. */
  watch?: (told: unknown) => void;
}

/** Random legal steps; where nobody is left, a reset without a seed is one. */
export function playOn<Tested extends Arena>(
  play: ArenaPlay<Tested>,
  arena: Tested,
  { infos, rng, steps, watch = () => {} }: PlayOn,
): Played {
  const choose = legal(rng);
  const events: unknown[] = [];
  let known = infos;
  for (let i = 0; i < steps; i++) {
    const given =
      arena.agents.length === 0
        ? play.begin(arena, {})
        : play.act(arena, play.choose(arena, known, choose), `step ${i}`);
    events.push(structuredClone(given.told));
    known = given.infos;
    watch(given.told);
  }
  return { events, infos: known };
}

/** The same after a reset with this seed. */
export function playFrom<Tested extends Arena>(
  play: ArenaPlay<Tested>,
  arena: Tested,
  seed: number,
  { steps, watch }: Pick<PlayOn, "steps" | "watch">,
): Played {
  const { told, infos } = play.begin(arena, { seed, options: {} });
  const first = structuredClone(told);
  watch?.(told);
  const { events, ...rest } = playOn(play, arena, { infos, steps, watch, rng: defaultRng(seed + 1000) });
  return { events: [first, ...events], ...rest };
}

export function requireElements(arena: Arena, observations: ByAgent<unknown>, where: string): void {
  for (const [agent, observation] of Object.entries(observations)) {
    if (arena.observationSpace(agent).contains(observation)) continue;
    throw new Error(`${where}: the observation of ${agent} is not in its space.`);
  }
}

/** Rewards are finite, ends yes or no, infos objects, and masks as long as there are actions. */
export function requireOutcome(
  arena: Arena,
  { rewards = {}, terminations = {}, truncations = {}, infos }: Outcome,
  where: string,
): void {
  for (const [agent, reward] of Object.entries(rewards)) {
    if (!Number.isFinite(reward)) throw new Error(`${where}: the reward of ${agent} is ${reward}.`);
  }
  for (const [name, ends] of Object.entries({ terminations, truncations })) {
    for (const [agent, end] of Object.entries(ends)) {
      if (typeof end === "boolean") continue;
      throw new Error(`${where}: ${name} of ${agent} is ${String(end)}, expected true or false.`);
    }
  }
  for (const [agent, info] of Object.entries(infos))
    requireInfo(arena.actionSpace(agent), info, agent, where);
}

interface Outcome {
  rewards?: ByAgent<number>;
  terminations?: ByAgent<boolean>;
  truncations?: ByAgent<boolean>;
  infos: ByAgent<Info>;
}

function requireInfo(space: Space<unknown>, info: Info, agent: string, where: string): void {
  if (typeof info !== "object" || info === null) {
    throw new Error(`${where}: the info of ${agent} is ${String(info)}, expected an object.`);
  }
  const mask = info["action_mask"];
  if (mask === undefined) return;
  const { n } = space.describe() as { n?: number };
  const isMask = mask instanceof Uint8Array && mask.length === n && mask.every((mark) => mark <= 1);
  if (isMask) return;
  throw new Error(
    `${where}: the action_mask of ${agent} is no Uint8Array of 0 and 1 for each of its actions, of which there are ${n}.`,
  );
}

export function hasLegalAction({ action_mask: mask }: Info): boolean {
  return mask === undefined || (mask as Uint8Array).includes(1);
}

/** Nobody is truncated before `maxCycles`, and nobody is left then. @param cycle how many steps there were */
export function requireLimit(
  maxCycles: number | undefined,
  cycle: number,
  truncations: ByAgent<boolean>,
  agents: readonly string[],
): void {
  if (maxCycles === undefined) return;
  const cut = Object.entries(truncations).find(([, truncated]) => truncated);
  if (cut !== undefined && cycle !== maxCycles)
    throw new Error(`${cut[0]} was truncated after ${cycle} steps, expected ${maxCycles}.`);
  if (cycle === maxCycles && agents.length > 0)
    throw new Error(`After ${maxCycles} steps, ${agents.join(", ")} still take part; maxCycles cuts.`);
}

/** What `render` gave is of its mode. */
export function requireDrawing(drawn: string | RgbFrame | null, mode: RenderMode | null): void {
  if (mode === null) {
    requireSame(drawn, null, "What render() gives without a mode");
    return;
  }
  if (mode === "ansi") {
    if (typeof drawn === "string" && drawn !== "") return;
    throw new Error(`render() in the mode ansi gave ${String(drawn)}, expected text.`);
  }
  const { width = 0, height = 0, data = null } = (drawn ?? {}) as Partial<RgbFrame>;
  if (data instanceof Uint8Array && data.length > 0 && data.length === width * height * 3) return;
  throw new Error("render() in the mode rgb_array gave no picture: expected width * height * 3 bytes.");
}
