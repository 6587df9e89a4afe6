import { defaultRng, type Info } from "gymnasium-js";
import type { ByAgent, ParallelArena, ParallelStep } from "../multiagent/index.js";
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
  hasLegalAction,
  legal,
  playFrom,
  requireElements,
  requireLimit,
  requireOutcome,
} from "./arena-plays.js";
import { requireRefusal, requireSame, show } from "./assertions.js";
import { registerParts } from "./parts.js";

/** What `testParallelArena` tests, part by part. */
export type ParallelArenaPart = ArenaPart | "steps" | "ends" | "refusals";

export type TestParallelArenaOptions = ArenaContractOptions<ParallelArenaPart>;

/**
 * Registers the contract tests of a parallel arena, which plays random actions. They cover what PettingZoo's `parallel_api_test`,
 * `parallel_seed_test`, `max_cycles_test`, `state_test` and `render_test` do.
 *
 * - `spaces`: every possible agent has spaces, always the same ones, and strangers have none
 * - `steps`: observations, rewards, ends, infos and masks are of exactly those who took part, in their spaces, and finite
 * - `ends`: who is out stays out; a reset brings everybody; nobody left means that a step is refused; `maxCycles` cuts
 * - `seeds`: the same seed and actions give the same play, beside other instances, too; without a seed the generator goes on
 * - `snapshots`: what was restored in the midst of an episode goes on as it did, here and in another arena
 * - `illegal`: an action that is illegal by its mask is refused, and nothing has happened, or the play goes on by the contract
 * - `refusals`: a missing action, one outside its space, and one of a stranger are refused, and nothing has happened
 * - `ownership`: what a step gave does not change later, and callers may write to it
 * - `state`: it is always in its space, or refused where there is none
 * - `rendering`: it draws itself in each of `renderModes`, which changes nothing
 * - `closing`: nobody takes part when it is closed
 *
 * @param makeArena makes one, each time anew
 * @example
 * import { test } from "vitest";
 * testParallelArena((options) => new ParallelRulesArena(twoStep(), options), { test, renderModes: ["ansi"] });
 */
export function testParallelArena(
  makeArena: MakeArena<ParallelArena>,
  options: TestParallelArenaOptions,
): void {
  const tested = arenaCase(makeArena, parallelPlay, options);
  const { steps } = tested;
  registerParts(
    {
      ...sharedParts(tested, options),
      steps: seededPart(tested, "gives each agent that takes part what is its own", (arena, seed) => {
        playFrom(parallelPlay, arena, seed, { steps });
      }),
      ends: seededPart(tested, "lets nobody come back who is out", (arena, seed) =>
        checkEnds(arena, seed, { steps, ...options }),
      ),
      refusals: seededPart(tested, "refuses what is no action, and then nothing has happened", checkRefusals),
    },
    options,
  );
}

const parallelPlay: ArenaPlay<ParallelArena, ByAgent<unknown>> = {
  begin(arena, options) {
    const told = arena.reset(options);
    requireSame([...arena.agents], [...arena.possibleAgents], "agents after reset");
    requireTold(arena, arena.agents, told, "after reset");
    requireTurn(arena, told.infos, "after reset");
    return { told, infos: told.infos };
  },
  choose(arena, infos, choose) {
    return Object.fromEntries(
      arena.agents.map((agent) => [agent, choose(arena.actionSpace(agent), infos[agent]!)]),
    );
  },
  act(arena, actions, where) {
    const took = arena.agents;
    const step = arena.step(actions);
    requireTold(arena, took, step, where);
    const left = took.filter((agent) => !step.terminations[agent] && !step.truncations[agent]);
    requireSame([...arena.agents], left, `${where}: agents, which are those who are not out`);
    requireTurn(arena, step.infos, where);
    return { told: step, infos: step.infos };
  },
};

function requireTold(
  arena: ParallelArena,
  took: readonly string[],
  told: Partial<ParallelStep> & Pick<ParallelStep, "observations" | "infos">,
  where: string,
): void {
  for (const [field, values] of Object.entries(told)) {
    requireSame(Object.keys(values), [...took], `${where}: the agents of ${field}`);
  }
  requireElements(arena, told.observations, where);
  requireOutcome(arena, told, where);
}

/** Somebody of those who are left can do something. */
function requireTurn({ agents }: ParallelArena, infos: ByAgent<Info>, where: string): void {
  if (agents.length === 0 || agents.some((agent) => hasLegalAction(infos[agent]!))) return;
  throw new Error(`${where}: no agent has a legal action by its action_mask.`);
}

function checkEnds(
  arena: ParallelArena,
  seed: number,
  { steps, maxCycles }: { steps: number; maxCycles?: number | undefined },
): void {
  requireRefusal(() => arena.step({}), "reset-needed", "A step before reset");
  const choose = legal(defaultRng(seed));
  let { infos } = parallelPlay.begin(arena, { seed });
  let cycle = 0;
  for (let i = 0; i < Math.max(steps, maxCycles ?? 0); i++) {
    if (arena.agents.length === 0) {
      requireRefusal(() => arena.step({}), "reset-needed", "A step when nobody is left");
      ({ infos } = parallelPlay.begin(arena, {}));
      cycle = 0;
      continue;
    }
    const actions = parallelPlay.choose(arena, infos, choose);
    const { told, infos: next } = parallelPlay.act(arena, actions, `step ${i}`);
    infos = next;
    requireLimit(maxCycles, ++cycle, (told as ParallelStep).truncations, arena.agents);
  }
}

function checkRefusals(arena: ParallelArena, seed: number): void {
  const { infos } = parallelPlay.begin(arena, { seed });
  const actions = parallelPlay.choose(arena, infos, legal(defaultRng(seed)));
  const before = arena.snapshot();
  const [first, ...rest] = arena.agents as [string, ...string[]];
  const faults: [string, ByAgent<unknown>][] = [
    ["A missing action", Object.fromEntries(rest.map((agent) => [agent, actions[agent]]))],
    ["An action of a stranger", { ...actions, nobody: 0 }],
    ...wrongActions(arena.actionSpace(first)).map((wrong): [string, ByAgent<unknown>] => [
      `The action ${show(wrong)} of ${first}`,
      { ...actions, [first]: wrong },
    ]),
  ];
  for (const [name, wrong] of faults) {
    requireRefusal(() => arena.step(wrong), "invalid-action", name);
    requireSame(arena.snapshot(), before, `${name} was refused; the snapshot after it`);
  }
  parallelPlay.act(arena, actions, "after refused actions");
}
