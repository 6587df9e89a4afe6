import type { RandomSource } from "gymnasium-js";
import type { Player } from "./players/player.js";
import type { ArenaRules } from "./rules.js";

export interface GameOptions {
  /** Steps (turns, where they are taken) after which the game is cut; null for never. By default the rules' own. */
  maxCycles?: number | null;
  /** Hears of every action, as its agent's space counts it. */
  onAction?: (agent: number, action: number) => void;
}

export interface PlayedGame {
  /** Sum of rewards, by agent. */
  returns: Float64Array;
  /** Steps, or turns where they are taken. */
  length: number;
}

/**
 * Plays a game from its first state until all agents are out, or it has taken too long.
 *
 * @param playerOf who plays for an agent
 * @param rng of the rules and of the players
 * @example
 * const rules = ticTacToe();
 * const { returns } = playGame(rules, () => randomPlayer(rules), defaultRng(1));
 */
export function playGame<State>(
  rules: ArenaRules<State>,
  playerOf: (agent: number) => Player<State>,
  rng: RandomSource,
  { maxCycles, onAction }: GameOptions = {},
): PlayedGame {
  const limit = (maxCycles === undefined ? rules.maxCycles : maxCycles) ?? Number.POSITIVE_INFINITY;
  const count = rules.agents.length;
  const outcome = { rewards: new Float64Array(count), terminations: new Uint8Array(count), offset: 0 };
  const out = new Uint8Array(count);
  const returns = new Float64Array(count);
  const state = rules.init(rng, undefined);
  const act = (agent: number): number => {
    const action = playerOf(agent).act(state, agent, rng);
    onAction?.(agent, action);
    return action;
  };
  const actions = new Int32Array(count);
  let length = 0;
  while (length < limit && out.includes(0)) {
    outcome.rewards.fill(0);
    if (rules.kind === "turns") rules.step(state, act(rules.turn(state)), rng, outcome);
    else {
      for (let agent = 0; agent < count; agent++) if (out[agent] === 0) actions[agent] = act(agent);
      rules.step(state, actions, 0, rng, outcome);
    }
    for (let agent = 0; agent < count; agent++) {
      if (out[agent] === 0) returns[agent]! += outcome.rewards[agent]!;
    }
    out.set(outcome.terminations);
    length++;
  }
  return { returns, length };
}
