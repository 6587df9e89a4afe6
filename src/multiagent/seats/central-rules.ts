import { discrete, type EnvRules, GymnasiumError, type TypedArray } from "gymnasium-js";
import type { SimultaneousRules } from "../rules.js";
import { type JointState, jointPlay, jointStep, meanOf } from "./joint-play.js";
import { mostActions } from "./spaces.js";
import { requireTeam, teamRules } from "./team-rules.js";

const mostCombinations = 4096;

/**
 * An arena as an environment for one that acts for all: it sees the state (or else what all see), and its actions are all
 * combinations of theirs, those of the last agent changing fastest. The reward is the mean of theirs.
 *
 * @throws GymnasiumError `unsupported` as `teamRules`, and for more than 4096 combinations
 */
export function centralRules<State>(
  rules: SimultaneousRules<State>,
): EnvRules<JointState<State>, unknown, number> {
  requireTeam(rules);
  const { agents, stateSpace, writeState } = rules;
  const actions = mostActions(rules);
  const combinations = actions ** agents.length;
  if (combinations > mostCombinations) {
    throw new GymnasiumError(
      "unsupported",
      `${rules.id}: ${agents.length} agents of ${actions} actions have ${combinations} combinations, and one that acts for all can choose among ${mostCombinations} at most.`,
    );
  }
  const chosen = new Int32Array(agents.length);
  const step = jointStep(rules, meanOf);
  const seen =
    stateSpace === undefined || writeState === undefined
      ? teamRules(rules)
      : {
          observationSpace: stateSpace,
          observe: ({ game }: JointState<State>, out: TypedArray, offset: number) =>
            writeState.call(rules, game, out, offset),
        };
  return {
    ...jointPlay(rules),
    observationSpace: seen.observationSpace,
    actionSpace: discrete(combinations),
    step(state, action, rng) {
      let rest = action;
      for (let agent = chosen.length - 1; agent >= 0; agent--) {
        chosen[agent] = rest % actions;
        rest = Math.floor(rest / actions);
      }
      return step(state, chosen, rng);
    },
    observe: (state, out, offset) => seen.observe(state, out, offset),
  };
}
