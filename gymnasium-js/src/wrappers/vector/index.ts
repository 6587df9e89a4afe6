export { VectorNormalizeObservation } from "./normalize-observation.js";
export { VectorNormalizeReward } from "./normalize-reward.js";
export { VectorRecordEpisodeStatistics } from "./record-episode-statistics.js";
export { VectorWrapper } from "./vector-wrapper.js";
