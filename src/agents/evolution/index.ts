export type { PolicyPlan } from "./acting-net.js";
export type { SearchAlgorithm, SearchAlgorithmState, SearchStart } from "./algorithm.js";
export {
  type SearchAlgorithmConfig,
  type SearchAlgorithmConfigInput,
  searchAlgorithmSchema,
} from "./config.js";
export { createSearch } from "./create-search.js";
export { EpisodePlayer, type FitnessSetting, type PlayedEpisode } from "./fitness.js";
export { type PlannedPolicy, type PolicyOptions, planPolicy, searchPolicy } from "./policy.js";
export { type Population, writeCandidate } from "./population.js";
export { episodeSeeds } from "./random-streams.js";
