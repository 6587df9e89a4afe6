import type { Batch, Env, TypedArray } from "gymnasium-js";
import type { ActingPolicy } from "../../training/index.js";
import type { Mind } from "../../viewer/mind.js";

/** A stored policy. */
export function policyMind(acting: ActingPolicy): Mind {
  const { agent } = acting.config;
  const table = acting.stateTable();
  return {
    name: `${agent}, checkpoint of step ${acting.step.toLocaleString("en")}`,
    checkpoint: acting.step,
    remembers: acting.remembers,
    choose: (observation) => {
      const { action, values, valuesAre } = acting.choose(asBatch(observation));
      const kind = valuesAre === "Policy" ? ("probabilities" as const) : ("values" as const);
      return {
        action: typeof action === "number" ? action : action.slice(),
        thought: values === null ? null : { kind, scores: values.slice() },
      };
    },
    inside: () => ({ net: acting.insight(), table }),
    restart: acting.restart,
    dispose: acting.dispose,
  };
}

/** One observation as a batch of one. */
function asBatch(observation: unknown): Batch {
  return typeof observation === "number" ? Int32Array.of(observation) : (observation as TypedArray);
}

/** Chance. */
export function randomMind(openEnv: () => Env, seed: number): Mind {
  const env = openEnv();
  const { actionSpace } = env;
  env.close();
  actionSpace.seed(seed);
  return {
    name: "random play",
    checkpoint: null,
    remembers: false,
    choose: () => ({ action: actionSpace.sample() as number | TypedArray, thought: null }),
    inside: () => ({ net: null, table: null }),
    restart: () => {},
    dispose: () => {},
  };
}
