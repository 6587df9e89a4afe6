export * from "./baselines/index.js";
export * from "./data/index.js";
export * from "./fit/index.js";
export * from "./metrics/index.js";
export * from "./protocols/index.js";
export {
  type PlateauConfig,
  plateauSchema,
  type Schedule,
  type ScheduleConfig,
  scheduleOf,
  scheduleSchema,
} from "./schedules.js";
