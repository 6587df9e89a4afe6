import { z } from "zod";
import { dqnConfigSchema } from "../../../agents/index.js";
import { count, positive, type Share, stack } from "./fields.js";

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
  demonstrations: z
    .strictObject({
      folder: z
        .string()
        .min(1)
        .nullable()
        .default(null)
        .describe("folder of the episodes that the replay holds at the start; null for none"),
      sha256: z.string().nullable().default(null).describe("digest of what they teach"),
    })
    .prefault({}),
  dqn: dqnConfigSchema.prefault({}),
};

/** DQN with the extensions that help nearly everywhere. */
export function generalDqn(share: Share) {
  return {
    numEnvs: 8,
    learn: { startAt: share(0.05, 1000), every: 2, batchSize: 64 },
    dqn: {
      double: true,
      nStep: 3,
      target: { type: "soft", tau: 0.01 },
      exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.2) },
      optimizer: { name: "adam", learningRate: 5e-4 },
    },
  } as const;
}
