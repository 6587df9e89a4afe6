import { dqnParts, generalDqn } from "./dqn.js";
import type { Share } from "./fields.js";
import { generalPqn, pqnParts } from "./pqn.js";

export { count, positive, type Share } from "./fields.js";

/** What each kind of agent adds to the config of a run. A new kind is a file beside these. */
export const partsOf = {
  dqn: dqnParts,
  pqn: pqnParts,
} as const;

/** What runs of each kind start from, where no preset says otherwise. */
export const generalOf = {
  dqn: generalDqn,
  pqn: generalPqn,
} as const satisfies { [Name in keyof typeof partsOf]: (share: Share) => Record<string, unknown> };
