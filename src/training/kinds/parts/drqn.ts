import { z } from "zod";
import { drqnConfigSchema } from "../../../agents/index.js";
import { count, positive, type Share } from "./fields.js";

/** What a run of a DRQN can be told beside what all runs can. */
export const drqnParts = {
  learn: z
    .strictObject({
      startAt: count
        .default(1000)
        .describe("environment steps before the first update; by default 5 % of the run, 1000 at most"),
      every: z.number().min(0.01).default(8).describe("environment steps per update"),
      batchSize: positive.max(65_536).default(32).describe("sequences per update"),
    })
    .prefault({}),
  replay: z
    .strictObject({
      capacity: positive.default(100_000).describe("steps kept, from which sequences are drawn"),
    })
    .prefault({}),
  drqn: drqnConfigSchema.prefault({}),
};

/** DRQN that explores for a fifth of the run; few updates, since each learns from whole sequences. */
export function generalDrqn(share: Share) {
  return {
    numEnvs: 16,
    learn: { startAt: share(0.05, 1000), every: 8, batchSize: 32 },
    drqn: {
      exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.2) },
    },
  } as const;
}
