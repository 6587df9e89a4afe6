import { z } from "zod";
import { pqnConfigSchema } from "../../../agents/index.js";
import { positive, type Share, stack } from "./fields.js";

/** What a run of a PQN can be told beside what all runs can. */
export const pqnParts = {
  rollout: z
    .strictObject({
      length: positive
        .max(65_536)
        .default(32)
        .describe("vector steps that are learnt from together, and then forgotten"),
      epochs: positive.max(1000).default(2).describe("times that each step of a rollout is learnt from"),
      minibatches: positive
        .max(65_536)
        .default(16)
        .describe("updates per epoch, among which the rollout's steps are shared out"),
      stack,
    })
    .prefault({}),
  pqn: pqnConfigSchema.prefault({}),
};

/** PQN with enough environments for batches that are diverse. */
export function generalPqn(share: Share) {
  return {
    numEnvs: 32,
    rollout: { length: 32, epochs: 2, minibatches: 16 },
    pqn: {
      exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.2) },
      learningRate: { type: "linear", end: 0, steps: share(1) },
    },
  } as const;
}
