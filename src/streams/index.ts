export { EpisodeTracker, episodeStatistics } from "./episodes.js";
export { type RolloutOptions, rollout } from "./rollout.js";
export { stopAfter } from "./stop-after.js";
export type { Episode, RolloutStep, VectorPolicy } from "./types.js";
