import { type Batch, clonePlain, Generator, SeedSequence } from "gymnasium-js";
import type { AgentOptions, Policy } from "../agent.js";
import { parseConfig } from "../config.js";
import { AgentError } from "../errors.js";
import { greedyAction } from "../exploration.js";
import { type ActionCodes, discreteActions } from "../spaces.js";
import { type TabularConfig, type TabularConfigInput, tabularConfigSchema } from "./config.js";
import { type Behaviour, createBehaviour } from "./exploration.js";
import { greedyPolicy, rowsOf } from "./greedy.js";
import { createLearner, type Experience, type Learner } from "./learners/index.js";
import { type StateNumbers, stateNumbers } from "./states.js";
import { createTable, type QTable } from "./table.js";
import type {
  TabularAgent,
  TabularState,
  TabularTransition,
  TabularVectorStep,
  TabularWeights,
} from "./types.js";

/**
 * An agent for numbered states, by the method of its config. The seed's SeedSequence spawns two streams: first
 * exploration, then learning (coins and planning).
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`
 *
 * @example
 * const agent = createTabularAgent({
 *   observationSpace: env.observationSpace,
 *   actionSpace: env.actionSpace,
 *   numEnvs: 1,
 *   config: { method: { type: "sarsa" } },
 *   seed: 1,
 * });
 */
export function createTabularAgent(options: AgentOptions<TabularConfigInput>): TabularAgent {
  return new Tabular(options);
}

class Tabular implements TabularAgent {
  readonly name = "tabular";
  readonly config: TabularConfig;
  readonly table: QTable;
  readonly visits: Uint32Array;
  readonly policy: Policy;
  readonly states: StateNumbers;
  private readonly actions: ActionCodes;
  private readonly numEnvs: number;
  private readonly generators: { exploration: Generator; learning: Generator };
  private readonly behaviour: Behaviour;
  private readonly learner: Learner;
  private readonly clock = { envSteps: 0 };
  private readonly standing: Int32Array;
  private readonly experience: Experience;
  private readonly transition: TabularTransition;
  private learnt = 0;

  constructor(options: AgentOptions<TabularConfigInput>) {
    this.config = parseConfig(this.name, tabularConfigSchema, options.config ?? {});
    this.numEnvs = options.numEnvs;
    if ((options.stack ?? 1) !== 1) {
      throw new AgentError("unsupported-space", "The agent tabular cannot stack observations; take stack 1.");
    }
    this.actions = discreteActions(options.actionSpace, this.name);
    this.states = stateNumbers(options.observationSpace);
    const { gamma, stepSize, initialQ } = this.config;
    const table = createTable(this.states.numStates, this.actions.n, initialQ);
    this.table = table;
    this.visits = new Uint32Array(table.q.length);
    this.standing = new Int32Array(this.numEnvs).fill(-1);
    const [exploration, learning] = new SeedSequence(options.seed)
      .spawn(2)
      .map((sequence) => new Generator(sequence)) as [Generator, Generator];
    this.generators = { exploration, learning };
    const { clock, visits, numEnvs } = this;
    this.behaviour = createBehaviour(this.config.exploration, { table, visits, clock, rng: exploration });
    const behaviour = this.behaviour.probabilities;
    this.learner = createLearner(this.config.method, {
      table,
      gamma,
      numEnvs,
      stepSize,
      behaviour,
      rng: learning,
    });
    this.experience = { sTm1: 0, aTm1: 0, rT: 0.5, discountT: 0.5, sT: 0, lastT: false };
    this.transition = {
      state: 0,
      action: 0,
      reward: 0.5,
      nextState: 0,
      terminated: false,
      truncated: false,
    };
    this.policy = (observations, masks) => this.actInAll(observations, masks);
  }

  get epsilon(): number {
    return this.behaviour.epsilon;
  }

  get updates(): number {
    return this.learnt;
  }

  get envSteps(): number {
    return this.clock.envSteps;
  }

  act(state: number): number {
    const action = this.behaviour.act(state);
    this.clock.envSteps++;
    return action;
  }

  legalActions(): Uint8Array {
    const { table } = this;
    table.mask ??= new Uint8Array(table.q.length).fill(1);
    return table.mask;
  }

  learn(transition: TabularTransition, env = 0): void {
    const { state, action, nextState, terminated, truncated } = transition;
    const { table, visits, standing, learner, experience } = this;
    if (transition.reward - transition.reward !== 0) throw badReward(transition.reward);
    const expected = standing[env]!;
    if (expected !== state && expected >= 0) learner.cut(env, expected);
    const pair = state * table.numActions + action;
    visits[pair]!++;
    const { gamma, countBonus } = this.config;
    experience.sTm1 = state;
    experience.aTm1 = action;
    experience.rT = transition.reward;
    if (countBonus > 0) experience.rT += countBonus / Math.sqrt(visits[pair]!);
    experience.discountT = terminated ? 0 : gamma;
    experience.sT = nextState;
    experience.lastT = terminated || truncated;
    learner.learn(experience, env);
    standing[env] = experience.lastT ? -1 : nextState;
    this.learnt++;
    if (table.q[pair]! - table.q[pair]! !== 0) throw this.divergence(state, action);
  }

