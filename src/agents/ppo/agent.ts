import type { Batch, Generator, TypedArray } from "gymnasium-js";
import { capture, type Step, type tf } from "../../tensors/index.js";
import type { Agent, AgentOptions, AgentState, Policy } from "../agent.js";
import { parseConfig } from "../config.js";
import type { Insight } from "../insight.js";
import { learningRateShare, shareAt } from "../learning-rate.js";
import { observationInput } from "../spaces.js";
import { type AgentGenerators, agentGenerators, TrainState } from "../train-state.js";
import { flatObservations, requireEpsilon, requireRows } from "../value-actor.js";
import { ActorCritic } from "./actor-critic.js";
import { type PpoConfig, type PpoConfigInput, ppoConfigSchema } from "./config.js";
import { type ActionDistribution, type DrawnActions, distributionOver } from "./distribution.js";
import { type AdvantageBatch, PpoLearner, type PpoMetrics } from "./learner.js";

/** What a behaviour policy saw, thought and did at its last call. Arrays are the agent's or the caller's of `policy`, and reused. */
export interface PpoActed {
  /** `[numEnvs, ...(stack > 1 ? [stack] : []), ...shape]` */
  observations: TypedArray;
  /** `[numEnvs, actions]` 1 where an action was legal; null where there are no masks. */
  actionMasks: Uint8Array | null;
  /** `[numEnvs]` as a Discrete space counts them, or `[numEnvs, numbers]` as drawn for a Box, not clipped. */
  actions: DrawnActions;
  /** `[numEnvs]` log pi(a|s) */
  logProbs: Float32Array;
  /** `[numEnvs]` V(s) */
  values: Float32Array;
}

/** Learns from steps and their advantages, which a `PpoRollout` makes of what the policy did. */
export interface PpoAgent extends Agent<AdvantageBatch> {
  readonly config: PpoConfig;
  /** Of the last call of `policy`. */
  readonly acted: PpoActed;
  /** Numbers in an action. */
  readonly actionSize: number;
  learn(batch: AdvantageBatch): PpoMetrics;
  /** V(s) of the first `rows` rows; reused by the next call. */
  stateValues(observations: TypedArray, rows: number): Float32Array;
}

/**
 * PPO (Schulman et al. 2017, https://arxiv.org/abs/1707.06347) with generalised advantages, on what many environments do at
 * the same time. Policy and values have a net each. Actions are Discrete, where masks are heeded, or of a Box. The seed's
 * SeedSequence spawns two streams: first initialisation, then what the policy draws.
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`
 * @throws {NetError} if the net does not fit the observations
 */
export function createPpo(options: AgentOptions<PpoConfigInput>): PpoAgent {
  return new Ppo(options);
}

class Ppo implements PpoAgent {
  readonly name = "ppo";
  readonly policy: Policy;
  readonly config: PpoConfig;
  readonly acted: PpoActed;
  readonly actionSize: number;
  readonly insight?: (observation: Batch) => Insight;
  readonly actionProbabilities?: (observations: Batch, size: number) => Float32Array;
  /** What is random of this policy is its own. */
  readonly epsilon = 0;
  private readonly generators: AgentGenerators;
  private readonly makeDistribution: () => ActionDistribution;
  private readonly nets: ActorCritic;
  private readonly learner: PpoLearner;
  private readonly state: TrainState;
  private readonly acting: Step<"x", { outputs: tf.Tensor; values: tf.Tensor }>;
  private readonly choosing: Step<"x", { outputs: tf.Tensor }>;
  private readonly valuing: Step<"x", { values: tf.Tensor }>;

