import { Generator } from "gymnasium-js";
import { type ArenaRules, playGame, randomPlayer, rolesOf } from "../../multiagent/index.js";

/** Agents of an arena that win or lose together. */
export interface Side {
  /** Their role, or the name of the only agent. */
  name: string;
  /** Indices. */
  agents: readonly number[];
}

/** Games of chance after which two agents count as paid the same. */
const games = 20;

/**
 * The two sides of an arena that play against each other: two roles, or two agents. Null where there are not two, or where two
 * agents are always paid the same, because they play for each other.
 */
export function sidesOf(rules: ArenaRules): readonly [Side, Side] | null {
  const [first, second, ...others] = [...rolesOf(rules.agents)].map(([name, agents]) => ({ name, agents }));
  if (first !== undefined && second !== undefined) return others.length === 0 ? [first, second] : null;
  const [one, another, ...more] = rules.agents.map((name, agent) => ({ name, agents: [agent] }));
  if (one === undefined || another === undefined || more.length > 0 || arePaidTheSame(rules)) return null;
  return [one, another];
}

/** Whether two agents earned the same, and something, in games of chance. */
function arePaidTheSame(rules: ArenaRules): boolean {
  const chance = randomPlayer(rules);
  let earned = false;
  for (let seed = 0; seed < games; seed++) {
    const { returns } = playGame(rules, () => chance, new Generator(seed));
    if (returns[0] !== returns[1]) return false;
    if (returns[0] !== 0) earned = true;
  }
  return earned;
}
