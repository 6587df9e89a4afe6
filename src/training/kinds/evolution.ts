import { type Batch, Generator, type TypedArray, type VectorEnv } from "gymnasium-js";
import { randomAction } from "../../agents/exploration.js";
import {
  type Agent,
  AgentError,
  type AgentState,
  type PlannedPolicy,
  type Policy,
  type PolicyPlan,
  planPolicy,
  searchPolicy,
} from "../../agents/index.js";
import { requireEpsilon } from "../../agents/value-actor.js";
import type { NamedArrays } from "../../tensors/index.js";
import type { RunConfigOf } from "../config.js";
import { LudusError } from "../errors.js";
import type { AgentKind } from "./kind.js";

/**
 * What a search has found, as runs know agents: it plays. Searching is done by whole generations, and not by it.
 */
class SearchedAgent implements Agent<never> {
  readonly name = "evolution";
  readonly epsilon = 0;
  readonly updates = 0;
  readonly envSteps = 0;
  private parameters: Float32Array;

  constructor(
    private readonly planned: PlannedPolicy,
    rng: Generator,
  ) {
    this.parameters = planned.initial(rng);
  }

  get policy(): Policy {
    return this.greedyPolicy();
  }

  greedyPolicy(epsilon = 0, rng: Generator | null = null): Policy {
    return greedySearched(this.planned.plan, this.parameters, { epsilon, rng });
  }

  learn(): never {
    throw new AgentError(
      "invalid-argument",
      "The agent evolution is found by whole generations of policies; it cannot learn from a batch.",
    );
  }

  save(): AgentState {
    const weights = this.planned.named(this.parameters);
    return { weights, target: {}, optimizer: { arrays: {}, step: 0 }, counters: {} };
  }

  restoreWeights(weights: NamedArrays): void {
    this.parameters = vectorOf(this.planned, weights);
  }

  restore({ weights }: AgentState): void {
    this.restoreWeights(weights);
  }

  dispose(): void {}
}

/** The policy of a parameter vector, with a share of random actions: among the legal ones, or within a Box's bounds. */
export function greedySearched(
  plan: PolicyPlan,
  parameters: Float32Array,
  { epsilon, rng }: { epsilon: number; rng: Generator | null },
): Policy {
  requireEpsilon(epsilon, rng);
  const greedy = searchPolicy(plan, parameters);
  if (epsilon === 0 || rng === null) return greedy;
  return (observations: Batch, masks) => {
    const actions = greedy(observations, masks) as TypedArray;
    const rows = observations.length / plan.net.input.rowSize;
    for (let row = 0; row < rows; row++) {
      if (rng.random() < epsilon) drawAction(plan, { actions, masks, row, rng });
    }
    return actions;
  };
}

function drawAction(
  { action }: PolicyPlan,
  {
    actions,
    masks,
    row,
    rng,
  }: { actions: TypedArray; masks: Uint8Array | null; row: number; rng: Generator },
): void {
  if (action.type === "discrete") {
    const drawn = randomAction(rng, { numActions: action.n, mask: masks }, row);
    actions[row] = action.start + Math.max(0, drawn);
    return;
  }
  const { low, high } = action;
  for (let i = 0; i < low.length; i++) actions[row * low.length + i] = rng.uniform(low[i]!, high[i]!);
}

/**
 * The parameter vector of a net's arrays: what `named` has made names of, put together again.
 * @throws {AgentError} `invalid-state` if one is missing, or has another size
 */
export function vectorOf(planned: PlannedPolicy, weights: NamedArrays): Float32Array {
  const vector = new Float32Array(planned.plan.net.parameters);
  let offset = 0;
  for (const [name, { data }] of Object.entries(planned.named(vector))) {
    const found = weights[name]?.data;
    if (!(found instanceof Float32Array) || found.length !== data.length) {
      throw new AgentError(
        "invalid-state",
        `The weights have ${found === undefined ? "no" : found.length} values of "${name}", expected ${data.length} of float32.`,
      );
    }
    vector.set(found, offset);
    offset += data.length;
  }
  return vector;
}

/** Policies found by their returns alone. Runs of it go on by generations: see `SearchCourse`. */
export const evolutionKind: AgentKind<"evolution"> = {
  description:
    "search on the policy (GA, CEM, OpenAI-ES, CMA-ES): whole episodes, no gradients; Discrete or Box actions",
  files: { memory: null, target: false },
  stackOf: () => 1,
  createAgent: createSearchedAgent,
  createLearner: () => {
    throw new LudusError(
      "unsupported",
      "Runs of the agent evolution go on by whole generations and not by steps, so that they can be trained but not tuned; choose its settings with --set.",
    );
  },
};

function createSearchedAgent(
  { singleObservationSpace: observationSpace, singleActionSpace: actionSpace }: VectorEnv,
  { evolution: { net, observations } }: RunConfigOf<"evolution">,
  seed: number,
): SearchedAgent {
  return new SearchedAgent(
    planPolicy({ observationSpace, actionSpace, net, observations }),
    new Generator(seed),
  );
}
