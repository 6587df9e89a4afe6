import { defaultRng, type TypedArray } from "gymnasium-js";
import { expect } from "vitest";
import type { ArenaOutcome, Player, SimultaneousRules } from "../../src/multiagent/index.js";

/** What nobody does who is not told to. */
export const outcomeOf = (agents: number): ArenaOutcome => ({
  rewards: new Float64Array(agents),
  terminations: new Uint8Array(agents),
  offset: 0,
});

/** Steps an arena, and tells what each agent earned. */
export function stepper<State>(rules: SimultaneousRules<State>, state: State) {
  const outcome = outcomeOf(rules.agents.length);
  const rng = defaultRng(0);
  return (...actions: number[]): number[] => {
    outcome.rewards.fill(0);
    rules.step(state, actions, 0, rng, outcome);
    return [...outcome.rewards];
  };
}

export function seen<State>(rules: SimultaneousRules<State>, state: State, agent: number): number[] {
  const { size } = rules.observationSpace(agent) as unknown as { size: number };
  const out: TypedArray = new Float64Array(size + 2).fill(-77);
  rules.observe(state, agent, out, 1);
  if (out[0] !== -77 || out[size + 1] !== -77) throw new Error("It wrote beyond its own.");
  return [...out.subarray(1, size + 1)];
}

/** What agents earn by the end of an episode, added up over episodes; `look` sees each state. */
export function playEpisodes<State>(
  rules: SimultaneousRules<State>,
  players: readonly Player<State>[],
  { episodes, seed = 0, look }: { episodes: number; seed?: number; look?: (state: State) => void },
): number[] {
  const rng = defaultRng(seed);
  const totals = rules.agents.map(() => 0);
  for (let episode = 0; episode < episodes; episode++) {
    const state = rules.init(rng, undefined);
    const outcome = outcomeOf(rules.agents.length);
    for (let cycle = 0; cycle < rules.maxCycles! && outcome.terminations[0] === 0; cycle++) {
      const actions = players.map((player, agent) => player.act(state, agent, rng));
      outcome.rewards.fill(0);
      rules.step(state, actions, 0, rng, outcome);
      look?.(state);
      outcome.rewards.forEach((reward, agent) => {
        totals[agent]! += reward;
      });
    }
  }
  return totals;
}

/** Steps of random moves, of five each, write into the arrays that the state has, and make none. */
export function expectSameArrays<State extends object>(rules: SimultaneousRules<State>): void {
  const rng = defaultRng(1);
  const state = rules.init(rng, undefined);
  const before = { ...state };
  const outcome = outcomeOf(rules.agents.length);
  for (let i = 0; i < 50; i++) {
    const moves = rules.agents.map(() => rng.integers(0, 5));
    rules.step(state, moves, 0, rng, outcome);
  }
  const arrays = Object.entries(before).filter(([, value]) => ArrayBuffer.isView(value));
  expect(arrays.length).toBeGreaterThan(2);
  for (const [name, array] of arrays) expect(state[name as keyof State]).toBe(array);
}
