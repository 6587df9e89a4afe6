import { clonePlain, defaultRng, GymnasiumError, type RenderMode, sameData } from "gymnasium-js";
import type { Arena, ArenaReset, ByAgent } from "../multiagent/index.js";
import {
  type ArenaPlay,
  type Given,
  legal,
  playFrom,
  playOn,
  requireDrawing,
  sometimesIllegal,
} from "./arena-plays.js";
import { requireCode, requireRefusal, requireSame, requireSamePlay } from "./assertions.js";
import { type ContractOptions, type ContractPart, defaultSeeds, defaultSteps } from "./parts.js";

/** What both contracts of arenas have in common, part by part. */
export type ArenaPart =
  | "spaces"
  | "seeds"
  | "snapshots"
  | "illegal"
  | "ownership"
  | "state"
  | "rendering"
  | "closing";

/** Makes an arena, each time anew, that renders in this mode. */
export type MakeArena<Tested extends Arena> = (options: { renderMode: RenderMode | null }) => Tested;

export interface ArenaContractOptions<Part extends string> extends ContractOptions<Part> {
  /** Modes in which it can be rendered; none by default. */
  readonly renderModes?: readonly RenderMode[] | undefined;
  /** Steps, or actions where agents take turns, after which everybody is truncated; unknown by default. */
  readonly maxCycles?: number | undefined;
}

/** An arena under test. */
export interface ArenaCase<Tested extends Arena> {
  readonly makeArena: MakeArena<Tested>;
  readonly play: ArenaPlay<Tested>;
  readonly steps: number;
  readonly seeds: readonly number[];
}

export function arenaCase<Tested extends Arena>(
  makeArena: MakeArena<Tested>,
  play: ArenaPlay<Tested>,
  { steps = defaultSteps, seeds = defaultSeeds }: ArenaContractOptions<string>,
): ArenaCase<Tested> {
  return { makeArena, play, steps, seeds };
}

/** A part that is checked with a new arena for each seed. */
export function seededPart<Tested extends Arena>(
  { makeArena, seeds }: ArenaCase<Tested>,
  promise: string,
  check: (arena: Tested, seed: number) => void,
): ContractPart {
  return {
    promise,
    check: () => {
      for (const seed of seeds) {
        const arena = makeArena({ renderMode: null });
        check(arena, seed);
        arena.close();
      }
    },
  };
}

export function sharedParts<Tested extends Arena>(
  tested: ArenaCase<Tested>,
  { renderModes = [] }: ArenaContractOptions<string>,
): Record<ArenaPart, ContractPart> {
  const part = (promise: string, check: (tested: ArenaCase<Tested>, arena: Tested, seed: number) => void) =>
    seededPart(tested, promise, (arena, seed) => check(tested, arena, seed));
  return {
    spaces: part("has spaces for every agent", checkSpaces),
    seeds: part("plays the same from the same seed", checkSeeds),
    snapshots: part("goes on identically from a snapshot", checkSnapshots),
    illegal: part("keeps the contract when illegal actions are tried", checkIllegal),
    ownership: part("lets callers keep what it gave, and write to it", checkOwnership),
    state: part("has a state in its space, or says that there is none", checkState),
    rendering: {
      promise: "draws itself in its modes, and nothing changes",
      check: () => {
        for (const mode of [null, ...renderModes]) checkRendering(tested, mode);
      },
    },
    closing: part("takes no steps when it is closed", checkClosing),
  };
}

function checkSpaces<Tested extends Arena>(
  { play, steps }: ArenaCase<Tested>,
  arena: Tested,
  seed: number,
): void {
  const names = arena.possibleAgents;
  if (names.length === 0) throw new Error("possibleAgents are none.");
  requireSame([...new Set(names)], [...names], "possibleAgents, each once");
  const spaces = () => names.flatMap((name) => [arena.observationSpace(name), arena.actionSpace(name)]);
  const first = spaces();
  const requireFirst = (when: string): void =>
    spaces().forEach((space, i) => {
      if (space === first[i]) return;
      const member = i % 2 === 0 ? "observationSpace" : "actionSpace";
      const agent = names[Math.floor(i / 2)];
      throw new Error(`${member}("${agent}") is another object ${when}; keep one.`);
    });
  requireFirst("every time");
  playFrom(play, arena, seed, { steps: Math.min(steps, 20) });
  requireFirst("after some steps");
  requireRefusal(
    () => arena.observationSpace("nobody"),
    "invalid-options",
    "The observation space of a stranger",
  );
  requireRefusal(() => arena.actionSpace("nobody"), "invalid-options", "The action space of a stranger");
}

