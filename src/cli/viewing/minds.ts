import type { Batch, Env, TypedArray } from "gymnasium-js";
import type { ActingPolicy } from "../../training/index.js";
import type { Mind } from "../../viewer/mind.js";
import type { Thought } from "../../viewer/protocol.js";

/** A stored policy. */
export function policyMind(acting: ActingPolicy): Mind {
  const { agent } = acting.config;
  const table = acting.stateTable();
  let seated = 0;
  return {
    name: `${agent}, checkpoint of step ${acting.step.toLocaleString("en")}`,
    checkpoint: acting.step,
    remembers: acting.remembers,
    choose: (observation, { seat, legal }) => {
      if (seat !== seated) acting.restart(seat);
      seated = seat;
      const { action, values, valuesAre } = acting.choose(asBatch(observation), legal);
      const kind = valuesAre === "Policy" ? ("probabilities" as const) : ("values" as const);
      return {
        action: typeof action === "number" ? action : action.slice(),
        thought: values === null ? null : { kind, scores: amongLegal(values, legal, kind) },
      };
    },
    inside: () => ({ net: acting.insight(), table }),
    restart: () => acting.restart(seated),
    dispose: acting.dispose,
  };
}

/** What is illegal is worth nothing that could be compared, and is never done. */
function amongLegal(values: Float32Array, legal: Uint8Array | null, kind: Thought["kind"]): Float32Array {
  const never = kind === "values" ? Number.NEGATIVE_INFINITY : 0;
  return values.map((value, action) => (legal?.[action] === 0 ? never : value));
}

/** One observation as a batch of one. */
function asBatch(observation: unknown): Batch {
  return typeof observation === "number" ? Int32Array.of(observation) : (observation as TypedArray);
}

/** Chance, among what is legal. */
export function randomMind(openEnv: () => Env, seed: number): Mind {
  const env = openEnv();
  const { actionSpace } = env;
  env.close();
  actionSpace.seed(seed);
  return {
    name: "random play",
    checkpoint: null,
    remembers: false,
    choose: (_observation, { legal }) => ({
      action: actionSpace.sample(legal === null ? undefined : { mask: legal }) as number | TypedArray,
      thought: null,
    }),
    inside: () => ({ net: null, table: null }),
    restart: () => {},
    dispose: () => {},
  };
}
