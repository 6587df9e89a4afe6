import type { Preset } from "./preset.js";

/** DQN on FrozenLake. */
export const frozenLake: readonly Preset[] = [];
