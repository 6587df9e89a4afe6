import { tabularConfigSchema } from "../../../agents/index.js";
import type { Share } from "./fields.js";

/** What a run of a tabular agent can be told beside what all runs can. */
export const tabularParts = {
  tabular: tabularConfigSchema.prefault({}),
};

/** Q-learning that explores for most of the run, with step sizes that fall with the visits of a pair. */
export function generalTabular(share: Share) {
  return {
    numEnvs: 1,
    tabular: {
      stepSize: { type: "visits", delay: 100 },
      exploration: {
        type: "epsilon-greedy",
        epsilon: { type: "linear", start: 1, end: 0.02, steps: share(0.8) },
      },
    },
  } as const;
}
