import { z } from "zod";
import { qmixConfigSchema, vdnConfigSchema } from "../../../agents/index.js";
import { count, positive, type Share } from "./fields.js";

const teamParts = {
  learn: z
    .strictObject({
      startAt: count
        .default(1000)
        .describe("environment steps before the first update; by default 5 % of the run, 1000 at most"),
      every: z.number().min(0.01).default(4).describe("environment steps per update"),
      batchSize: positive.max(65_536).default(32).describe("transitions per update"),
    })
    .prefault({}),
  replay: z
    .strictObject({
      capacity: positive.default(50_000).describe("transitions kept, each of a whole team"),
    })
    .prefault({}),
};

/** What a run of a QMIX team can be told beside what all runs can. */
export const qmixParts = { ...teamParts, qmix: qmixConfigSchema.prefault({}) };

/** The same of a team whose values add up. */
export const vdnParts = { ...teamParts, vdn: vdnConfigSchema.prefault({}) };

/** Teams that explore for a third of the run: agents meet what is best for them together less often than one would alone. */
function generalTeam(share: Share) {
  return {
    run: { numEnvs: 8, learn: { startAt: share(0.05, 1000), every: 4, batchSize: 32 } },
    team: { exploration: { type: "linear", start: 1, end: 0.05, steps: share(0.33) } },
  } as const;
}

export function generalQmix(share: Share) {
  const { run, team } = generalTeam(share);
  return { ...run, qmix: team };
}

export function generalVdn(share: Share) {
  const { run, team } = generalTeam(share);
  return { ...run, vdn: team };
}
