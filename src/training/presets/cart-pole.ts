import type { Preset } from "./preset.js";

/** DQN on CartPole. */
export const cartPole: readonly Preset[] = [];
