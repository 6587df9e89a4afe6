import { defaultRng } from "gymnasium-js";
import type { AecArena } from "../multiagent/index.js";
import { wrongActions } from "./actions.js";
import {
  type ArenaContractOptions,
  type ArenaPart,
  arenaCase,
  type MakeArena,
  seededPart,
  sharedParts,
} from "./arena-checks.js";
import {
  type ArenaPlay,
  type Choose,
  hasLegalAction,
  legal,
  playFrom,
  requireElements,
  requireLimit,
  requireOutcome,
} from "./arena-plays.js";
import { requireRefusal, requireSame, show } from "./assertions.js";
import { registerParts } from "./parts.js";

/** What `testAecArena` tests, part by part. */
export type AecArenaPart = ArenaPart | "turns" | "rewards" | "ends" | "refusals";

export type TestAecArenaOptions = ArenaContractOptions<AecArenaPart>;

/**
 * Registers the contract tests of an arena of turns, which plays random actions. They cover what PettingZoo's `api_test`,
 * `seed_test`, `max_cycles_test`, `state_test` and `render_test` do.
 *
 * - `spaces`: every possible agent has spaces, always the same ones, and strangers have none
 * - `turns`: whose turn it is takes part; rewards, ends, infos and masks are of exactly those who do; what anybody sees is in its space;
 *   `last` says the same as all these
 * - `rewards`: `last` gives what an agent has earned since its own last action
 * - `ends`: who is out has one turn more, in which only null is accepted, and leaves; iteration ends when nobody is
 *   left; `maxCycles` cuts
 * - `seeds`: the same seed and actions give the same play, beside other instances, too; without a seed the generator goes on
 * - `snapshots`: what was restored in the midst of an episode goes on as it did, here and in another arena
 * - `illegal`: an action that is illegal by its mask is refused, and nothing has happened, or the play goes on by the contract
 * - `refusals`: an action outside the space is refused, and nothing has happened; so is a turn before reset
 * - `ownership`: what was observed does not change later, and callers may write to it
 * - `state`: it is always in its space, or refused where there is none
 * - `rendering`: it draws itself in each of `renderModes`, which changes nothing
 * - `closing`: nobody takes part when it is closed
 *
 * @param makeArena makes one, each time anew
 * @example
 * import { test } from "vitest";
 * testAecArena((options) => new AecRulesArena(ticTacToe(), options), { test, renderModes: ["ansi"] });
 */
export function testAecArena(makeArena: MakeArena<AecArena>, options: TestAecArenaOptions): void {
  const tested = arenaCase(makeArena, aecPlay, options);
  const { steps } = tested;
  registerParts(
    {
      ...sharedParts(tested, options),
      turns: seededPart(tested, "says of each turn what is true of those who take part", (arena, seed) => {
        playFrom(aecPlay, arena, seed, { steps });
      }),
      rewards: seededPart(tested, "gives what was earned since the agent's own last action", (arena, seed) =>
        checkRewards(arena, seed, steps),
      ),
      ends: seededPart(tested, "lets those leave who are out, one turn each", (arena, seed) =>
        checkEnds(arena, seed, { steps, ...options }),
      ),
      refusals: seededPart(tested, "refuses what is no action, and then nothing has happened", checkRefusals),
    },
    options,
  );
}

const aecPlay: ArenaPlay<AecArena> = {
  begin(arena, options) {
    arena.reset(options);
    requireSame([...arena.agents], [...arena.possibleAgents], "agents after reset");
    for (const agent of arena.agents)
      if (isOut(arena, agent)) throw new Error(`after reset: ${agent} is out already.`);
    requireSelection(arena, "after reset");
    const observations = observe(arena, "after reset");
    return { told: { observations }, infos: arena.infos };
  },
  choose(arena, _infos, choose) {
    const { terminated, truncated, info } = arena.last();
    return terminated || truncated ? null : choose(arena.actionSpace(arena.agentSelection!), info);
  },
  act(arena, action, where) {
    const { agents, agentSelection: agent } = arena;
    const wasOut = agent !== null && isOut(arena, agent);
    const turn = agent === null ? null : requireTurn(arena, agent, where);
    const returned: unknown = arena.step(action);
    requireSame(returned, undefined, `${where}: what step returned`);
    const left = wasOut ? agents.filter((name) => name !== agent) : [...agents];
    requireSame([...arena.agents], left, `${where}: agents after the turn of ${agent}`);
    requireSelection(arena, where);
    const { rewards, terminations, truncations, infos } = arena;
    const observations = observe(arena, where);
    return {
      told: { agent, turn, action, observations, rewards, terminations, truncations },
      infos,
    };
  },
};

/** It is the turn of somebody who takes part, or nobody's where nobody does. */
function requireSelection({ agents, agentSelection }: AecArena, where: string): void {
  if (agents.length === 0) requireSame(agentSelection, null, `${where}: agentSelection of nobody`);
  else if (agentSelection === null || !agents.includes(agentSelection))
    throw new Error(`${where}: it is ${agentSelection}'s turn, who does not take part.`);
}