function checkSeeds<Tested extends Arena>(tested: ArenaCase<Tested>, arena: Tested, seed: number): void {
  const { makeArena, play, steps } = tested;
  const { events } = playFrom(play, arena, seed, { steps });
  const neighbour = makeArena({ renderMode: null });
  let { infos } = play.begin(neighbour, { seed: seed + 1 });
  const rng = defaultRng(seed);
  const disturb = (): void => {
    ({ infos } = playOn(play, neighbour, { infos, rng, steps: 1 }));
  };
  const beside = playFrom(play, makeArena({ renderMode: null }), seed, { steps, watch: disturb });
  requireSamePlay(beside.events, events, `Seed ${seed}, played beside another instance`);
  // A reset may come at any moment.
  playFrom(play, arena, seed + 1, { steps: 7 });
  requireSamePlay(playFrom(play, arena, seed, { steps }).events, events, `Seed ${seed}, played again`);
  checkGenerator(arena, seed);
}

function checkGenerator(arena: Arena, seed: number): void {
  const stateAfter = (options: ArenaReset): unknown => {
    arena.reset(options);
    return structuredClone(arena.rng.state);
  };
  const own = stateAfter({ seed });
  if (sameData(stateAfter({ seed: seed + 1 }), own))
    throw new Error(`The seeds ${seed} and ${seed + 1} left the same rng: make it anew from the seed.`);
  arena.reset({ seed });
  arena.rng.random();
  if (sameData(stateAfter({}), own))
    throw new Error("A reset without a seed made the rng anew: let it go on.");
}

function checkSnapshots<Tested extends Arena>(tested: ArenaCase<Tested>, arena: Tested, seed: number): void {
  const rng = defaultRng(seed);
  // Right after the reset, and at other places for each seed.
  const most = Math.ceil(tested.steps / 2);
  const places = [0, ...Array.from({ length: 3 }, () => rng.integers(0, most))];
  for (const before of places) checkSnapshot(tested, arena, { seed, before });
  for (const wrong of [{ id: "Another-v0" }, null]) {
    requireRefusal(() => arena.restore(wrong), "invalid-snapshot", "The snapshot of another arena");
  }
}

/** @param place after so many steps from a seed */
function checkSnapshot<Tested extends Arena>(
  { makeArena, play, steps: most }: ArenaCase<Tested>,
  arena: Tested,
  { seed, before }: { seed: number; before: number },
): void {
  const steps = Math.ceil(most / 2);
  const { infos: told } = playFrom(play, arena, seed, { steps: before });
  const infos = structuredClone(told);
  const snapshot = arena.snapshot();
  const taken = clonePlain(snapshot, "snapshot");
  const goOn = (which: Tested) => playOn(play, which, { infos, steps, rng: defaultRng(seed) }).events;
  const expected = goOn(arena);
  requireSame(snapshot, taken, `The snapshot of step ${before}, when its arena had played on`);
  for (const [which, where] of [
    [arena, "in the same arena"],
    [makeArena({ renderMode: null }), "in another arena"],
    [arena, "once more"],
  ] as const) {
    which.restore(snapshot);
    requireSame(which.snapshot(), taken, `The snapshot of what was restored ${where}`);
    requireSamePlay(goOn(which), expected, `Seed ${seed}, restored at step ${before} ${where}`);
  }
}

