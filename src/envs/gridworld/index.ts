import type { EnvDefinition } from "gymnasium-js";

/** The registered gridworlds. */
export const gridworlds: readonly EnvDefinition[] = [];
