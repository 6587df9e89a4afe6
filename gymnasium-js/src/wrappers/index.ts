export { AddRenderObservation, type AddRenderObservationOptions } from "./add-render-observation.js";
export type { Bounds } from "./affine.js";
export { Autoreset } from "./autoreset.js";
export type { BinOptions } from "./bins.js";
export { ClipAction } from "./clip-action.js";
export { DelayObservation } from "./delay-observation.js";
export { DiscretizeAction } from "./discretize-action.js";
export { DiscretizeObservation } from "./discretize-observation.js";
export { DtypeObservation } from "./dtype-observation.js";
export { FilterObservation } from "./filter-observation.js";
export { FlattenObservation } from "./flatten-observation.js";
export { type FramePadding, FrameStackObservation } from "./frame-stack-observation.js";
export { GrayscaleObservation } from "./grayscale-observation.js";
export { MaxAndSkipObservation } from "./max-and-skip-observation.js";
export { NormalizeObservation } from "./normalize-observation.js";
export { NormalizeReward } from "./normalize-reward.js";
export { ObservationWrapper } from "./observation-wrapper.js";
export { OrderEnforcing } from "./order-enforcing.js";
export { PassiveEnvChecker } from "./passive-env-checker.js";
export { type EpisodeStatistics, RecordEpisodeStatistics } from "./record-episode-statistics.js";
export { RecordVideo } from "./record-video.js";
export { RenderCollection, type RenderCollectionOptions } from "./render-collection.js";
export { AddWhiteNoise, ObstructView } from "./render-noise.js";
export { RepeatAction } from "./repeat-action.js";
export { RescaleAction } from "./rescale-action.js";
export { RescaleObservation } from "./rescale-observation.js";
export { ReshapeObservation } from "./reshape-observation.js";
export { ResizeObservation } from "./resize-observation.js";
export { RunningArrayStatistics, RunningStatistics, type StatisticsJson } from "./running-statistics.js";
export { StickyAction, type StickyDuration } from "./sticky-action.js";
export { TimeAwareObservation, type TimeAwareOptions } from "./time-aware-observation.js";
export { TimeLimit } from "./time-limit.js";
export { ActionWrapper, TransformAction } from "./transform-action.js";
export { TransformObservation } from "./transform-observation.js";
export { ClipReward, RewardWrapper, TransformReward } from "./transform-reward.js";
export {
  infosToList,
  VectorActionWrapper,
  VectorClipAction,
  VectorClipReward,
  VectorDtypeObservation,
  VectorFilterObservation,
  VectorFlattenObservation,
  VectorGrayscaleObservation,
  VectorizeTransformAction,
  VectorizeTransformObservation,
  VectorizeTransformReward,
  VectorNormalizeObservation,
  VectorNormalizeReward,
  VectorObservationWrapper,
  VectorRecordEpisodeStatistics,
  VectorRecordVideo,
  type VectorRecordVideoOptions,
  VectorRescaleAction,
  VectorRescaleObservation,
  VectorReshapeObservation,
  VectorResizeObservation,
  VectorTransformAction,
  VectorTransformObservation,
  type VectorTransformObservationOptions,
  VectorTransformReward,
  VectorWrapper,
} from "./vector/index.js";
export { cappedCubicVideoSchedule, type RecordVideoOptions, type Video } from "./video-recorder.js";
export { Wrapper, type WrapperSnapshot, type WrapperSpaces } from "./wrapper.js";