  constructor(options: AgentOptions<PpoConfigInput>) {
    this.config = parseConfig(this.name, ppoConfigSchema, options.config ?? {});
    this.makeDistribution = () => distributionOver(options.actionSpace, this.name);
    const distribution = this.makeDistribution();
    const input = observationInput(options.observationSpace, this.name);
    this.generators = agentGenerators(options.seed);
    const { initialisation } = this.generators;
    const { eager = false, numEnvs, stack = 1 } = options;
    this.nets = new ActorCritic(this.config, distribution, { ...input, stack, rng: initialisation });
    const { nets, generators } = this;
    const learner = new PpoLearner(nets, this.makeDistribution(), this.config, eager);
    this.learner = learner;
    this.state = new TrainState(this.name, { online: nets, target: null, learner, generators });
    const outputsOf = (x: tf.Tensor) => ({ outputs: nets.policy(x) });
    const valuesOf = (x: tf.Tensor) => ({ values: nets.value(x) });
    const decoded = (x: tf.Tensor) => nets.input.decode(x);
    this.acting = capture(
      ({ x: rows }: { x: tf.Tensor }) => {
        const x = decoded(rows);
        return { ...outputsOf(x), ...valuesOf(x) };
      },
      { eager },
    );
    this.choosing = capture(({ x }: { x: tf.Tensor }) => outputsOf(decoded(x)), { eager });
    this.valuing = capture(({ x }: { x: tf.Tensor }) => valuesOf(decoded(x)), { eager });
    this.actionSize = distribution.actionSize;
    this.acted = {
      observations: new Uint8Array(0),
      actionMasks: null,
      actions: distribution.allocate(numEnvs),
      logProbs: new Float32Array(numEnvs),
      values: new Float32Array(numEnvs),
    };
    this.policy = this.behaviourPolicy(numEnvs, distribution);
    if (options.actionSpace.type === "Discrete") {
      this.insight = (observation) => nets.insight(flatObservations(observation));
      this.actionProbabilities = (observations, size) => this.probabilities(observations, size);
    }
  }

  get updates(): number {
    return this.state.updates;
  }

  get envSteps(): number {
    return this.state.envSteps;
  }

  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    requireEpsilon(epsilon, rng);
    const distribution = this.makeDistribution();
    let actions = distribution.allocate(0);
    return (observations, masks) => {
      const rows = observations.length / this.nets.input.rowSize;
      if (actions.length !== rows * this.actionSize) actions = distribution.allocate(rows);
      distribution.give(this.outputsOf(observations, rows), masks, rows);
      distribution.greedy(actions, epsilon, rng);
      return distribution.toSpace(actions);
    };
  }

  stateValues(observations: TypedArray, rows: number): Float32Array {
    return this.valuing.run({ x: this.nets.input.source(observations, rows) }).values as Float32Array;
  }

  learn(batch: AdvantageBatch): PpoMetrics {
    const { optimizer, learningRate, clip, clipSchedule } = this.config;
    return this.learner.learn(batch, {
      learningRate: optimizer.learningRate * learningRateShare(learningRate, this.state.envSteps),
      clip: clip * shareAt(clipSchedule, this.state.envSteps),
    });
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

  private behaviourPolicy(numEnvs: number, distribution: ActionDistribution): Policy {
    const { acted } = this;
    return (observations, masks) => {
      requireRows(observations, numEnvs, this.nets.input.rowSize);
      acted.observations = flatObservations(observations);
      acted.actionMasks = masks;
      const x = this.nets.input.source(acted.observations, numEnvs);
      const { outputs, values } = this.acting.run({ x });
      acted.values.set(values);
      distribution.give(outputs, masks, numEnvs);
      distribution.sample(this.generators.exploration, acted.actions);
      for (let env = 0; env < numEnvs; env++) acted.logProbs[env] = distribution.logProb(acted.actions, env);
      this.state.envSteps += numEnvs;
      return distribution.toSpace(acted.actions);
    };
  }

  private probabilities(observations: Batch, size: number): Float32Array {
    const distribution = this.makeDistribution();
    distribution.give(this.outputsOf(observations, size), null, size);
    return distribution.probabilities() as Float32Array;
  }

  /** What describes the distributions, in memory that the next call uses again. */
  private outputsOf(observations: Batch, rows: number): Float32Array {
    const x = this.nets.input.source(flatObservations(observations), rows);
    return this.choosing.run({ x }).outputs as Float32Array;
  }
}