  learnStep(step: TabularVectorStep): void {
    const { states, transition, numEnvs } = this;
    const { observations, next, nextActionMasks = null } = step;
    const actions = step.actions as ArrayLike<number>;
    for (let row = 0; row < numEnvs; row++) {
      const ended = next.terminations[row] === 1 || next.truncations[row] === 1;
      const following = ended ? (next.finalObservations ?? next.observations) : next.observations;
      transition.state = states.ofRow(observations, row);
      transition.action = actions[row]! - this.actions.start;
      transition.reward = next.rewards[row]!;
      transition.nextState = states.ofRow(following, row);
      transition.terminated = next.terminations[row] === 1;
      transition.truncated = next.truncations[row] === 1;
      if (nextActionMasks !== null) {
        this.readMask(states.ofRow(next.observations, row), nextActionMasks, row);
      }
      this.learn(transition, row);
    }
  }

  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    const { table, states, actions } = this;
    return greedyPolicy({ table, states, actions }, epsilon, rng);
  }

  greedyActions(): Int32Array {
    const { table } = this;
    return Int32Array.from({ length: table.numStates }, (_, state) =>
      Math.max(0, greedyAction(table, state)),
    );
  }

  qValues(observations: Batch, size: number): Float32Array {
    return Float32Array.from(rowsOf(this.table.q, this, { observations, rows: size }));
  }

  save(): TabularState {
    const { table, numEnvs, generators } = this;
    const { numStates, numActions, q, mask } = table;
    return clonePlain({
      method: this.config.method.type,
      numStates,
      numActions,
      numEnvs,
      weights: { q, mask },
      visits: this.visits,
      learner: this.learner.state,
      standing: this.standing,
      envSteps: this.clock.envSteps,
      updates: this.learnt,
      generators: { exploration: generators.exploration.state, learning: generators.learning.state },
    });
  }

  restoreWeights({ q, mask }: TabularWeights): void {
    const { table } = this;
    if (q.length !== table.q.length) {
      throw new AgentError(
        "invalid-state",
        `The saved table has ${q.length} values, expected ${table.numStates} states x ${table.numActions} actions.`,
      );
    }
    table.q.set(q);
    table.mask = mask === null ? null : mask.slice();
  }

  restore(state: TabularState): void {
    const of = ({ method, numStates, numActions, numEnvs }: Partial<TabularState>) =>
      `${method}, ${numStates} states, ${numActions} actions, ${numEnvs} environments`;
    const { numStates, numActions } = this.table;
    const mine = of({ method: this.config.method.type, numStates, numActions, numEnvs: this.numEnvs });
    if (of(state) !== mine) {
      throw new AgentError("invalid-state", `The saved state is of ${of(state)}; expected ${mine}.`);
    }
    this.restoreWeights(state.weights);
    this.visits.set(state.visits);
    this.learner.state = clonePlain(state.learner);
    this.standing.set(state.standing);
    this.clock.envSteps = state.envSteps;
    this.learnt = state.updates;
    this.generators.exploration.setState(state.generators.exploration);
    this.generators.learning.setState(state.generators.learning);
  }

  dispose(): void {}

  private acted = new Int32Array(0);

  private actInAll(observations: Batch, masks: Uint8Array | null): Int32Array {
    const { states, numEnvs, behaviour } = this;
    if (states.rows(observations) !== numEnvs) {
      throw new AgentError(
        "invalid-argument",
        `The behaviour policy acts in ${numEnvs} environments, but got ${states.rows(observations)} observations.`,
      );
    }
    if (this.acted.length !== numEnvs) this.acted = new Int32Array(numEnvs);
    for (let row = 0; row < numEnvs; row++) {
      const state = states.ofRow(observations, row);
      if (masks !== null) this.readMask(state, masks, row);
      this.acted[row] = behaviour.act(state) + this.actions.start;
    }
    this.clock.envSteps += numEnvs;
    return this.acted;
  }

  private readMask(state: number, masks: Uint8Array, row: number): void {
    const { numActions } = this.table;
    const legal = this.legalActions();
    for (let action = 0; action < numActions; action++) {
      legal[state * numActions + action] = masks[row * numActions + action]!;
    }
  }

  private divergence(state: number, action: number): AgentError {
    return new AgentError(
      "diverged",
      `The value of action ${action} in state ${state} is no longer finite after ${this.learnt} steps: lower the step size, or lambda.`,
    );
  }
}

function badReward(reward: number): AgentError {
  return new AgentError("invalid-argument", `A reward is ${reward}, expected a finite number.`);
}
