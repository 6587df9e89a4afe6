export { AtariPreprocessing, type AtariPreprocessingOptions } from "./atari-preprocessing.js";
export { type AtariRulesOptions, type AtariState, atariRules } from "./atari-rules.js";
export { luminance } from "./luminance.js";
export type { AtariOptions } from "./options.js";
