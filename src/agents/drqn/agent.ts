import type { Batch, Generator } from "gymnasium-js";
import { z } from "zod";
import { buildRecurrentNet, type RecurrentNet } from "../../nets/index.js";
import { tf } from "../../tensors/index.js";
import type { AgentOptions, AgentState, LearnMetrics, Policy, ValueAgent } from "../agent.js";
import { epsilonOf, exploringActor, withTemperature } from "../behaviour.js";
import { parseConfig } from "../config.js";
import { AgentError } from "../errors.js";
import { type Insight, insightOf, outputScores } from "../insight.js";
import { learningRateShare } from "../learning-rate.js";
import { type ActionCodes, discreteActions, observationInput } from "../spaces.js";
import { type AgentGenerators, agentGenerators, TrainState } from "../train-state.js";
import { flatObservations, greedyPolicyOf, requireRows, type ValueActorOptions } from "../value-actor.js";
import { type DrqnConfig, type DrqnConfigInput, drqnConfigSchema } from "./config.js";
import { DrqnLearner } from "./learner.js";
import { forwardStep, Recollection, type RecurrentState } from "./recollection.js";
import type { SequenceBatch } from "./sequence-batch.js";

/** Learns from sequences, which a `Sequences` keeps of what the policy did. */
export interface DrqnAgent extends ValueAgent<SequenceBatch> {
  readonly config: DrqnConfig;
  /** The LSTM's state `[numEnvs, units]` before the last call of `policy`; reused. */
  readonly recalled: Readonly<RecurrentState>;
  /** Action values `[size, actions]` of the first `size` rows, each as the first observation of an episode. */
  qValues(observations: Batch, size: number): Float32Array;
}

/**
 * Recurrent deep Q-learning (Hausknecht & Stone 2015, https://arxiv.org/abs/1507.06527) from stored states with burn-in
 * (Kapturowski et al. 2019, R2D2): a Q-network with an LSTM, for environments whose observations do not say all. The
 * seed's SeedSequence spawns two streams: first initialisation, then exploration.
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`; frames cannot be stacked besides
 * @throws {NetError} if the net does not fit the observations
 */
export function createDrqn(options: AgentOptions<DrqnConfigInput>): DrqnAgent {
  return new Drqn(options);
}

class Drqn implements DrqnAgent {
  readonly name = "drqn";
  readonly policy: Policy;
  readonly config: DrqnConfig;
  private readonly actions: ActionCodes;
  private readonly generators: AgentGenerators;
  private readonly online: RecurrentNet;
  private readonly learner: DrqnLearner;
  private readonly state: TrainState;
  private readonly recollect: (rows?: number) => Recollection;
  /** Of the behaviour policy. */
  private readonly recollection: Recollection;

  constructor(options: AgentOptions<DrqnConfigInput>) {
    this.config = parseConfig(this.name, drqnConfigSchema, options.config ?? {});
    const { stack = 1, numEnvs, eager = false } = options;
    if (stack !== 1) {
      throw new AgentError(
        "invalid-config",
        `The agent drqn remembers what it has seen and takes single frames, not stacks of ${stack}.`,
      );
    }
    this.actions = discreteActions(options.actionSpace, this.name);
    const input = observationInput(options.observationSpace, this.name);
    this.generators = agentGenerators(options.seed);
    const { initialisation } = this.generators;
    const { net, lstm, dueling } = this.config;
    const shape = { ...input, outputs: this.actions.n, units: lstm.units };
    const build = (rng: Generator) => buildRecurrentNet(net, { ...shape, head: { type: "q", dueling }, rng });
    // The target starts equal to the online net, from the same draws.
    const target = build(initialisation.clone());
    this.online = build(initialisation);
    const { online, actions, config, generators } = this;
    this.learner = new DrqnLearner({ online, target, actions, config, eager });
    this.state = new TrainState(this.name, { online, target, learner: this.learner, generators });
    const forward = forwardStep(online, eager);
    this.recollect = (rows) => new Recollection(online, forward, rows);
    this.recollection = this.recollect(numEnvs);
    this.policy = this.behaviourPolicy(numEnvs);
  }

  get epsilon(): number {
    return epsilonOf(this.config.exploration, this.state.envSteps);
  }

