import { z } from "zod";
import { dqnConfigSchema, pqnConfigSchema } from "../agents/index.js";

export const count = z.int().min(0);
export const positive = z.int().min(1);

const stack = positive.max(16).default(1).describe("frames stacked into one observation");

/** What a run of a DQN can be told beside what all runs can. */
export const dqnParts = {
  learn: z
    .strictObject({
      startAt: count
        .default(1000)
        .describe("environment steps before the first update; by default 5 % of the run, 1000 at most"),
      every: z.number().min(0.01).default(2).describe("environment steps per update"),
      batchSize: positive.max(65_536).default(64).describe("transitions per update"),
    })
    .prefault({}),
  replay: z
    .strictObject({
      capacity: positive.default(100_000).describe("transitions kept"),
      stack,
    })
    .prefault({}),
  dqn: dqnConfigSchema.prefault({}),
};

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
