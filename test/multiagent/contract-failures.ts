import type { RenderMode } from "gymnasium-js";
import { testAecArena, testParallelArena } from "ludus/testing";
import {
  type AecArena,
  AecRulesArena,
  type ParallelArena,
  ParallelRulesArena,
  ticTacToe,
  turnsToParallel,
} from "../../src/multiagent/index.js";
import { failuresOf, run, withMembers } from "../testing/results.js";
import { crumblingIsland } from "./crumbling-island.js";

export interface Rendered {
  renderMode: RenderMode | null;
}

/** Members of an arena that break its contract. */
export type Change<Tested> = (arena: Tested, how: Rendered) => Partial<Tested>;

/** What is broken, what the contract says of it, and how it was broken. */
export type Fault<Tested> = readonly [fault: string, message: RegExp, change: Change<Tested>];

export const plays = { steps: 60, seeds: [0, 1], renderModes: ["ansi"] as const };

const island = { ...crumblingIsland(3), renderAnsi: () => "an island", maxCycles: 7 };

export const makeIsland = (how: Rendered): ParallelArena => new ParallelRulesArena(island, how);
export const makeGame = (how: Rendered): AecArena => new AecRulesArena(ticTacToe(), how);
/** A parallel arena with masks. */
export const makeBoard = (how: Rendered): ParallelArena => turnsToParallel(makeGame(how));

/** By the promises that are broken. */
export function parallelFailures(
  change: Change<ParallelArena>,
  { make = makeIsland, maxCycles }: { make?: typeof makeIsland; maxCycles?: number } = {},
): Record<string, string> {
  const makeArena = (how: Rendered) => withMembers(make(how), (arena) => change(arena, how));
  return failuresOf(run((test) => testParallelArena(makeArena, { ...plays, test, maxCycles })));
}

export function aecFailures(change: Change<AecArena>, maxCycles?: number): Record<string, string> {
  const makeArena = (how: Rendered) => withMembers(makeGame(how), (arena) => change(arena, how));
  return failuresOf(run((test) => testAecArena(makeArena, { ...plays, test, maxCycles })));
}

/** Promises of both contracts. */
export const promises = {
  spaces: "has spaces for every agent",
  seeds: "plays the same from the same seed",
  snapshots: "goes on identically from a snapshot",
  illegal: "keeps the contract when illegal actions are tried",
  ownership: "lets callers keep what it gave, and write to it",
  state: "has a state in its space, or says that there is none",
  rendering: "draws itself in its modes, and nothing changes",
  closing: "takes no steps when it is closed",
  refusals: "refuses what is no action, and then nothing has happened",
};

export function mapValues<Value>(
  values: Record<string, Value>,
  change: (value: Value, agent: string) => unknown,
): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(values).map(([agent, value]) => [agent, change(value, agent) as Value]),
  );
}
