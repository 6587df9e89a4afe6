import { type Batch, Generator, type VectorEnv } from "gymnasium-js";
import {
  AgentError,
  type AgentState,
  createTabularAgent,
  type LearnMetrics,
  type Policy,
  stateNumbers,
  type TabularAgent,
  type TabularState,
  type TabularVectorStep,
  type ValueAgent,
} from "../../agents/index.js";
import type { NamedArrays } from "../../tensors/index.js";
import type { RunConfigOf } from "../config.js";
import { stateFromJson, stateToJson } from "../plain-json.js";
import type { AgentKind, Learner, Memory } from "./kind.js";

/**
 * A tabular agent as runs know agents. It learns from one vector step at a time; of an update it tells how far the values
 * of the pairs acted in have moved: `tdErrors` are those moves, `loss` is the mean of half their squares, and
 * `gradientNorm` their L2 norm.
 */
class TabularRunAgent implements ValueAgent<TabularVectorStep> {
  readonly name = "tabular";
  readonly policy: Policy;
  private readonly moves: Float32Array;
  private readonly pairs: Int32Array;
  private readonly before: Float64Array;
  private made = 0;

  constructor(
    private readonly agent: TabularAgent,
    /** Number of a row's state. */
    private readonly stateOf: (observations: Batch, row: number) => number,
    private readonly actionStart: number,
    numEnvs: number,
  ) {
    this.policy = agent.policy;
    this.moves = new Float32Array(numEnvs);
    this.pairs = new Int32Array(numEnvs);
    this.before = new Float64Array(numEnvs);
  }

  get epsilon(): number {
    return this.agent.epsilon;
  }

  get updates(): number {
    return this.made;
  }

  get envSteps(): number {
    return this.agent.envSteps;
  }

  greedyPolicy(epsilon = 0, rng?: Generator): Policy {
    return rng === undefined ? this.agent.greedyPolicy(epsilon) : this.agent.greedyPolicy(epsilon, rng);
  }

  qValues(observations: Batch, size: number): Float32Array {
    return this.agent.qValues(observations, size);
  }

  learn(step: TabularVectorStep): LearnMetrics {
    const { moves, pairs, before } = this;
    const { q, numActions } = this.agent.table;
    const actions = step.actions as ArrayLike<number>;
    this.check(actions, step.next.rewards);
    let sum = 0;
    for (let row = 0; row < pairs.length; row++) {
      pairs[row] = this.stateOf(step.observations, row) * numActions + actions[row]! - this.actionStart;
      before[row] = q[pairs[row]!]!;
      sum += before[row]!;
    }
    this.agent.learnStep(step);
    let squares = 0;
    for (let row = 0; row < pairs.length; row++) {
      const move = q[pairs[row]!]! - before[row]!;
      moves[row] = move;
      squares += move * move;
    }
    this.made++;
    const rows = pairs.length;
    return {
      loss: squares / (2 * rows),
      meanQ: sum / rows,
      gradientNorm: Math.sqrt(squares),
      tdErrors: moves,
    };
  }

  /** Of all rows before any is learnt from, so that what is refused has changed nothing. */
  private check(actions: ArrayLike<number>, rewards: ArrayLike<number>): void {
    const { numActions } = this.agent.table;
    for (let row = 0; row < this.pairs.length; row++) {
      const index = actions[row]! - this.actionStart;
      if (!(Number.isInteger(index) && index >= 0 && index < numActions)) {
        throw new AgentError(
          "invalid-argument",
          `Row ${row} has action ${actions[row]}; the actions are the whole numbers ${this.actionStart} to ${this.actionStart + numActions - 1}.`,
        );
      }
      if (!Number.isFinite(rewards[row]))
        throw new AgentError(
          "invalid-argument",
          `Row ${row} has the reward ${rewards[row]}, expected a finite number.`,
        );
    }
  }

  save(): AgentState {
    const { weights, ...rest } = this.agent.save();
    const { numStates, numActions } = rest;
    const shape = [numStates, numActions];
    const arrays: NamedArrays = { q: { shape, dtype: "float64", data: weights.q } };
    if (weights.mask !== null) arrays["mask"] = { shape, dtype: "uint8", data: weights.mask };
    // As text, because counters have to be plain JSON, and a checkpoint would turn tagged arrays back on its own.
    const counters = { table: stateToJson({ ...rest, made: this.made }) };
    return { weights: arrays, target: {}, optimizer: { arrays: {}, step: this.made }, counters };
  }

  restoreWeights(weights: NamedArrays): void {
    this.agent.restoreWeights(tableOf(weights));
  }

  restore({ weights, counters }: AgentState): void {
    const { table } = counters as { table: string };
    const { made, ...rest } = stateFromJson<Omit<TabularState, "weights"> & { made: number }>(table);
    this.agent.restore({ ...rest, weights: tableOf(weights) });
    this.made = made;
  }

  dispose(): void {
    this.agent.dispose();
  }
}

function tableOf(weights: NamedArrays): TabularState["weights"] {
  const { q, mask } = weights;
  if (q === undefined || !(q.data instanceof Float64Array))
    throw new Error('A table is saved as the float64 array "q", and there is none.');
  return { q: q.data, mask: mask === undefined ? null : (mask.data as Uint8Array) };
}

/** Remembers the vector step that is learnt from at once, and nothing that would have to be saved. */
class LastStep implements Memory {
  step: TabularVectorStep | null = null;

  add(step: TabularVectorStep): void {
    this.step = step;
  }

  save(): Uint8Array {
    return new Uint8Array(0);
  }

  load(): void {}
}

class TabularLearner implements Learner {
  readonly memory = new LastStep();

  constructor(
    readonly agent: TabularRunAgent,
    readonly rng: Generator,
  ) {}

  learn(_steps: number, onUpdate: (metrics: LearnMetrics) => void): void {
    const { step } = this.memory;
    if (step === null) return;
    this.memory.step = null;
    onUpdate(this.agent.learn(step));
  }
}

/** Tables of action values, learnt step by step. */
export const tabularKind: AgentKind<"tabular"> = {
  description:
    "tables of action values (Watkins 1989; Sutton & Barto 2018): Q-learning, Sarsa, Monte Carlo, Dyna-Q and more",
  files: { memory: null, target: false },
  stackOf: () => 1,
  createAgent: createTabularRunAgent,
  createLearner: (envs, config, seeds) =>
    new TabularLearner(
      createTabularRunAgent(envs, config, seeds.agent),
      // Nothing is drawn by it: the agent has generators of its own.
      new Generator(seeds.sampling),
    ),
};

function createTabularRunAgent(
  envs: Pick<VectorEnv, "singleObservationSpace" | "singleActionSpace" | "numEnvs">,
  config: Pick<RunConfigOf<"tabular">, "tabular">,
  seed: number,
): TabularRunAgent {
  const { singleObservationSpace: observationSpace, singleActionSpace: actionSpace, numEnvs } = envs;
  const agent = createTabularAgent({ observationSpace, actionSpace, numEnvs, config: config.tabular, seed });
  const { ofRow } = stateNumbers(observationSpace);
  const { start = 0 } = actionSpace.describe() as { start?: number };
  return new TabularRunAgent(agent, ofRow, Number(start), numEnvs);
}
