import { z } from "zod";
import { ppoConfigSchema } from "../../../agents/index.js";
import { positive, type Share, stack } from "./fields.js";

/** What a run of a PPO can be told beside what all runs can. */
export const ppoParts = {
  rollout: z
    .strictObject({
      length: positive
        .max(65_536)
        .default(128)
        .describe("vector steps that are learnt from together, and then forgotten"),
      epochs: positive.max(1000).default(4).describe("times that each step of a rollout is learnt from"),
      minibatches: positive
        .max(65_536)
        .default(4)
        .describe("updates per epoch, among which the rollout's steps are shared out"),
      stack,
    })
    .prefault({}),
  ppo: ppoConfigSchema.prefault({}),
};

/** PPO with short rollouts and many epochs, which learn soon; its steps end small. */
export function generalPpo(share: Share) {
  return {
    numEnvs: 8,
    rollout: { length: 128, epochs: 10, minibatches: 4 },
    ppo: {
      optimizer: { name: "adam", learningRate: 1e-3, epsilon: 1e-5, clipNorm: 0.5 },
      learningRate: { type: "linear", end: 0, steps: share(1) },
    },
  } as const;
}
