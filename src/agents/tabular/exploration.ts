import type { Generator } from "gymnasium-js";
import { z } from "zod";
import { epsilonAt, epsilonScheduleSchema, greedyAction, randomAction } from "../exploration.js";
import type { QTable, StatePolicy } from "./table.js";

/** How actions are chosen while learning. */
export const tabularExplorationSchema = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("epsilon-greedy"),
    epsilon: epsilonScheduleSchema
      .prefault({ type: "linear", steps: 50_000, end: 0.05 })
      .describe("share of random actions over env steps; default linear from 1 to 0.05 in 50000"),
  }),
  z.strictObject({
    type: z.literal("boltzmann"),
    start: z.number().positive().default(1).describe("temperature at first, in units of reward; default 1"),
    end: z.number().positive().default(0.01).describe("temperature at last; default 0.01"),
    steps: z
      .int()
      .min(1)
      .default(50_000)
      .describe("env steps from start to end, by a constant factor each; default 50000"),
  }),
  z.strictObject({
    type: z.literal("ucb"),
    c: z.number().min(0).default(1).describe("weight of uncertainty, in units of reward; default 1"),
  }),
]);

export type TabularExplorationConfig = z.output<typeof tabularExplorationSchema>;

/** A policy for learning. Of equally good actions all of them take the lowest; where none is legal, action 0. */
export interface Behaviour {
  act(state: number): number;
  /** pi(a | s), as `act` would choose now. */
  readonly probabilities: StatePolicy;
  /** Share of actions drawn blindly; 0 for those that never do. */
  readonly epsilon: number;
}

export interface BehaviourContext {
  table: QTable;
  /** How often each pair was acted in. */
  visits: Uint32Array;
  /** Environment steps so far. */
  clock: { envSteps: number };
  rng: Generator;
}

export function createBehaviour(config: TabularExplorationConfig, context: BehaviourContext): Behaviour {
  switch (config.type) {
    case "epsilon-greedy":
      return new EpsilonGreedy(config, context);
    case "boltzmann":
      return new Boltzmann(config, context);
    case "ucb":
      return new UpperConfidence(config, context);
    default:
      throw new Error(`There is no exploration ${JSON.stringify(config satisfies never)}.`);
  }
}

/**
 * pi(a | s) = epsilon / |A| + (1 - epsilon) [a = argmax_b Q(s, b)]
 *
 * Draws as the deep agents do: `random()` where epsilon is above 0, then the random action's.
 */
class EpsilonGreedy implements Behaviour {
  constructor(
    private readonly config: Extract<TabularExplorationConfig, { type: "epsilon-greedy" }>,
    private readonly context: BehaviourContext,
  ) {}

  get epsilon(): number {
    return epsilonAt(this.config.epsilon, this.context.clock.envSteps);
  }

  act(state: number): number {
    const { table, rng } = this.context;
    const { epsilon } = this;
    const explores = epsilon > 0 && rng.random() < epsilon;
    const action = explores ? randomAction(rng, table, state) : greedyAction(table, state);
    return action < 0 ? 0 : action;
  }

  readonly probabilities: StatePolicy = (state, pi) => {
    const { table } = this.context;
    const { epsilon } = this;
    const legal = legalActions(table, state);
    pi.fill(0);
    const best = greedyAction(table, state);
    if (best < 0) return;
    for (let action = 0; action < pi.length; action++) {
      if (isLegal(table, state, action)) pi[action] = epsilon / legal;
    }
    pi[best]! += 1 - epsilon;
  };
}

/**
 * pi(a | s) = exp(Q(s, a) / T) / sum_b exp(Q(s, b) / T), T = start (end / start)^min(1, t / steps)
 *
 * Sutton and Barto (2018), 13.2 with action values as preferences; C. J. C. H. Watkins (1989). One `random()` an action.
 */
class Boltzmann implements Behaviour {
  readonly epsilon = 0;
  private readonly pi: Float64Array;

  constructor(
    private readonly config: Extract<TabularExplorationConfig, { type: "boltzmann" }>,
    private readonly context: BehaviourContext,
  ) {
    this.pi = new Float64Array(context.table.numActions);
  }

  act(state: number): number {
    const { pi } = this;
    this.probabilities(state, pi);
    let rest = this.context.rng.random();
    let last = 0;
    for (let action = 0; action < pi.length; action++) {
      if (pi[action] === 0) continue;
      last = action;
      rest -= pi[action]!;
      if (rest < 0) return action;
    }
    return last;
  }

  readonly probabilities: StatePolicy = (state, pi) => {
    const { table, clock } = this.context;
    const { start, end, steps } = this.config;
    const passed = Math.min(1, clock.envSteps / steps);
    const temperature = passed === 1 ? end : start * (end / start) ** passed;
    const best = greedyAction(table, state);
    pi.fill(0);
    if (best < 0) return;
    // Relative to the best, so that no exponential overflows.
    const highest = table.q[state * table.numActions + best]!;
    let sum = 0;
    for (let action = 0; action < pi.length; action++) {
      if (!isLegal(table, state, action)) continue;
      pi[action] = Math.exp((table.q[state * table.numActions + action]! - highest) / temperature);
      sum += pi[action]!;
    }
    for (let action = 0; action < pi.length; action++) pi[action]! /= sum;
  };
}

/**
 * A = argmax_a Q(s, a) + c sqrt(ln N(s) / N(s, a)), and actions never tried first (2.10)
 *
 * P. Auer, N. Cesa-Bianchi, P. Fischer, Finite-time Analysis of the Multiarmed Bandit Problem (2002), by state. No draws.
 */
class UpperConfidence implements Behaviour {
  readonly epsilon = 0;

  constructor(
    private readonly config: Extract<TabularExplorationConfig, { type: "ucb" }>,
    private readonly context: BehaviourContext,
  ) {}

  act(state: number): number {
    const { table, visits } = this.context;
    const { numActions, q } = table;
    const first = state * numActions;
    let total = 0;
    for (let action = 0; action < numActions; action++) total += visits[first + action]!;
    const logTotal = Math.log(total);
    let best = 0;
    let bestBound = Number.NEGATIVE_INFINITY;
    for (let action = 0; action < numActions; action++) {
      if (!isLegal(table, state, action)) continue;
      const tries = visits[first + action]!;
      if (tries === 0) return action;
      const bound = q[first + action]! + this.config.c * Math.sqrt(logTotal / tries);
      if (bound > bestBound) {
        best = action;
        bestBound = bound;
      }
    }
    return best;
  }

  readonly probabilities: StatePolicy = (state, pi) => {
    pi.fill(0);
    pi[this.act(state)] = 1;
  };
}

function isLegal({ mask, numActions }: QTable, state: number, action: number): boolean {
  return mask === null || mask[state * numActions + action] !== 0;
}

function legalActions(table: QTable, state: number): number {
  let legal = 0;
  for (let action = 0; action < table.numActions; action++) legal += isLegal(table, state, action) ? 1 : 0;
  return legal;
}
