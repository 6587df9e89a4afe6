import { dqnParts, generalDqn } from "./dqn.js";
import { drqnParts, generalDrqn } from "./drqn.js";
import { evolutionParts, generalEvolution } from "./evolution.js";
import type { Share } from "./fields.js";
import { generalPpo, ppoParts } from "./ppo.js";
import { generalPqn, pqnParts } from "./pqn.js";
import { generalQmix, generalVdn, qmixParts, vdnParts } from "./qmix.js";
import { generalTabular, tabularParts } from "./tabular.js";

export { searchParts } from "./evolution.js";
export { count, positive, type Share } from "./fields.js";

/** What each kind of agent adds to the config of a run. A new kind is a file beside these. */
export const partsOf = {
  dqn: dqnParts,
  pqn: pqnParts,
  ppo: ppoParts,
  drqn: drqnParts,
  tabular: tabularParts,
  evolution: evolutionParts,
  qmix: qmixParts,
  vdn: vdnParts,
} as const;

/** What runs of each kind start from, where no preset says otherwise. */
export const generalOf = {
  dqn: generalDqn,
  pqn: generalPqn,
  ppo: generalPpo,
  drqn: generalDrqn,
  tabular: generalTabular,
  evolution: generalEvolution,
  qmix: generalQmix,
  vdn: generalVdn,
} as const satisfies { [Name in keyof typeof partsOf]: (share: Share) => Record<string, unknown> };
