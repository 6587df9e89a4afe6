import { defaultRng, type Generator } from "gymnasium-js";
import type { ByAgent, ParallelArena } from "../multiagent/index.js";
import { actionOf, checkSpaces, requireElements, requireRefusal, strangeAction } from "./arena-plays.js";
import { requireSame, requireSamePlay } from "./assertions.js";
import {
  type ContractOptions,
  type ContractPart,
  defaultSeeds,
  defaultSteps,
  registerParts,
} from "./parts.js";

/** What `testParallelArena` tests, part by part. */
export type ParallelArenaPart =
  | "spaces"
  | "steps"
  | "ends"
  | "seeds"
  | "snapshots"
  | "refusals"
  | "ownership"
  | "state";

export type TestParallelArenaOptions = ContractOptions<ParallelArenaPart>;

/**
 * Registers the contract tests of a parallel arena, which plays random legal actions.
 *
 * - `spaces`: every possible agent has spaces, always the same ones
 * - `steps`: observations, rewards, ends and infos are of exactly those who took part, in their spaces, and finite
 * - `ends`: who is out does not come back; a reset brings everybody; nobody left means that a step is refused
 * - `seeds`: the same seed and actions give the same play, and another reset without a seed goes on from the generator
 * - `snapshots`: what was restored goes on as it did, here and in another arena, and restoring takes nothing back twice
 * - `refusals`: a missing action, one outside its space, and one of a stranger are refused, and nothing has happened
 * - `ownership`: what a step gave does not change later
 * - `state`: it is in its space, or refused where there is none
 *
 * @param makeArena makes one, each time anew
 * @example
 * import { test } from "vitest";
 * testParallelArena(() => new ParallelRulesArena(twoStep()), { test });
 */
export function testParallelArena(makeArena: () => ParallelArena, options: TestParallelArenaOptions): void {
  const { steps = defaultSteps, seeds = defaultSeeds } = options;
  const part = (promise: string, check: (arena: ParallelArena, seed: number) => void): ContractPart => ({
    promise,
    check: () => {
      for (const seed of seeds) {
        const arena = makeArena();
        check(arena, seed);
        arena.close();
      }
    },
  });
  const play = (arena: ParallelArena, seed: number): Event[] => playFrom(arena, seed, steps);
  registerParts(
    {
      spaces: part("has spaces for every agent", checkSpaces),
      steps: part("gives each agent that takes part what is its own", (arena, seed) => {
        play(arena, seed);
      }),
      ends: part("lets nobody come back who is out", (arena, seed) => checkEnds(arena, seed, steps)),
      seeds: part("plays the same from the same seed", (arena, seed) => {
        const other = makeArena();
        requireSamePlay(play(other, seed), play(arena, seed), `Seed ${seed}, played twice`);
        requireSamePlay(play(arena, seed), play(other, seed), `Seed ${seed}, played again in the same arena`);
      }),
      snapshots: part("goes on identically from a snapshot", (arena, seed) =>
        checkSnapshots(arena, makeArena(), seed, steps),
      ),
      refusals: part("refuses what is no action, and then nothing has happened", checkRefusals),
      ownership: part("does not change later what it gave", (arena, seed) =>
        checkOwnership(arena, seed, steps),
      ),
      state: part("has a state in its space, or says that there is none", checkState),
    },
    options,
  );
}

/** What happened: a reset, or actions and what came of them. */
type Event = unknown;

function playFrom(arena: ParallelArena, seed: number, steps: number): Event[] {
  const rng = defaultRng(seed + 1000);
  const first = arena.reset({ seed });
  requireStep(arena, arena.agents, first, "after reset");
  return [structuredClone(first), ...playOn(arena, first.infos, steps, rng)];
}

function playOn(arena: ParallelArena, known: ByAgent<object>, steps: number, rng: Generator): Event[] {
  const events: Event[] = [];
  let infos = known;
  for (let i = 0; i < steps; i++) {
    if (arena.agents.length === 0) {
      const begun = arena.reset();
      requireStep(arena, arena.possibleAgents, begun, "after reset");
      events.push(structuredClone(begun));
      ({ infos } = begun);
      continue;
    }
    const took = arena.agents;
    const actions = Object.fromEntries(
      took.map((agent) => [agent, actionOf(arena.actionSpace(agent), infos[agent]!, rng)]),
    );
    const step = arena.step(actions);
    requireStep(arena, took, step, `step ${i}`);
    events.push(structuredClone({ actions, step, agents: arena.agents }));
    ({ infos } = step);
  }
  return events;
}

