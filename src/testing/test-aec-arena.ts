import { defaultRng } from "gymnasium-js";
import type { AecArena } from "../multiagent/index.js";
import { actionOf, checkSpaces, requireElements, requireRefusal, strangeAction } from "./arena-plays.js";
import { requireSame, requireSamePlay } from "./assertions.js";
import {
  type ContractOptions,
  type ContractPart,
  defaultSeeds,
  defaultSteps,
  registerParts,
} from "./parts.js";

/** What `testAecArena` tests, part by part. */
export type AecArenaPart =
  | "spaces"
  | "turns"
  | "rewards"
  | "ends"
  | "seeds"
  | "snapshots"
  | "refusals"
  | "state";

export type TestAecArenaOptions = ContractOptions<AecArenaPart>;

/**
 * Registers the contract tests of an arena of turns, which plays random legal actions.
 *
 * - `spaces`: every possible agent has spaces, always the same ones
 * - `turns`: whose turn it is takes part; rewards, ends and infos are of exactly those who do; observations are in their spaces
 * - `rewards`: `last` gives what an agent has earned since its own last action
 * - `ends`: who is out has one turn more, in which only null is accepted, and leaves; iteration ends when nobody is left
 * - `seeds`: the same seed and actions give the same play
 * - `snapshots`: what was restored goes on as it did, here and in another arena
 * - `refusals`: an action outside the space is refused, and nothing has happened; so is a turn before reset
 * - `state`: it is in its space, or refused where there is none
 *
 * @param makeArena makes one, each time anew
 * @example
 * import { test } from "vitest";
 * testAecArena(() => new AecRulesArena(ticTacToe()), { test });
 */
export function testAecArena(makeArena: () => AecArena, options: TestAecArenaOptions): void {
  const { steps = defaultSteps, seeds = defaultSeeds } = options;
  const part = (promise: string, check: (arena: AecArena, seed: number) => void): ContractPart => ({
    promise,
    check: () => {
      for (const seed of seeds) {
        const arena = makeArena();
        check(arena, seed);
        arena.close();
      }
    },
  });
  registerParts(
    {
      spaces: part("has spaces for every agent", checkSpaces),
      turns: part("says of each turn what is true of those who take part", (arena, seed) => {
        playFrom(arena, seed, steps);
      }),
      rewards: part("gives what was earned since the agent's own last action", (arena, seed) =>
        checkRewards(arena, seed, steps),
      ),
      ends: part("lets those leave who are out, one turn each", (arena, seed) =>
        checkEnds(arena, seed, steps),
      ),
      seeds: part("plays the same from the same seed", (arena, seed) => {
        const first = playFrom(arena, seed, steps);
        requireSamePlay(playFrom(makeArena(), seed, steps), first, `Seed ${seed}, played elsewhere`);
        requireSamePlay(playFrom(arena, seed, steps), first, `Seed ${seed}, played again`);
      }),
      snapshots: part("goes on identically from a snapshot", (arena, seed) =>
        checkSnapshots(arena, makeArena(), seed, steps),
      ),
      refusals: part("refuses what is no action, and then nothing has happened", checkRefusals),
      state: part("has a state in its space, or says that there is none", (arena, seed) => {
        arena.reset({ seed });
        const { stateSpace } = arena;
        if (stateSpace === null)
          requireRefusal("unsupported", () => arena.state(), "a state that there is not");
        else if (!stateSpace.contains(arena.state())) throw new Error("state() is not in stateSpace.");
      }),
    },
    options,
  );
}

function playFrom(arena: AecArena, seed: number, steps: number): unknown[] {
  arena.reset({ seed });
  requireSame([...arena.agents], [...arena.possibleAgents], "agents after reset");
  return playOn(arena, seed, steps);
}

