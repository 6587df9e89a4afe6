import { GymnasiumError } from "gymnasium-js";
import type { Player } from "../players/player.js";
import type { ArenaOutcome, SimultaneousRules } from "../rules.js";

export interface FilledState<State> {
  game: State;
  /** By agent of the whole arena, 1 for those that are out. */
  out: Uint8Array;
}

/**
 * An arena in which players sit on some seats; the agents that are left are its agents.
 *
 * @param players by index of agent
 * @throws GymnasiumError `invalid-options` if nobody is left
 */
export function fillSeats<State>(
  rules: SimultaneousRules<State>,
  players: ReadonlyMap<number, Player<State>>,
): SimultaneousRules<FilledState<State>> {
  const { agents, actionMask, actionNames, info, stateSpace, writeState, renderAnsi, renderRgb } = rules;
  const free = [...agents.keys()].filter((agent) => !players.has(agent));
  if (free.length === 0) {
    throw new GymnasiumError(
      "invalid-options",
      `${rules.id}: all seats are taken, and nobody is left to act.`,
    );
  }
  const seated = [...players];
  const actions = new Int32Array(agents.length);
  const whole: ArenaOutcome = {
    rewards: new Float64Array(agents.length),
    terminations: new Uint8Array(agents.length),
    offset: 0,
  };
  return {
    kind: "simultaneous",
    id: rules.id,
    agents: free.map((agent) => agents[agent]!),
    observationSpace: (i) => rules.observationSpace(free[i]!),
    actionSpace: (i) => rules.actionSpace(free[i]!),
    ...(rules.maxCycles === undefined ? {} : { maxCycles: rules.maxCycles }),
    ...(actionNames && { actionNames: (i) => actionNames.call(rules, free[i]!) }),
    init: (rng, options) => ({ game: rules.init(rng, options), out: new Uint8Array(agents.length) }),
    step({ game, out }, chosen, offset, rng, outcome) {
      for (let i = 0; i < free.length; i++) actions[free[i]!] = chosen[offset + i]!;
      for (const [agent, player] of seated) {
        if (out[agent] === 0) actions[agent] = player.act(game, agent, rng);
      }
      whole.rewards.fill(0);
      whole.terminations.set(out);
      rules.step(game, actions, 0, rng, whole);
      out.set(whole.terminations);
      for (let i = 0; i < free.length; i++) {
        outcome.rewards[outcome.offset + i] = whole.rewards[free[i]!]!;
        outcome.terminations[outcome.offset + i] = whole.terminations[free[i]!]!;
      }
    },
    observe: ({ game }, i, out, offset) => rules.observe(game, free[i]!, out, offset),
    ...(actionMask && {
      actionMask: ({ game }, i, out, offset) => actionMask.call(rules, game, free[i]!, out, offset),
    }),
    ...(info && { info: ({ game }, i) => info.call(rules, game, free[i]!) }),
    ...(stateSpace && writeState
      ? { stateSpace, writeState: ({ game }, out, offset) => writeState.call(rules, game, out, offset) }
      : {}),
    ...(renderAnsi && { renderAnsi: ({ game }) => renderAnsi.call(rules, game) }),
    ...(renderRgb && { renderRgb: ({ game }) => renderRgb.call(rules, game) }),
  };
}
