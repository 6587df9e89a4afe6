import type { Batch, Generator } from "gymnasium-js";
import type { InputStage } from "../../nets/index.js";
import type { ReplayBatch } from "../../replay/types.js";
import { capture, type Step, type tf } from "../../tensors/index.js";
import type { AgentOptions, AgentState, LearnMetrics, Policy, ValueAgent } from "../agent.js";
import { parseConfig } from "../config.js";
import { AgentError } from "../errors.js";
import { epsilonAt, epsilonGreedy } from "../exploration.js";
import { learningRateShare } from "../learning-rate.js";
import { type AgentGenerators, agentGenerators, TrainState } from "../train-state.js";
import { flatObservations, requireEpsilon, requireRows, type ValueActor } from "../value-actor.js";
import {
  type QmixConfig,
  type QmixConfigInput,
  qmixConfigSchema,
  type VdnConfigInput,
  vdnConfigSchema,
} from "./config.js";
import { observationSizeOf, requireLayout, rowSizeOf, type TeamLayout } from "./layout.js";
import { QmixLearner } from "./learner.js";
import { flatInput, TeamInput } from "./team-input.js";
import { TeamNet } from "./team-net.js";

/** What a team is made for. */
export interface TeamOptions<Config> extends AgentOptions<Config> {
  /** How the rows of its environments are made up. */
  layout: TeamLayout;
}

/**
 * Agents that act by themselves and learn together. A row of observations is that of a joint environment; a row of actions holds
 * one of each agent. Action masks are `[rows, agents * actions]`.
 */
export interface TeamAgent extends ValueAgent {
  /** The agents' utilities `[size, agents * actions]` of the first `size` rows; the caller's to keep. */
  qValues(observations: Batch, size: number): Float32Array;
  /**
   * What agents expect of their actions, each by its own observation alone: all that it takes to act in one seat.
   * @param observations `[rows, ...observationShape]`
   * @param agents `[rows]`: whose observation each row is
   * @returns `[rows, actions]`, the caller's to keep
   */
  utilityValues(observations: Batch, agents: ArrayLike<number>, rows: number): Float32Array;
}

/**
 * QMIX (Rashid et al. 2018, https://arxiv.org/abs/1803.11485): agents with utilities of their own, which a net mixes into the
 * value of the team, monotonically, so that each can act by itself. The utility net has no memory. The seed's SeedSequence
 * spawns two streams: first initialisation, then exploration.
 *
 * @throws {AgentError} `unsupported-space` if the layout does not fit the spaces, `invalid-config`; frames cannot be stacked
 * @throws {NetError} if the net does not fit the observations
 */
export function createQmix(options: TeamOptions<QmixConfigInput>): TeamAgent {
  return new Team("qmix", parseConfig("qmix", qmixConfigSchema, options.config ?? {}), options);
}

/**
 * Value decomposition networks (Sunehag et al. 2018, https://arxiv.org/abs/1706.05296): QMIX whose mixing is a plain sum.
 *
 * @throws as `createQmix`
 */
export function createVdn(options: TeamOptions<VdnConfigInput>): TeamAgent {
  const config = parseConfig("vdn", vdnConfigSchema, options.config ?? {});
  return new Team("vdn", { ...config, mixing: { type: "sum" } }, options);
}

type Values = { utilities: tf.Tensor };

class Team implements TeamAgent {
  readonly policy: Policy;
  private readonly layout: TeamLayout;
  private readonly generators: AgentGenerators;
  private readonly online: TeamNet;
  private readonly learner: QmixLearner;
  private readonly state: TrainState;
  private readonly input: TeamInput;
  /** Of one agent's observations. */
  private readonly seatInput: InputStage;
  private readonly forward: Step<"x", Values>;
  private readonly seatForward: Step<"x" | "ids", Values>;