/** Turns; where nobody is left, a reset without a seed is one. */
function playOn(arena: AecArena, seed: number, steps: number): unknown[] {
  const rng = defaultRng(seed + 1000);
  const events: unknown[] = [];
  for (let i = 0; i < steps; i++) {
    const agent = arena.agentSelection;
    if (agent === null) {
      requireSame([...arena.agents], [], `turn ${i}: agents when it is nobody's turn`);
      arena.reset();
      continue;
    }
    if (!arena.agents.includes(agent)) throw new Error(`turn ${i}: it is ${agent}'s turn, who is not there.`);
    for (const field of ["rewards", "terminations", "truncations", "infos"] as const) {
      requireSame(Object.keys(arena[field]), [...arena.agents], `turn ${i}: the agents of ${field}`);
    }
    const turn = arena.last();
    requireElements(arena, { [agent]: turn.observation }, `turn ${i}`);
    requireSame(turn.terminated, arena.terminations[agent], `turn ${i}: terminated, as terminations have it`);
    requireSame(turn.truncated, arena.truncations[agent], `turn ${i}: truncated, as truncations have it`);
    if (!Number.isFinite(turn.reward))
      throw new Error(`turn ${i}: the reward of ${agent} is ${turn.reward}.`);
    const isOut = turn.terminated || turn.truncated;
    const action = isOut ? null : actionOf(arena.actionSpace(agent), turn.info, rng);
    events.push(structuredClone({ agent, turn, action }));
    arena.step(action);
  }
  return events;
}

function checkRewards(arena: AecArena, seed: number, steps: number): void {
  const rng = defaultRng(seed);
  arena.reset({ seed });
  const earned = new Map<string, number>(arena.possibleAgents.map((agent) => [agent, 0]));
  for (let i = 0; i < steps && arena.agentSelection !== null; i++) {
    const agent = arena.agentSelection;
    const { reward, terminated, truncated, info } = arena.last();
    requireSame(reward, earned.get(agent), `turn ${i}: what ${agent} has earned since its last action`);
    if (terminated || truncated) {
      arena.step(null);
      continue;
    }
    earned.set(agent, 0);
    arena.step(actionOf(arena.actionSpace(agent), info, rng));
    for (const [name, share] of Object.entries(arena.rewards)) earned.set(name, earned.get(name)! + share);
  }
}

function checkEnds(arena: AecArena, seed: number, steps: number): void {
  const rng = defaultRng(seed);
  arena.reset({ seed });
  let turns = 0;
  for (const agent of arena.agentIter()) {
    requireSame(agent, arena.agentSelection, `turn ${turns}: the agent that iteration gives`);
    if (turns++ >= steps) break;
    const { terminated, truncated, info } = arena.last();
    if (!terminated && !truncated) {
      requireRefusal("invalid-action", () => arena.step(null), `null of ${agent}, who is in`);
      arena.step(actionOf(arena.actionSpace(agent), info, rng));
      continue;
    }
    const some = actionOf(arena.actionSpace(agent), {}, rng);
    requireRefusal("invalid-action", () => arena.step(some), `an action of ${agent}, who is out`);
    const { agents } = arena;
    arena.step(null);
    requireSame(
      [...arena.agents],
      agents.filter((name) => name !== agent),
      `agents after ${agent} has left`,
    );
  }
  if (arena.agents.length === 0)
    requireRefusal("reset-needed", () => arena.last(), "a turn when nobody is left");
  arena.reset();
  requireSame([...arena.agents], [...arena.possibleAgents], "agents after another reset");
}

function checkSnapshots(arena: AecArena, other: AecArena, seed: number, steps: number): void {
  playFrom(arena, seed, Math.ceil(steps / 4));
  const taken = structuredClone(arena.snapshot());
  const first = playOn(arena, seed, steps);
  for (const which of [arena, other]) {
    which.restore(taken);
    requireSame(which.snapshot(), taken, "The snapshot of what was restored");
    requireSamePlay(playOn(which, seed, steps), first, "Restored");
  }
  requireRefusal(
    "invalid-snapshot",
    () => arena.restore({ id: "Another-v0" }),
    "a snapshot of another arena",
  );
}

function checkRefusals(arena: AecArena, seed: number): void {
  requireRefusal("reset-needed", () => arena.last(), "a turn before reset");
  requireRefusal("reset-needed", () => arena.step(0), "an action before reset");
  arena.reset({ seed });
  const before = arena.snapshot();
  requireRefusal("invalid-action", () => arena.step(strangeAction), "an action outside the space");
  requireSame(arena.snapshot(), before, "After an action outside the space");
  requireRefusal("invalid-options", () => arena.observe("nobody"), "the observation of a stranger");
}
