import { Generator } from "gymnasium-js";
import type { ArenaRules } from "../../../../src/multiagent/index.js";

/** What both get for a pair of actions. */
export type Payoff = readonly [row: number, column: number];

/**
 * What two earn who act at once, for each pair of their actions, as the rules pay it.
 * @param stateOf makes the state in which they act, anew
 * @returns `[row's action][column's action]`
 */
export function payoffsOf(rules: ArenaRules<never>, stateOf: () => unknown): Payoff[][] {
  if (rules.kind !== "simultaneous") throw new Error(`${rules.id} is no game in which two act at once.`);
  const rng = new Generator(0);
  const count = (agent: number) => Number(rules.actionSpace(agent).describe()["n"]);
  return Array.from({ length: count(0) }, (_, row) =>
    Array.from({ length: count(1) }, (_, column): Payoff => {
      const outcome = { rewards: new Float64Array(2), terminations: new Uint8Array(2), offset: 0 };
      rules.step(stateOf() as never, [row, column], 0, rng, outcome);
      return [outcome.rewards[0]!, outcome.rewards[1]!];
    }),
  );
}