/** What everybody who takes part sees. */
function observe(arena: AecArena, where: string): Record<string, unknown> {
  const observations = Object.fromEntries(arena.agents.map((agent) => [agent, arena.observe(agent)]));
  requireElements(arena, observations, where);
  return observations;
}

/** What `last` says, which is what the arena's other members say. */
function requireTurn(arena: AecArena, agent: string, where: string): unknown {
  for (const field of ["rewards", "terminations", "truncations", "infos"] as const) {
    requireSame(Object.keys(arena[field]), [...arena.agents], `${where}: the agents of ${field}`);
  }
  requireOutcome(arena, arena, where);
  const turn = arena.last();
  const { observation, terminated, truncated, info } = turn;
  requireSame(terminated, arena.terminations[agent], `${where}: terminated, as terminations have it`);
  requireSame(truncated, arena.truncations[agent], `${where}: truncated, as truncations have it`);
  requireSame(info, arena.infos[agent], `${where}: the info of last(), as infos have it`);
  requireSame(observation, arena.observe(agent), `${where}: the observation of last(), as observe() has it`);
  if (!terminated && !truncated && !hasLegalAction(info))
    throw new Error(`${where}: it is ${agent}'s turn, who has no legal action by its action_mask.`);
  return turn;
}

function isOut({ terminations, truncations }: AecArena, agent: string): boolean {
  return terminations[agent] === true || truncations[agent] === true;
}

function checkRewards(arena: AecArena, seed: number, steps: number): void {
  const choose = legal(defaultRng(seed));
  arena.reset({ seed });
  const earned = new Map<string, number>(arena.possibleAgents.map((agent) => [agent, 0]));
  for (let i = 0; i < steps && arena.agentSelection !== null; i++) {
    const agent = arena.agentSelection;
    const { reward } = arena.last();
    requireSame(reward, earned.get(agent), `step ${i}: what ${agent} has earned since its last action`);
    earned.set(agent, 0);
    arena.step(aecPlay.choose(arena, {}, choose));
    for (const [name, share] of Object.entries(arena.rewards)) earned.set(name, earned.get(name)! + share);
  }
}

function checkEnds(
  arena: AecArena,
  seed: number,
  { steps, maxCycles }: { steps: number; maxCycles?: number | undefined },
): void {
  const choose = legal(defaultRng(seed));
  let left = Math.max(steps, 2 * (maxCycles ?? 0));
  aecPlay.begin(arena, { seed });
  while (left > 0) {
    left -= checkEpisode(arena, choose, { turns: left, maxCycles });
    aecPlay.begin(arena, {});
  }
}

/** @returns how many turns an episode had, at most `turns` */
function checkEpisode(
  arena: AecArena,
  choose: Choose,
  { turns, maxCycles }: { turns: number; maxCycles: number | undefined },
): number {
  let [turn, cycle] = [0, 0];
  for (const agent of arena.agentIter()) {
    requireSame(agent, arena.agentSelection, `turn ${turn}: the agent that iteration gives`);
    if (turn++ === turns) return turns;
    const action = aecPlay.choose(arena, {}, choose);
    if (action === null) {
      const some = arena.actionSpace(agent).sample();
      requireRefusal(() => arena.step(some), "invalid-action", `An action of ${agent}, who is out,`);
      aecPlay.act(arena, null, `turn ${turn}`);
      continue;
    }
    requireRefusal(() => arena.step(null), "invalid-action", `null of ${agent}, who is in,`);
    aecPlay.act(arena, action, `turn ${turn}`);
    const left = arena.agents.filter((name) => !isOut(arena, name));
    requireLimit(maxCycles, ++cycle, arena.truncations, left);
  }
  requireSame([...arena.agents], [], "agents when the iteration has ended");
  requireRefusal(() => arena.last(), "reset-needed", "last() when nobody is left");
  requireRefusal(() => arena.step(null), "reset-needed", "A step when nobody is left");
  return turn;
}

function checkRefusals(arena: AecArena, seed: number): void {
  requireRefusal(() => arena.last(), "reset-needed", "last() before reset");
  requireRefusal(() => arena.step(0), "reset-needed", "An action before reset");
  arena.reset({ seed });
  const before = arena.snapshot();
  const agent = arena.agentSelection!;
  for (const wrong of wrongActions(arena.actionSpace(agent))) {
    const name = `The action ${show(wrong)} of ${agent}`;
    requireRefusal(() => arena.step(wrong), "invalid-action", name);
    requireSame(arena.snapshot(), before, `${name} was refused; the snapshot after it`);
  }
  requireRefusal(() => arena.observe("nobody"), "invalid-options", "The observation of a stranger");
  aecPlay.act(arena, aecPlay.choose(arena, {}, legal(defaultRng(seed))), "after refused actions");
}