function requireStep(
  arena: ParallelArena,
  took: readonly string[],
  step: Partial<ReturnType<ParallelArena["step"]>>,
  where: string,
): void {
  for (const [field, values] of Object.entries(step)) {
    requireSame(Object.keys(values), [...took], `${where}: the agents of ${field}`);
  }
  requireElements(arena, step.observations!, where);
  for (const [agent, reward] of Object.entries(step.rewards ?? {})) {
    if (!Number.isFinite(reward)) throw new Error(`${where}: the reward of ${agent} is ${reward}.`);
  }
  const { terminations, truncations } = step;
  if (terminations === undefined || truncations === undefined) return;
  const left = took.filter((agent) => !terminations[agent] && !truncations[agent]);
  requireSame([...arena.agents], left, `${where}: agents, which are those who are not out`);
}

function checkEnds(arena: ParallelArena, seed: number, steps: number): void {
  requireRefusal("reset-needed", () => arena.step({}), "a step before reset");
  const rng = defaultRng(seed);
  let { infos } = arena.reset({ seed });
  requireSame([...arena.agents], [...arena.possibleAgents], "agents after reset");
  let before = arena.agents;
  for (let i = 0; i < steps && arena.agents.length > 0; i++) {
    const actions = before.map((agent) => [agent, actionOf(arena.actionSpace(agent), infos[agent]!, rng)]);
    ({ infos } = arena.step(Object.fromEntries(actions)));
    const strangers = arena.agents.filter((agent) => !before.includes(agent));
    requireSame(strangers, [], `step ${i}: agents that came back`);
    before = arena.agents;
  }
  if (arena.agents.length === 0)
    requireRefusal("reset-needed", () => arena.step({}), "a step when nobody is left");
  arena.reset();
  requireSame([...arena.agents], [...arena.possibleAgents], "agents after another reset");
}

function checkSnapshots(arena: ParallelArena, other: ParallelArena, seed: number, steps: number): void {
  playFrom(arena, seed, Math.ceil(steps / 4));
  if (arena.agents.length === 0) arena.reset();
  const taken = structuredClone(arena.snapshot());
  const resume = (which: ParallelArena): Event[] => {
    which.restore(taken);
    // Masks of the restored state come with the first step only where actions are masked; a reset tells them all.
    const { infos } = which.reset();
    return playOn(which, infos, steps, defaultRng(seed));
  };
  const first = resume(arena);
  requireSamePlay(resume(arena), first, "Restored a second time");
  requireSamePlay(resume(other), first, "Restored elsewhere");
  arena.restore(taken);
  requireSame(arena.snapshot(), taken, "The snapshot of what was restored");
  requireRefusal(
    "invalid-snapshot",
    () => arena.restore({ id: "Another-v0" }),
    "a snapshot of another arena",
  );
}

function checkRefusals(arena: ParallelArena, seed: number): void {
  const { infos } = arena.reset({ seed });
  const rng = defaultRng(seed);
  const legal = Object.fromEntries(
    arena.agents.map((agent) => [agent, actionOf(arena.actionSpace(agent), infos[agent]!, rng)]),
  );
  const before = arena.snapshot();
  const [first, ...rest] = arena.agents as [string, ...string[]];
  const faults: [string, ByAgent<unknown>][] = [
    ["a missing action", Object.fromEntries(rest.map((agent) => [agent, legal[agent]]))],
    ["an action outside the space", { ...legal, [first]: strangeAction }],
    ["an action of a stranger", { ...legal, nobody: 0 }],
  ];
  for (const [name, actions] of faults) {
    requireRefusal("invalid-action", () => arena.step(actions), name);
    requireSame(arena.snapshot(), before, `After ${name}`);
  }
  requireRefusal("invalid-options", () => arena.observationSpace("nobody"), "the space of a stranger");
  arena.step(legal);
}

function checkOwnership(arena: ParallelArena, seed: number, steps: number): void {
  const rng = defaultRng(seed);
  const given: [unknown, unknown][] = [];
  let { infos, observations } = arena.reset({ seed });
  given.push([observations, structuredClone(observations)]);
  for (let i = 0; i < Math.min(steps, 20) && arena.agents.length > 0; i++) {
    const actions = arena.agents.map((agent) => [
      agent,
      actionOf(arena.actionSpace(agent), infos[agent]!, rng),
    ]);
    const step = arena.step(Object.fromEntries(actions));
    given.push([step, structuredClone(step)]);
    ({ infos, observations } = step);
  }
  for (const [i, [now, then]] of given.entries()) requireSame(now, then, `What step ${i} gave, at the end`);
}

function checkState(arena: ParallelArena, seed: number): void {
  arena.reset({ seed });
  const { stateSpace } = arena;
  if (stateSpace === null) {
    requireRefusal("unsupported", () => arena.state(), "a state that there is not");
    return;
  }
  if (!stateSpace.contains(arena.state())) throw new Error("state() is not in stateSpace.");
}
