export { createTabularAgent } from "./agent.js";
export { type TabularConfig, type TabularConfigInput, tabularConfigSchema } from "./config.js";
export { findTabularPreset, type TabularPreset, tabularPresets } from "./presets.js";
export { stateNumbers } from "./states.js";
export { type TabularEnv, type TabularResult, type TabularTraining, trainTabular } from "./train.js";
export type {
  TabularAgent,
  TabularState,
  TabularTransition,
  TabularVectorStep,
  TabularWeights,
} from "./types.js";
