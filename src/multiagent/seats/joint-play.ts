import { type Outcome, proceed, type RandomSource, type ResetOptions, terminate } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";
import { rangeOf } from "./spaces.js";

/** What the last step came to, by agent. */
export interface LastStep {
  rewards: Float64Array;
  terminations: Uint8Array;
  /** 1 for those that were out before it. */
  absent: Uint8Array;
}

/** An arena that is stepped as one environment. */
export interface JointState<State> {
  game: State;
  /** By agent, 1 for those that are out. */
  out: Uint8Array;
  /** Outlives the episode. */
  last: LastStep;
}

/** What joint environments have in common: how their episodes begin, and how they look. */
export function jointPlay<State>(rules: SimultaneousRules<State>) {
  const { agents, maxCycles, renderAnsi, renderRgb } = rules;
  const lastStep = (): LastStep => ({
    rewards: new Float64Array(agents.length),
    terminations: new Uint8Array(agents.length),
    absent: new Uint8Array(agents.length),
  });
  return {
    id: rules.id,
    ...(maxCycles !== undefined && { maxEpisodeSteps: maxCycles }),
    init: (
      rng: RandomSource,
      options: ResetOptions | undefined,
      previous: JointState<State> | null,
    ): JointState<State> => ({
      game: rules.init(rng, options),
      out: new Uint8Array(agents.length),
      last: previous?.last ?? lastStep(),
    }),
    ...(renderAnsi && { renderAnsi: ({ game }: JointState<State>) => renderAnsi.call(rules, game) }),
    ...(renderRgb && { renderRgb: ({ game }: JointState<State>) => renderRgb.call(rules, game) }),
  };
}

/**
 * A step of all agents: `chosen` has an action of each, counted from 0. The episode ends when nobody is left.
 * @param rewardOf what all have earned, from what each has
 */
export function jointStep<State>(
  rules: SimultaneousRules<State>,
  rewardOf: (rewards: Float64Array) => number,
): (state: JointState<State>, chosen: Int32Array, rng: RandomSource) => Outcome {
  const starts = Int32Array.from(rules.agents, (_, agent) => rangeOf(rules.actionSpace(agent)).start);
  const actions = new Int32Array(starts.length);
  const outcome: { rewards: Float64Array; terminations: Uint8Array; offset: number } = {
    rewards: new Float64Array(0),
    terminations: new Uint8Array(0),
    offset: 0,
  };
  return ({ game, out, last }, chosen, rng) => {
    for (let agent = 0; agent < actions.length; agent++) actions[agent] = chosen[agent]! + starts[agent]!;
    last.rewards.fill(0);
    last.absent.set(out);
    last.terminations.set(out);
    outcome.rewards = last.rewards;
    outcome.terminations = last.terminations;
    rules.step(game, actions, 0, rng, outcome);
    out.set(last.terminations);
    const reward = rewardOf(last.rewards);
    return out.includes(0) ? proceed(reward) : terminate(reward);
  };
}

export function sumOf(rewards: Float64Array): number {
  let sum = 0;
  for (let agent = 0; agent < rewards.length; agent++) sum += rewards[agent]!;
  return sum;
}

export function meanOf(rewards: Float64Array): number {
  return sumOf(rewards) / rewards.length;
}
