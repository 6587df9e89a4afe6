import type { EngineName } from "../../tensors/index.js";
import type { RunConfig } from "../config.js";
import type { EnvModuleRecord } from "../env-module.js";
import type { LudusErrorCode } from "../errors.js";
import type { DoneEvent, TrainEvent } from "../events.js";

/** A training to be done in a process of its own. */
export interface TrainJob {
  /** What it is called in messages. */
  key: string;
  config: RunConfig;
  preset: string | null;
  engine: EngineName | "auto";
  /** Folder of the runs. */
  runs: string;
  /** Path of a run to go on with; a new one is begun without it. */
  resume?: string | undefined;
  /** Ends it as an interruption would, with a checkpoint, once so many environment steps are made. */
  stopAfter?: number | undefined;
  /** The module that the environment comes from. */
  envModule?: EnvModuleRecord | undefined;
  /** URL of a module whose `loadEnvModule(path)` loads it; it is imported as it is without one. */
  moduleLoader?: string | undefined;
}

/** What the parent says. */
export type TrainRequest = { type: "train"; job: TrainJob } | { type: "interrupt" };

/** What the child says. */
export type TrainReply =
  | { type: "event"; event: TrainEvent }
  | { type: "done"; done: DoneEvent }
  | { type: "failed"; code: LudusErrorCode; message: string };
