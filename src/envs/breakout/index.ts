import type { EnvDefinition } from "gymnasium-js";

/** Breakout in pixels. */
export const breakouts: readonly EnvDefinition[] = [];
