import type { Env } from "gymnasium-js";
import { AgentError } from "../errors.js";
import { type ActionCodes, discreteActions } from "../spaces.js";
import { createTabularAgent } from "./agent.js";
import type { TabularConfigInput } from "./config.js";
import { stateNumbers } from "./states.js";
import type { TabularAgent, TabularTransition } from "./types.js";

/** An environment to learn in. Where it tells legal actions (as those made from rules do), only these are taken. */
export type TabularEnv = Pick<Env<unknown, number>, "observationSpace" | "actionSpace" | "reset" | "step"> & {
  readonly hasActionMask?: boolean;
  writeActionMask?(out: Uint8Array, offset: number): void;
};

export interface TabularTraining {
  /** Environment steps. */
  steps: number;
  /** Of the environment and, apart from that, of the agent. */
  seed: number;
  config?: TabularConfigInput;
  /** Goes on with this one instead of a new one; `config` must be left out then. */
  agent?: TabularAgent;
  /** Called after each episode. */
  onEpisode?(episode: { return: number; length: number; steps: number }): void;
}

/** What was learnt, and how the play went meanwhile. */
export interface TabularResult {
  agent: TabularAgent;
  /** Episodes that ended. */
  episodes: number;
  /** Sum of rewards of each, undiscounted. */
  returns: number[];
}

/**
 * Trains a tabular agent in one environment, in a plain loop that makes no object per step. The environment is reset
 * with the seed, and after each episode without one. Same seed, same environment: same bits.
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`, `invalid-argument`, `diverged`
 *
 * @example
 * const { agent } = trainTabular(make("CliffWalking-v1"), {
 *   config: { method: { type: "q-learning" }, stepSize: { type: "constant", alpha: 0.5 } },
 *   steps: 100_000,
 *   seed: 1,
 * });
 */
export function trainTabular(env: TabularEnv, options: TabularTraining): TabularResult {
  const agent = options.agent ?? agentFor(env, options);
  if (options.agent !== undefined && options.config !== undefined) {
    throw new AgentError("invalid-argument", "trainTabular takes an agent or a config, not both.");
  }
  const { start } = discreteActions(env.actionSpace, agent.name) satisfies ActionCodes;
  const states = stateNumbers(env.observationSpace);
  const { numActions } = agent.table;
  const masks = env.hasActionMask === true ? agent.legalActions() : null;
  const returns: number[] = [];
  const transition: TabularTransition = {
    state: states.ofObservation(env.reset({ seed: options.seed }).observation),
    action: 0,
    reward: 0.5,
    nextState: 0,
    terminated: false,
    truncated: false,
  };
  let episodeReturn = 0;
  let length = 0;
  if (masks !== null) env.writeActionMask?.(masks, transition.state * numActions);
  for (let step = 1; step <= options.steps; step++) {
    transition.action = agent.act(transition.state);
    const result = env.step(transition.action + start);
    const { reward, terminated, truncated } = result;
    const nextState = states.ofObservation(result.observation);
    if (masks !== null) env.writeActionMask?.(masks, nextState * numActions);
    transition.reward = reward;
    transition.nextState = nextState;
    transition.terminated = terminated;
    transition.truncated = truncated;
    agent.learn(transition);
    episodeReturn += reward;
    length++;
    transition.state = nextState;
    if (!(terminated || truncated)) continue;
    returns.push(episodeReturn);
    options.onEpisode?.({ return: episodeReturn, length, steps: step });
    episodeReturn = 0;
    length = 0;
    transition.state = states.ofObservation(env.reset().observation);
    if (masks !== null) env.writeActionMask?.(masks, transition.state * numActions);
  }
  return { agent, episodes: returns.length, returns };
}

function agentFor(env: TabularEnv, { config, seed }: TabularTraining): TabularAgent {
  const { observationSpace, actionSpace } = env;
  return createTabularAgent({ observationSpace, actionSpace, numEnvs: 1, config: config ?? {}, seed });
}