  constructor(
    readonly name: "qmix" | "vdn",
    private readonly config: QmixConfig,
    options: TeamOptions<unknown>,
  ) {
    const { layout, stack = 1, numEnvs, seed, eager = false } = options;
    if (stack !== 1) {
      throw new AgentError(
        "invalid-config",
        `The agent ${name} takes single frames, not stacks of ${stack}.`,
      );
    }
    requireLayout(layout, options, name);
    this.layout = layout;
    this.generators = agentGenerators(seed);
    const { initialisation } = this.generators;
    // The target starts equal to the online net, from the same draws.
    const target = new TeamNet(config, layout, initialisation.clone());
    this.online = new TeamNet(config, layout, initialisation);
    const { online, generators } = this;
    const { inputScale } = config.net;
    const input = new TeamInput(layout, inputScale);
    const seatInput = flatInput(observationSizeOf(layout), inputScale);
    this.input = input;
    this.seatInput = seatInput;
    this.learner = new QmixLearner({ online, target, input, layout, config, eager });
    this.state = new TrainState(name, { online, target, learner: this.learner, generators });
    this.forward = capture(
      ({ x }) => {
        const { observations, ids } = input.take(x);
        return { utilities: online.utilities(observations, ids) };
      },
      { eager },
    );
    this.seatForward = capture(({ x, ids }) => ({ utilities: online.utilities(seatInput.decode(x), ids) }), {
      eager,
    });
    this.policy = this.behaviourPolicy(numEnvs);
  }

  get epsilon(): number {
    return epsilonAt(this.config.exploration, this.state.envSteps);
  }

  get updates(): number {
    return this.state.updates;
  }

  get envSteps(): number {
    return this.state.envSteps;
  }

  /** @param epsilon of each agent by itself */
  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    requireEpsilon(epsilon, rng);
    const act = this.actor(rng);
    return (observations, masks) => act(observations, masks, epsilon);
  }

  qValues(observations: Batch, size: number): Float32Array {
    return new Float32Array(this.utilities(observations, size));
  }

  utilityValues(observations: Batch, agents: ArrayLike<number>, rows: number): Float32Array {
    const { agents: count } = this.layout;
    const ids = new Float32Array(rows * count);
    for (let row = 0; row < rows; row++) {
      const agent = agents[row]!;
      if (!Number.isInteger(agent) || agent < 0 || agent >= count) {
        throw new AgentError(
          "invalid-argument",
          `Row ${row} is of agent ${agent}; the agents are the whole numbers 0 to ${count - 1}.`,
        );
      }
      ids[row * count + agent] = 1;
    }
    const x = this.seatInput.source(flatObservations(observations), rows);
    const { utilities } = this.seatForward.run({ x, ids: { data: ids, shape: [rows, count] } });
    return new Float32Array(utilities);
  }

  learn(batch: ReplayBatch): LearnMetrics {
    const { optimizer, learningRate } = this.config;
    const share = learningRateShare(learningRate, this.state.envSteps);
    return this.learner.learn(batch, optimizer.learningRate * share);
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

  /** `[size * agents, actions]`, in memory that the next call uses again. */
  private utilities(observations: Batch, size: number): ArrayLike<number> {
    const x = this.input.source(flatObservations(observations), size);
    return this.forward.run({ x }).utilities;
  }

  private behaviourPolicy(numEnvs: number): Policy {
    const act = this.actor(this.generators.exploration);
    return (observations, masks) => {
      requireRows(observations, numEnvs, rowSizeOf(this.layout));
      const actions = act(observations, masks, this.epsilon);
      this.state.envSteps += numEnvs;
      return actions;
    };
  }

  /** Every agent acts epsilon-greedily by itself, by the epsilon of each call. */
  private actor(rng: Generator | null): ValueActor {
    const { agents, actions: numActions } = this.layout;
    const rowSize = rowSizeOf(this.layout);
    let actions = new Int32Array(0);
    return (observations, mask, epsilon) => {
      const teams = observations.length / rowSize;
      const rows = teams * agents;
      if (actions.length !== rows) actions = new Int32Array(rows);
      const values = () => this.utilities(observations, teams);
      epsilonGreedy({ rows, numActions, mask, epsilon, rng, values, actions });
      return actions;
    };
  }
}