function checkIllegal<Tested extends Arena>(
  { play, steps }: ArenaCase<Tested>,
  arena: Tested,
  seed: number,
): void {
  const rng = defaultRng(seed);
  const [daring, cautious] = [sometimesIllegal(rng), legal(rng)];
  let { infos } = play.begin(arena, { seed });
  if (!Object.values(infos).some((info) => "action_mask" in info)) return;
  const attempt = (where: string): Given => {
    const before = arena.snapshot();
    const actions = play.choose(arena, infos, daring);
    try {
      return play.act(arena, actions, where);
    } catch (error) {
      if (!(error instanceof GymnasiumError) || error.code !== "invalid-action") throw error;
      requireSame(arena.snapshot(), before, `${where}: after an illegal action was refused`);
      return play.act(arena, play.choose(arena, infos, cautious), where);
    }
  };
  for (let i = 0; i < steps; i++) {
    ({ infos } = arena.agents.length === 0 ? play.begin(arena, {}) : attempt(`step ${i}`));
  }
}

function checkOwnership<Tested extends Arena>(tested: ArenaCase<Tested>, arena: Tested, seed: number): void {
  const { makeArena, play } = tested;
  const steps = Math.min(tested.steps, 30);
  const given: (readonly [now: unknown, then: unknown])[] = [];
  const { events } = playFrom(play, arena, seed, {
    steps,
    watch: (told) => given.push([told, structuredClone(told)]),
  });
  given.forEach(([now, then], i) => {
    requireSame(now, then, `What event ${i} gave, some steps later`);
  });
  const where = "Where the caller wrote to the observations that it was given";
  const watch = (told: unknown): void => scribble((told as { observations: ByAgent<unknown> }).observations);
  try {
    const scribbled = playFrom(play, makeArena({ renderMode: null }), seed, { steps, watch });
    requireSamePlay(scribbled.events, events, "the play");
  } catch (error) {
    throw new Error(`${where}, ${(error as Error).message}`);
  }
}

/** Writes over everything that can be written over. */
function scribble(data: unknown): void {
  if (ArrayBuffer.isView(data)) new Uint8Array(data.buffer, data.byteOffset, data.byteLength).fill(77);
  else if (typeof data === "object" && data !== null) for (const part of Object.values(data)) scribble(part);
}

function checkState<Tested extends Arena>(
  { play, steps }: ArenaCase<Tested>,
  arena: Tested,
  seed: number,
): void {
  const { stateSpace } = arena;
  if (stateSpace === null) {
    arena.reset({ seed });
    requireRefusal(() => arena.state(), "unsupported", "A state that there is not");
    return;
  }
  const states: (readonly [now: unknown, then: unknown])[] = [];
  const watch = (): void => {
    const state = arena.state();
    if (!stateSpace.contains(state))
      throw new Error(`state() is not in stateSpace after ${states.length} steps.`);
    requireSame(arena.state(), state, "state(), asked twice");
    states.push([state, structuredClone(state)]);
  };
  playFrom(play, arena, seed, { steps, watch });
  for (const [now, then] of states) requireSame(now, then, "What state() gave, some steps later");
}

function checkRendering<Tested extends Arena>(
  { makeArena, play }: ArenaCase<Tested>,
  mode: RenderMode | null,
): void {
  const arena = makeArena({ renderMode: mode });
  requireSame(arena.renderMode, mode, "renderMode, as it was asked for");
  const watch = (): void => {
    const before = arena.snapshot();
    requireDrawing(arena.render(), mode);
    requireSame(arena.snapshot(), before, `After render() in the mode ${mode}`);
  };
  playFrom(play, arena, 0, { steps: 5, watch });
  arena.close();
}

function checkClosing<Tested extends Arena>({ play }: ArenaCase<Tested>, arena: Tested, seed: number): void {
  const { infos } = play.begin(arena, { seed });
  const actions = play.choose(arena, infos, legal(defaultRng(seed)));
  arena.close();
  arena.close();
  requireSame([...arena.agents], [], "agents when it is closed");
  requireCode(
    () => play.act(arena, actions, "closed"),
    ["reset-needed", "closed"],
    "A step when it is closed",
  );
}
