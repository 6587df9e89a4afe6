import type { Batch, Generator } from "gymnasium-js";
import { buildNet, type HeadSpec, type Net } from "../../nets/index.js";
import type { ReplayBatch } from "../../replay/types.js";
import { capture, type Step, type tf } from "../../tensors/index.js";
import type { AgentOptions, AgentState, LearnMetrics, Policy, ValueAgent } from "../agent.js";
import { epsilonOf, exploringActor, withTemperature } from "../behaviour.js";
import { parseConfig } from "../config.js";
import { type Insight, insightOf } from "../insight.js";
import { learningRateShare } from "../learning-rate.js";
import { type ActionCodes, discreteActions, observationInput } from "../spaces.js";
import { type AgentGenerators, agentGenerators, TrainState } from "../train-state.js";
import { flatObservations, greedyPolicyOf, requireRows, type ValueActorOptions } from "../value-actor.js";
import { type DqnConfig, type DqnConfigInput, dqnConfigSchema } from "./config.js";
import { DqnLearner } from "./learner.js";
import { NoiseInputs } from "./noise.js";
import { actionValuesBy, atomsOf, scoringOf } from "./objective.js";

/**
 * Deep Q-learning (Mnih et al. 2015, https://doi.org/10.1038/nature14236) with the extensions that its config
 * switches on. The seed's SeedSequence spawns two streams: first initialisation, then exploration.
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`
 * @throws {NetError} if the net does not fit the observations
 */
export function createDqn(options: AgentOptions<DqnConfigInput>): ValueAgent {
  return new Dqn(options);
}

class Dqn implements ValueAgent {
  readonly name = "dqn";
  readonly policy: Policy;
  private readonly config: DqnConfig;
  private readonly actions: ActionCodes;
  private readonly generators: AgentGenerators;
  private readonly online: Net;
  private readonly learner: DqnLearner;
  private readonly state: TrainState;
  /** Net outputs by the mean weights. */
  private readonly forward: Step<"x", { outputs: tf.Tensor }>;
  /** Net outputs by noisy weights, with a new draw of noise for each batch; null where the net has none. */
  private readonly noisy: {
    forward: Step<"x" | "noise", { outputs: tf.Tensor }>;
    noise: NoiseInputs<"noise">;
  } | null;
  private readonly actionValues: (outputs: ArrayLike<number>) => ArrayLike<number>;

  constructor(options: AgentOptions<DqnConfigInput>) {
    this.config = parseConfig(this.name, dqnConfigSchema, options.config ?? {});
    this.actions = discreteActions(options.actionSpace, this.name);
    const input = observationInput(options.observationSpace, this.name);
    this.generators = agentGenerators(options.seed);
    const { initialisation, exploration } = this.generators;
    const { dueling, distribution } = this.config;
    const head: HeadSpec = { type: "q", dueling };
    const noise = this.config.noise.type === "none" ? null : this.config.noise;
    const shape = { stack: options.stack ?? 1, outputs: this.actions.n, atoms: atomsOf(distribution) };
    const netOptions = { ...input, ...shape, head, noise };
    // The target starts equal to the online net, from the same draws.
    const target = buildNet(this.config.net, { ...netOptions, rng: initialisation.clone() });
    this.online = buildNet(this.config.net, { ...netOptions, rng: initialisation });
    const { online, actions, config, generators } = this;
    const eager = options.eager ?? false;
    this.learner = new DqnLearner({ online, target, actions, config, rng: exploration, eager });
    this.state = new TrainState(this.name, { online, target, learner: this.learner, generators });
    this.forward = capture(({ x }) => ({ outputs: online.apply(online.input.decode(x)) }), { eager });
    this.noisy = noise && {
      forward: capture(({ x, noise }) => ({ outputs: online.apply(online.input.decode(x), noise) }), {
        eager,
      }),
      noise: new NoiseInputs(online, exploration, ["noise"]),
    };
    this.actionValues = actionValuesBy(distribution);
    this.policy = this.behaviourPolicy(options.numEnvs);
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

  /** Noisy nets play by their mean weights here, and in `qValues`. */
  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    const valuesOf = (observations: Batch, rows: number) => this.meanValues(observations, rows);
    return greedyPolicyOf(this.actingBy(valuesOf, rng), epsilon);
  }

  qValues(observations: Batch, size: number): Float32Array {
    return new Float32Array(this.meanValues(observations, size));
  }

  insight(observation: Batch): Insight {
    return insightOf(this.online, flatObservations(observation), scoringOf(this.config.distribution));
  }

  /** In memory that the next call uses again. */
  private meanValues(observations: Batch, size: number): ArrayLike<number> {
    const x = this.online.input.source(flatObservations(observations), size);
    return this.actionValues(this.forward.run({ x }).outputs);
  }

  /** By noise that is drawn anew; one draw for all rows. */
  private exploringValues(observations: Batch, size: number): ArrayLike<number> {
    if (this.noisy === null) return this.meanValues(observations, size);
    const { forward, noise } = this.noisy;
    const x = this.online.input.source(flatObservations(observations), size);
    return this.actionValues(forward.run({ x, ...noise.draw() }).outputs);
  }

  learn(batch: ReplayBatch): LearnMetrics {
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
    const valuesOf = (observations: Batch, rows: number) => this.exploringValues(observations, rows);
    const rng = this.generators.exploration;
    const act = exploringActor(this.config.exploration, { ...this.actingBy(valuesOf, rng), rng });
    return (observations, masks) => {
      requireRows(observations, numEnvs, this.online.input.rowSize);
      const actions = act(observations, masks, this.state.envSteps);
      this.state.envSteps += numEnvs;
      return actions;
    };
  }

  private actingBy(valuesOf: ValueActorOptions["valuesOf"], rng: Generator | null): ValueActorOptions {
    return { actions: this.actions, rowSize: this.online.input.rowSize, valuesOf, rng };
  }
}