  get updates(): number {
    return this.state.updates;
  }

  get envSteps(): number {
    return this.state.envSteps;
  }

  get recalled(): RecurrentState {
    return this.recollection.previous;
  }

  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    const recollection = this.recollect();
    let q: Float32Array = new Float32Array(0);
    const act = greedyPolicyOf({ ...this.acting(() => q), rng }, epsilon);
    const policy: Policy = (observations, masks) => {
      const rows = observations.length / this.online.input.rowSize;
      // Also where all rows explore: what is seen is remembered.
      q = recollection.see(flatObservations(observations), rows);
      return act(observations, masks);
    };
    Object.defineProperty(policy, "values", { get: () => q });
    policy.insight = (observations) => this.lookInside(observations, recollection.previous);
    return remembering(policy, recollection);
  }

  qValues(observations: Batch, size: number): Float32Array {
    return this.recollect().see(flatObservations(observations), size).slice();
  }

  learn(batch: SequenceBatch): LearnMetrics {
    const { optimizer, learningRate, exploration } = this.config;
    const share = learningRateShare(learningRate, this.state.envSteps);
    const metrics = this.learner.learn(batch, optimizer.learningRate * share);
    return withTemperature(metrics, exploration, this.state.envSteps);
  }

  save(): AgentState {
    const { hidden, cell } = this.recollection.state;
    const state = this.state.save();
    const recollection = { hidden: [...hidden], cell: [...cell] };
    return { ...state, counters: { ...state.counters, recollection } };
  }

  restoreWeights(weights: AgentState["weights"]): void {
    this.state.restoreWeights(weights);
  }

  restore(state: AgentState): void {
    const { recollection, ...counters } = state.counters as Record<string, unknown>;
    const { hidden, cell } = this.readRecollection(recollection);
    this.state.restore({ ...state, counters });
    this.recollection.state.hidden.set(hidden);
    this.recollection.state.cell.set(cell);
  }

  dispose(): void {
    this.state.dispose();
  }

  /** What the net makes of the first row, remembering what the first row of `before` says. */
  private lookInside(observations: Batch, before: RecurrentState): Insight {
    const { online } = this;
    const { input, parameters, units } = online;
    const row = (state: Float32Array) => tf.tensor2d(state.subarray(0, units), [1, units]);
    const state = { hidden: row(before.hidden), cell: row(before.cell) };
    try {
      return insightOf(
        {
          ...{ input, parameters },
          apply: (x) => tf.tidy(() => online.apply(x, state).outputs),
          trace: (x) => online.trace(x, state),
        },
        flatObservations(observations),
        outputScores,
      );
    } finally {
      tf.dispose(state);
    }
  }

  private behaviourPolicy(numEnvs: number): Policy {
    let q: Float32Array = new Float32Array(0);
    const rng = this.generators.exploration;
    const act = exploringActor(this.config.exploration, { ...this.acting(() => q), rng });
    const policy: Policy = (observations, masks) => {
      requireRows(observations, numEnvs, this.online.input.rowSize);
      q = this.recollection.see(flatObservations(observations), numEnvs);
      const actions = act(observations, masks, this.state.envSteps);
      this.state.envSteps += numEnvs;
      return actions;
    };
    return remembering(policy, this.recollection);
  }

  private acting(valuesOf: ValueActorOptions["valuesOf"]): Omit<ValueActorOptions, "rng"> {
    return { actions: this.actions, rowSize: this.online.input.rowSize, valuesOf };
  }

  private readRecollection(saved: unknown): z.infer<typeof recollectionSchema> {
    const found = recollectionSchema.safeParse(saved);
    const size = this.recollection.state.hidden.length;
    if (found.success && found.data.hidden.length === size && found.data.cell.length === size) {
      return found.data;
    }
    throw new AgentError(
      "invalid-state",
      `The saved recollection is not that of a drqn agent with ${size} numbers in each of its states h and c.`,
    );
  }
}

const recollectionSchema = z.strictObject({ hidden: z.array(z.number()), cell: z.array(z.number()) });

function remembering(policy: Policy, recollection: Recollection): Policy {
  policy.endEpisodes = (ends) => recollection.endEpisodes(ends);
  policy.restart = () => recollection.restart();
  return policy;
}
