import { type Batch, Discrete, Generator, makeVec, type Space, type TypedArray } from "gymnasium-js";
import type { Insight, Policy } from "../agents/index.js";
import { rangeOf } from "../multiagent/index.js";
import { createActor } from "./actor.js";
import { rulesOfRun } from "./arenas/config.js";
import type { ArenaRunConfig } from "./arenas/env-maker.js";
import { openPolicy, type StoredPolicy } from "./arenas/run-player.js";
import { bestLegal, seatPolicy } from "./arenas/seat-policy.js";
import type { Pointer } from "./checkpoint.js";
import type { RunConfig } from "./config.js";
import { makerOf } from "./env-maker.js";
import { type Evaluation, type EvaluationOptions, evaluate } from "./evaluation.js";
import { type AnyAgent, stackOf } from "./kinds/index.js";
import type { RunFolder } from "./run-folder.js";

/** Plays episodes with a stored policy, as the run's own evaluations do. */
export function evaluateStored(
  stored: StoredPolicy,
  { episodes, seed }: { episodes: number; seed: number },
): Promise<Evaluation> {
  const policy = greedyOf(stored, seed);
  return evaluateBy(stored, { policy, episodes, seed });
}

/** Acts as the run's own evaluations do. */
export function greedyOf({ agent, config }: StoredPolicy, seed: number): Policy {
  return agent.greedyPolicy(config.evaluation.epsilon, new Generator(seed));
}

/** The same by a policy that is watched. */
export async function evaluateBy(
  { config }: StoredPolicy,
  options: Pick<EvaluationOptions, "policy" | "episodes" | "seed" | "onStep">,
): Promise<Evaluation> {
  const { env, envOptions, evaluation } = config;
  const { maxSteps } = evaluation;
  const makeEnvs = makerOf(config);
  const result = await evaluate({ env, envOptions, stack: stackOf(config), maxSteps, makeEnvs, ...options });
  // Null means stopped early, and nothing here stops it.
  return result as Evaluation;
}

/** An action, and what speaks for each action: its value, or else its probability, where the agent knows either. */
export interface ActingChoice {
  /** A number of a Discrete space, or an element of a Box. */
  action: number | TypedArray;
  values: Float32Array | null;
  valuesAre: "Q-values" | "Policy";
}

/** A stored policy that acts on one environment. */
export interface ActingPolicy {
  config: RunConfig;
  step: number;
  /** Whether an action depends on earlier observations of the episode. */
  remembers: boolean;
  /**
   * The greedy action for a batch of one.
   * @param mask 1 for each action that is legal; null or left out where all are
   */
  choose(observation: Batch, mask?: Uint8Array | null): ActingChoice;
  /**
   * What its net makes of what it chose for last; null where there is nothing to see: before a choice, without a net, and where
   * actions are of a Box, among which there is no best score to look for.
   */
  insight(): Insight | null;
  /** Value and action of every state; null where states are not numbered, or have no values. */
  stateTable(): StateTable | null;
  /** Has to be called before each episode. @param seat whose observations will come, in an arena; by default the first */
  restart(seat?: number): void;
  dispose(): void;
}

/** What a policy does in states `start, start + 1, ...`; actions counted from 0, and -1 where all are as good. */
export interface StateTable {
  start: number;
  values: Float32Array;
  actions: Int32Array;
}

export async function openActing(run: RunFolder, checkpoint: Pointer | number): Promise<ActingPolicy> {
  const stored = await openPolicy(run, { checkpoint });
  return stored.config.arena === undefined ? actingInEnv(stored) : actingOnSeat(stored);
}

function actingInEnv({ agent, config, step, dispose }: StoredPolicy): ActingPolicy {
  const envs = makeVec(config.env, { numEnvs: 1, kwargs: config.envOptions });
  let values: Float32Array | null = null;
  const greedy = agent.greedyPolicy();
  let seen: Batch | null = null;
  const policy: Policy = (observations, masks) => {
    seen = observations;
    const actions = greedy(observations, masks);
    const ofObservations = () =>
      agent.qValues?.(observations, 1) ?? agent.actionProbabilities?.(observations, 1);
    values = greedy.values?.slice() ?? ofObservations() ?? null;
    return actions;
  };
  policy.endEpisodes = (ends) => greedy.endEpisodes?.(ends);
  policy.restart = () => greedy.restart?.();
  const valuesAre = agent.qValues === undefined ? "Policy" : "Q-values";
  const actor = createActor(policy, envs, stackOf(config));
  const discrete = envs.singleActionSpace.type === "Discrete";
  const { singleObservationSpace } = envs;
  const remembers = stackOf(config) > 1 || greedy.restart !== undefined;
  envs.close();
  return {
    config,
    step,
    remembers,
    dispose,
    restart: () => actor.restart(),
    insight: () => (seen === null ? null : (greedy.insight?.(seen) ?? agent.insight?.(seen) ?? null)),
    stateTable: () => (remembers ? null : stateTableOf(agent, singleObservationSpace)),
    choose: (observation, mask = null) => {
      const actions = actor.policy(observation, mask) as TypedArray;
      return { action: discrete ? Number(actions[0]) : actions, values, valuesAre };
    },
  };
}

/** In an arena: one seat of it, with the observations and actions of the seat's own agent. */
function actingOnSeat({ agent, config, step, dispose }: StoredPolicy): ActingPolicy {
  const inArena = config as RunConfig & ArenaRunConfig;
  const rules = rulesOfRun(inArena);
  const policy = seatPolicy(agent, inArena);
  let seat = 0;
  let seen: ReturnType<typeof policy.seen> | null = null;
  return {
    ...{ config, step, dispose, remembers: false },
    restart: (held = 0) => {
      seat = held;
    },
    insight: () => (seen === null ? null : (seen.agent.insight?.(seen.view) ?? null)),
    stateTable: () => null,
    choose: (observation, mask = null) => {
      const row = observation as TypedArray;
      seen = policy.seen(row, seat);
      const { scores, scoresAre } = policy.scores(row, seat);
      const { n, start } = rangeOf(rules.actionSpace(seat));
      const values = scores.slice(0, n);
      return { action: start + bestLegal(values, mask, n), values, valuesAre: scoresAre };
    },
  };
}

/** States beyond which nobody could look at them all. */
const mostStates = 10_000;

function stateTableOf(agent: AnyAgent, space: Space<unknown>): StateTable | null {
  if (!(space instanceof Discrete) || space.n > mostStates || agent.qValues === undefined) return null;
  const { start, n } = space;
  const q = agent.qValues(
    Int32Array.from({ length: n }, (_, i) => start + i),
    n,
  );
  const numActions = q.length / n;
  const [values, actions] = [new Float32Array(n), new Int32Array(n)];
  for (let state = 0; state < n; state++) {
    const row = q.subarray(state * numActions, (state + 1) * numActions);
    values[state] = Math.max(...row);
    actions[state] = Math.min(...row) === values[state] ? -1 : row.indexOf(values[state]!);
  }
  return { start, values, actions };
}
