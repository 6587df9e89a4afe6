import type { Batch, Generator, TypedArray } from "gymnasium-js";
import { buildNet, type Net } from "../../nets/index.js";
import { capture, type Step, type tf } from "../../tensors/index.js";
import type { AgentOptions, AgentState, LearnMetrics, Policy, ValueAgent } from "../agent.js";
import { epsilonOf, exploringActor, withTemperature } from "../behaviour.js";
import { parseConfig } from "../config.js";
import { greedyAction } from "../exploration.js";
import { type Insight, insightOf, outputScores } from "../insight.js";
import { learningRateShare } from "../learning-rate.js";
import { type ActionCodes, discreteActions, observationInput } from "../spaces.js";
import { type AgentGenerators, agentGenerators, TrainState } from "../train-state.js";
import { flatObservations, greedyPolicyOf, requireRows, type ValueActorOptions } from "../value-actor.js";
import { type PqnConfig, type PqnConfigInput, pqnConfigSchema } from "./config.js";
import { PqnLearner, type ReturnBatch } from "./learner.js";

/** What a behaviour policy saw and thought at its last call. Arrays are the agent's or the caller's of `policy`, and reused. */
export interface Acted {
  /** `[numEnvs, ...(stack > 1 ? [stack] : []), ...shape]` */
  observations: TypedArray;
  /** `[numEnvs]` max over legal a of Q(s, a); 0 where no action is legal. */
  values: Float32Array;
}

/** Learns from pairs and their returns, which a `Rollout` makes of what the policy did. */
export interface PqnAgent extends ValueAgent<ReturnBatch> {
  readonly config: PqnConfig;
  /** Of the last call of `policy`. */
  readonly acted: Acted;
  /** max over a of Q(s, a) of the first `rows` rows, all actions being legal; reused by the next call. */
  stateValues(observations: TypedArray, rows: number): Float32Array;
}

/**
 * PQN (Gallici et al. 2024, https://arxiv.org/abs/2407.04811): Q-learning on what many environments do at the same
 * time, without a replay and without a target net. The seed's SeedSequence spawns two streams: first initialisation, then
 * exploration.
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`
 * @throws {NetError} if the net does not fit the observations
 */
export function createPqn(options: AgentOptions<PqnConfigInput>): PqnAgent {
  return new Pqn(options);
}

class Pqn implements PqnAgent {
  readonly name = "pqn";
  readonly policy: Policy;
  readonly config: PqnConfig;
  readonly acted: Acted;
  private readonly actions: ActionCodes;
  private readonly generators: AgentGenerators;
  private readonly net: Net;
  private readonly learner: PqnLearner;
  private readonly state: TrainState;
  private readonly forward: Step<"x", { q: tf.Tensor }>;
  private maxima = new Float32Array(0);

  constructor(options: AgentOptions<PqnConfigInput>) {
    this.config = parseConfig(this.name, pqnConfigSchema, options.config ?? {});
    this.actions = discreteActions(options.actionSpace, this.name);
    const input = observationInput(options.observationSpace, this.name);
    this.generators = agentGenerators(options.seed);
    const { initialisation } = this.generators;
    this.net = buildNet(this.config.net, {
      ...input,
      stack: options.stack ?? 1,
      outputs: this.actions.n,
      head: { type: "q", dueling: this.config.dueling },
      rng: initialisation,
    });
    const { eager = false, numEnvs } = options;
    const { net: online, generators } = this;
    const learner = new PqnLearner(online, this.actions, this.config, eager);
    this.learner = learner;
    this.state = new TrainState(this.name, { online, target: null, learner, generators });
    this.forward = capture(({ x }: { x: tf.Tensor }) => ({ q: this.net.apply(this.net.input.decode(x)) }), {
      eager,
    });
    this.acted = { observations: new Uint8Array(0), values: new Float32Array(numEnvs) };
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

  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    return greedyPolicyOf(this.acting(rng), epsilon);
  }

  qValues(observations: Batch, size: number): Float32Array {
    return this.forwardOf(observations, size).slice();
  }

  insight(observation: Batch): Insight {
    return insightOf(this.net, flatObservations(observation), outputScores);
  }

  stateValues(observations: TypedArray, rows: number): Float32Array {
    if (this.maxima.length !== rows) this.maxima = new Float32Array(rows);
    this.writeMaxima(this.forwardOf(observations, rows), null, this.maxima);
    return this.maxima;
  }

  learn(batch: ReturnBatch): LearnMetrics {
    const { optimizer, learningRate, exploration } = this.config;
    const share = learningRateShare(learningRate, this.state.envSteps);
    const metrics = this.learner.learn(batch, optimizer.learningRate * share);
    return withTemperature(metrics, exploration, this.state.envSteps);
  }

  save(): AgentState {
    return this.state.save();
  }

  restoreWeights(weights: AgentState["weights"]): void {
    this.state.restoreWeights(weights);
  }

  restore(state: AgentState): void {
    this.state.restore(state);
  }

  dispose(): void {
    this.state.dispose();
  }

  private behaviourPolicy(numEnvs: number): Policy {
    const { acted } = this;
    let q: Float32Array = new Float32Array(0);
    const rng = this.generators.exploration;
    const act = exploringActor(this.config.exploration, { ...this.acting(rng), rng, valuesOf: () => q });
    return (observations, masks) => {
      requireRows(observations, numEnvs, this.net.input.rowSize);
      acted.observations = flatObservations(observations);
      // Also where all rows explore: returns are made of these values.
      q = this.forwardOf(observations, numEnvs);
      this.writeMaxima(q, masks, acted.values);
      const actions = act(observations, masks, this.state.envSteps);
      this.state.envSteps += numEnvs;
      return actions;
    };
  }

  private acting(rng: Generator | null): ValueActorOptions {
    return {
      actions: this.actions,
      rowSize: this.net.input.rowSize,
      valuesOf: (observations, rows) => this.forwardOf(observations, rows),
      rng,
    };
  }

  private writeMaxima(q: ArrayLike<number>, mask: Uint8Array | null, maxima: Float32Array): void {
    const numActions = this.actions.n;
    const values = { q, numActions, mask };
    for (let row = 0; row < maxima.length; row++) {
      const action = greedyAction(values, row);
      maxima[row] = action < 0 ? 0 : q[row * numActions + action]!;
    }
  }

  /** As `qValues`, in memory that the next call uses again. */
  private forwardOf(observations: Batch, size: number): Float32Array {
    const x = this.net.input.source(flatObservations(observations), size);
    return this.forward.run({ x }).q as Float32Array;
  }
}
