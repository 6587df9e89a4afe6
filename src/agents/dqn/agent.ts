import { type Batch, Generator, SeedSequence, type TypedArray } from "gymnasium-js";
import { z } from "zod";
import { buildNet, type HeadSpec, type Net } from "../../nets/index.js";
import type { ReplayBatch } from "../../replay/types.js";
import { capture, type Step, type tf } from "../../tensors/index.js";
import type { Agent, AgentOptions, AgentState, LearnMetrics, Policy } from "../agent.js";
import { parseConfig } from "../config.js";
import { AgentError } from "../errors.js";
import { epsilonAt, epsilonGreedy } from "../exploration.js";
import { type ActionCodes, discreteActions, observationInput } from "../spaces.js";
import { type DqnConfig, type DqnConfigInput, dqnConfigSchema } from "./config.js";
import { DqnLearner } from "./learner.js";

const generatorStateSchema = z.strictObject({
  state: z.string(),
  inc: z.string(),
  hasUint32: z.union([z.literal(0), z.literal(1)]),
  uinteger: z.number(),
});

const countersSchema = z.strictObject({
  envSteps: z.int().min(0),
  updates: z.int().min(0),
  generators: z.strictObject({ initialisation: generatorStateSchema, exploration: generatorStateSchema }),
});

/**
 * Deep Q-learning (Mnih et al. 2015, https://doi.org/10.1038/nature14236) with the extensions that its config
 * switches on. The seed's SeedSequence spawns two streams: first initialisation, then exploration.
 *
 * @throws {AgentError} `unsupported-space`, `invalid-config`
 * @throws {NetError} if the net does not fit the observations
 */
export function createDqn(options: AgentOptions<DqnConfigInput>): Agent {
  return new Dqn(options);
}

class Dqn implements Agent {
  readonly name = "dqn";
  readonly policy: Policy;
  private readonly config: DqnConfig;
  private readonly actions: ActionCodes;
  private readonly generators: { initialisation: Generator; exploration: Generator };
  private readonly online: Net;
  private readonly target: Net;
  private readonly learner: DqnLearner;
  private readonly forward: Step<"x", { q: tf.Tensor }>;
  private steps = 0;

  constructor(options: AgentOptions<DqnConfigInput>) {
    this.config = parseConfig(this.name, dqnConfigSchema, options.config ?? {});
    this.actions = discreteActions(options.actionSpace, this.name);
    const input = observationInput(options.observationSpace, this.name);
    const [initialisation, exploration] = new SeedSequence(options.seed)
      .spawn(2)
      .map((sequence) => new Generator(sequence)) as [Generator, Generator];
    this.generators = { initialisation, exploration };
    const head: HeadSpec = { type: "q", dueling: this.config.dueling };
    const netOptions = { ...input, stack: options.stack ?? 1, outputs: this.actions.n, head };
    // The target starts equal to the online net, from the same draws.
    this.target = buildNet(this.config.net, { ...netOptions, rng: initialisation.clone() });
    this.online = buildNet(this.config.net, { ...netOptions, rng: initialisation });
    this.learner = new DqnLearner(this.online, this.target, this.actions, this.config, options.eager);
    this.forward = capture(
      ({ x }: { x: tf.Tensor }) => ({ q: this.online.apply(this.online.input.decode(x)) }),
      {
        eager: options.eager ?? false,
      },
    );
    this.policy = this.behaviourPolicy(options.numEnvs);
  }

  get epsilon(): number {
    return epsilonAt(this.config.exploration, this.steps);
  }

  get updates(): number {
    return this.learner.updates;
  }

  get envSteps(): number {
    return this.steps;
  }

  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    if (!(epsilon >= 0 && epsilon <= 1) || (epsilon > 0 && rng === null)) {
      throw new AgentError(
        "invalid-argument",
        `A greedy policy takes an epsilon from 0 to 1, and a generator if it is above 0; this one has epsilon ${epsilon}${rng ? "" : " and no generator"}.`,
      );
    }
    const act = this.actor(rng);
    return (observations, masks) => act(observations, masks, epsilon);
  }

  qValues(observations: Batch, size: number): Float32Array {
    return this.forwardOf(observations, size).slice();
  }

  /** As `qValues`, in memory that the next call uses again. */
  private forwardOf(observations: Batch, size: number): Float32Array {
    const x = this.online.input.source(typed(observations), size);
    return this.forward.run({ x }).q as Float32Array;
  }

  learn(batch: ReplayBatch): LearnMetrics {
    return this.learner.learn(batch);
  }

  save(): AgentState {
    const { initialisation, exploration } = this.generators;
    return {
      weights: this.online.save(),
      target: this.target.save(),
      optimizer: this.learner.optimizer.save(),
      counters: {
        envSteps: this.steps,
        updates: this.learner.updates,
        generators: { initialisation: initialisation.state, exploration: exploration.state },
      },
    };
  }

  restoreWeights(weights: AgentState["weights"]): void {
    this.online.restore(weights);
  }

  restore(state: AgentState): void {
    const counters = countersSchema.safeParse(state.counters);
    if (!counters.success) {
      throw new AgentError(
        "invalid-state",
        `The saved counters are not those of a dqn agent: ${z.prettifyError(counters.error)}`,
      );
    }
    this.online.restore(state.weights);
    this.target.restore(state.target);
    this.learner.optimizer.restore(state.optimizer);
    const { envSteps, updates, generators } = counters.data;
    this.steps = envSteps;
    this.learner.updates = updates;
    this.generators.initialisation.setState(generators.initialisation);
    this.generators.exploration.setState(generators.exploration);
  }

  dispose(): void {
    this.learner.optimizer.dispose();
    this.online.dispose();
    this.target.dispose();
  }

  private behaviourPolicy(numEnvs: number): Policy {
    const act = this.actor(this.generators.exploration);
    const length = numEnvs * this.online.input.rowSize;
    return (observations, masks) => {
      if (observations.length !== length) {
        throw new AgentError(
          "invalid-argument",
          `The behaviour policy acts in ${numEnvs} environments, on ${length} values, but got ${observations.length}.`,
        );
      }
      const actions = act(observations, masks, this.epsilon);
      this.steps += numEnvs;
      return actions;
    };
  }

  /** Acts on any number of rows, into memory of its own. */
  private actor(
    rng: Generator | null,
  ): (observations: Batch, mask: Uint8Array | null, epsilon: number) => Int32Array {
    const { n: numActions, start } = this.actions;
    let actions = new Int32Array(0);
    let current: Batch = actions;
    const values = () => this.forwardOf(current, actions.length);
    return (observations, mask, epsilon) => {
      const rows = observations.length / this.online.input.rowSize;
      if (actions.length !== rows) actions = new Int32Array(rows);
      current = observations;
      epsilonGreedy({ rows, numActions, mask, epsilon, rng, values, actions });
      if (start !== 0) for (let row = 0; row < rows; row++) actions[row]! += start;
      return actions;
    };
  }
}

function typed(observations: Batch): TypedArray {
  if (ArrayBuffer.isView(observations)) return observations;
  throw new AgentError(
    "invalid-argument",
    "Observations came as a list of elements; a flat typed array with one row per environment is needed.",
  );
}
