export { infosToList } from "./infos-to-list.js";
export { VectorNormalizeObservation } from "./normalize-observation.js";
export { VectorNormalizeReward } from "./normalize-reward.js";
export { VectorObservationWrapper } from "./observation-wrapper.js";
export { VectorRecordEpisodeStatistics } from "./record-episode-statistics.js";
export { VectorRecordVideo, type VectorRecordVideoOptions } from "./record-video.js";
export {
  VectorActionWrapper,
  VectorClipAction,
  VectorizeTransformAction,
  VectorRescaleAction,
  VectorTransformAction,
} from "./transform-action.js";
export {
  VectorDtypeObservation,
  VectorFilterObservation,
  VectorFlattenObservation,
  VectorGrayscaleObservation,
  VectorizeTransformObservation,
  VectorRescaleObservation,
  VectorReshapeObservation,
  VectorResizeObservation,
  VectorTransformObservation,
  type VectorTransformObservationOptions,
} from "./transform-observation.js";
export { VectorClipReward, VectorizeTransformReward, VectorTransformReward } from "./transform-reward.js";
export { VectorWrapper } from "./vector-wrapper.js";
