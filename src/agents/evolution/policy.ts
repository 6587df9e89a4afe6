import type { Batch, Space, TypedArray } from "gymnasium-js";
import type { NetSpec } from "../../nets/index.js";
import type { Policy } from "../agent.js";
import { AgentError } from "../errors.js";
import { discreteActions, observationInput } from "../spaces.js";
import { flatObservations } from "../value-actor.js";
import { ActingNet, type ActionPlan, type PolicyPlan } from "./acting-net.js";
import { searchedInsight } from "./insight.js";
import { type PlannedNet, planNet } from "./net-plan.js";

/** A policy to search the parameters of. */
export interface PlannedPolicy extends Omit<PlannedNet, "plan"> {
  plan: PolicyPlan;
}

export interface PolicyOptions {
  /** Of one environment. */
  observationSpace: Space<unknown>;
  actionSpace: Space<unknown>;
  net: NetSpec;
  /**
   * `bounds`: Box observations of floats are divided by the larger magnitude of their bounds, where both are finite and
   * that is at most 1e6; `raw`: they are taken as they are.
   */
  observations: "bounds" | "raw";
}

/**
 * A net that acts: the largest output among Discrete actions, or `low + (high - low) (tanh(y) + 1) / 2` for each number of a
 * Box.
 *
 * @throws {AgentError} `unsupported-space`
 */
export function planPolicy({
  observationSpace,
  actionSpace,
  net,
  observations,
}: PolicyOptions): PlannedPolicy {
  const action = actionPlan(actionSpace);
  const input = observationInput(observationSpace, "evolution");
  const { plan, ...meaning } = planNet(net, {
    ...input,
    outputs: action.type === "discrete" ? action.n : action.low.length,
    scale: observations === "bounds" ? boundScales(observationSpace) : 1,
  });
  return { plan: { net: plan, action, source: { spec: net, inputShape: input.inputShape } }, ...meaning };
}

function actionPlan(space: Space<unknown>): ActionPlan {
  if (space.type !== "Box") return { type: "discrete", ...discreteActions(space, "evolution") };
  const { dtype, low, high } = space as Space<unknown> & { low: TypedArray; high: TypedArray };
  const bounds = [...low, ...high].every((bound) => Number.isFinite(bound));
  if ((dtype !== "float32" && dtype !== "float64") || !bounds) {
    throw new AgentError(
      "unsupported-space",
      `The agent evolution gives actions of a Box of floats with finite bounds, not of dtype ${dtype}${bounds ? "" : " without bounds"}; wrap the environment in RescaleAction.`,
    );
  }
  return {
    type: "box",
    low: Float64Array.from(low as Float64Array),
    high: Float64Array.from(high as Float64Array),
    dtype,
  };
}

/** Bounds beyond this say nothing of how large observations are. */
const largestBound = 1e6;

function boundScales(space: Space<unknown>): number | Float64Array {
  if (space.type !== "Box" || !(space.dtype === "float32" || space.dtype === "float64")) return 1;
  const { low, high } = space as Space<unknown> & { low: Float64Array; high: Float64Array };
  return Float64Array.from(low, (from, i) => {
    const bound = Math.max(Math.abs(from), Math.abs(high[i]!));
    return bound > 0 && bound <= largestBound ? 1 / bound : 1;
  });
}

/**
 * The policy of a parameter vector, for any number of rows: what `evaluate` and `rollout` take. Its `insight` needs an engine
 * (`useEngine`); it has one among Discrete actions only, since the numbers of a Box have no best one to look for.
 */
export function searchPolicy(plan: PolicyPlan, parameters: Float32Array): Policy {
  const net = new ActingNet(plan);
  let actions = net.allocate(0);
  const policy: Policy = (observations: Batch, masks) => {
    const rows = observations.length / plan.net.input.rowSize;
    if (actions.length !== rows * net.actionSize) actions = net.allocate(rows);
    for (let row = 0; row < rows; row++) {
      net.act(parameters, observations as TypedArray, { row, masks, actions });
    }
    return actions;
  };
  if (plan.action.type === "discrete") {
    policy.insight = (observations) => searchedInsight(plan, parameters, flatObservations(observations));
  }
  return policy;
}
