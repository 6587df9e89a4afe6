import type { RandomSource, TypedArray } from "gymnasium-js";
import type { TeamAgent } from "../../agents/index.js";
import {
  type AgentViews,
  type ArenaRules,
  agentViews,
  emptyElement,
  type Player,
  pickLegal,
  rangeOf,
  type SimultaneousRules,
  teamView,
} from "../../multiagent/index.js";
import type { RunConfig } from "../config.js";
import { LudusError } from "../errors.js";
import { type AnyAgent, GroupedAgent, stackOf } from "../kinds/index.js";
import { rulesOfRun } from "./config.js";
import { type ArenaRunConfig, hasIds, learnerSeats, learnersOf } from "./env-maker.js";

/** What a trained agent thinks of the actions of one seat. */
export interface SeatScores {
  /** By action, counted from 0; the caller's to read until the next call. */
  scores: Float32Array;
  scoresAre: "Q-values" | "Policy";
}

/** A trained agent, asked for one seat of its arena at a time. */
export interface SeatPolicy {
  /**
   * @param observation what the seat's agent observes
   * @param seat its index among all agents of the arena
   * @throws LudusError `unsupported` for a seat that the run has not learnt
   */
  scores(observation: TypedArray, seat: number): SeatScores;
  /** The observation as its net sees it, and whose net that is. */
  seen(observation: TypedArray, seat: number): { agent: AnyAgent; view: TypedArray };
}

/** @throws LudusError `unsupported` for runs of one that acts for all, or with a memory of the episode */
export function seatPolicy(agent: AnyAgent, config: ArenaRunConfig & RunConfig): SeatPolicy {
  const { learn } = config.arena;
  if (learn === "central") {
    throw new LudusError(
      "unsupported",
      "A run in which one acts for all cannot play a seat alone: it chooses the actions of all of them together.",
    );
  }
  if (stackOf(config) > 1 || config.agent === "drqn") {
    throw new LudusError(
      "unsupported",
      `Runs that remember what they have seen of an episode (${config.agent === "drqn" ? "agent drqn" : "stacked frames"}) cannot play a seat alone: a player keeps nothing between turns.`,
    );
  }
  const rules = rulesOfRun(config);
  if (learn === "team") return teamSeats(agent as unknown as TeamAgent, learnersOf(config));
  if (learn === "seat" || learn === "self-play") {
    return seats(agent, { seats: [...rules.agents.keys()], views: agentViews(rules, false) });
  }
  return seats(agent, {
    seats: learnerSeats(config),
    views: agentViews(learnersOf(config), hasIds(config.arena)),
  });
}

function seats(
  agent: AnyAgent,
  learnt: { seats: readonly number[]; views: AgentViews<unknown> },
): SeatPolicy {
  const { views } = learnt;
  const view = views.allocate();
  const seen: SeatPolicy["seen"] = (observation, seat) => {
    const own = learnt.seats.indexOf(seat);
    if (own < 0) throw notLearnt();
    views.writeFrom(observation, own, view, 0);
    return { agent: agent instanceof GroupedAgent ? agent.memberOf(own) : agent, view };
  };
  return {
    seen,
    scores(observation, seat) {
      const { agent: asked, view: row } = seen(observation, seat);
      const values = asked.qValues?.(row, 1);
      if (values !== undefined) return { scores: values, scoresAre: "Q-values" };
      const probabilities = asked.actionProbabilities?.(row, 1);
      if (probabilities !== undefined) return { scores: probabilities, scoresAre: "Policy" };
      throw new LudusError(
        "unsupported",
        `Agents of kind ${asked.name} cannot play a seat: they tell neither values nor probabilities of actions.`,
      );
    },
  };
}

/** Teams decide apart: each agent by its own utility. */
function teamSeats(agent: TeamAgent, rules: SimultaneousRules<unknown>): SeatPolicy {
  const team = teamView(rules);
  const view = team.allocate();
  const seen: SeatPolicy["seen"] = (observation) => {
    team.writeFrom(observation, view);
    return { agent: agent as unknown as AnyAgent, view };
  };
  return {
    seen,
    scores: (observation, seat) => ({
      scores: agent.utilityValues(seen(observation, seat).view, [seat], 1),
      scoresAre: "Q-values",
    }),
  };
}

function notLearnt(): LudusError {
  return new LudusError(
    "unsupported",
    "The run has not learnt this seat: somebody else played there while it was trained.",
  );
}

/** Plays by a trained agent: the best action by value, or one drawn by the policy's probabilities. */
export function seatPlayer(
  name: string,
  { policy, rules, epsilon }: { policy: SeatPolicy; rules: ArenaRules; epsilon: number },
): Player {
  const observations = rules.agents.map((_, agent) => emptyElement(rules.observationSpace(agent)));
  const ranges = rules.agents.map((_, agent) => rangeOf(rules.actionSpace(agent)));
  const mask = new Uint8Array(Math.max(...ranges.map(({ n }) => n)));
  return {
    name,
    act(state, agent, rng) {
      const { n, start } = ranges[agent]!;
      mask.fill(1);
      rules.actionMask?.(state, agent, mask, 0);
      if (epsilon > 0 && rng.random() < epsilon) return start + pickLegal(mask, n, rng);
      const observation = observations[agent]!;
      rules.observe(state, agent, observation, 0);
      const { scores, scoresAre } = policy.scores(observation, agent);
      return start + (scoresAre === "Policy" ? draw(scores, mask, { n, rng }) : bestLegal(scores, mask, n));
    },
  };
}

/** The first of the best actions that a mask allows; of all where there is none. */
export function bestLegal(scores: ArrayLike<number>, mask: Uint8Array | null, n: number): number {
  let most = -1;
  for (let action = 0; action < n; action++) {
    if ((mask === null || mask[action] === 1) && (most < 0 || scores[action]! > scores[most]!)) most = action;
  }
  return most;
}

/** One of the legal actions, as likely as the policy has it among them. */
function draw(
  probabilities: ArrayLike<number>,
  mask: Uint8Array,
  { n, rng }: { n: number; rng: RandomSource },
): number {
  let sum = 0;
  for (let action = 0; action < n; action++) sum += mask[action]! * probabilities[action]!;
  let left = rng.random() * sum;
  let last = 0;
  for (let action = 0; action < n; action++) {
    if (mask[action] === 0) continue;
    last = action;
    left -= probabilities[action]!;
    if (left < 0) return action;
  }
  return last;
}
