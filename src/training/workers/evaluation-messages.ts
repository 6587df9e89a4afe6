import type { sentError } from "gymnasium-js";
import type { FitnessSetting, Population } from "../../agents/evolution/index.js";

/** What an evaluation thread is started with. */
export interface EvaluationThreadData {
  setting: FitnessSetting;
  /** Modules that register environments, as absolute paths. */
  modules: readonly string[];
  /** URL of a module whose `loadEnvModule(path)` loads them; null where they are imported as they are. */
  moduleLoader: string | null;
}

/** Candidates times seeds: episode e of a generation is candidate `floor(e / seeds.length)` on seed `e mod seeds.length`. */
export interface EvaluationTask {
  population: Population;
  /** Of episodes, the same for every candidate. */
  seeds: readonly number[];
}

/** The task comes before the first block of it. */
export type EvaluationRequest =
  | { type: "task"; task: EvaluationTask }
  | {
      type: "block";
      /** Episodes `[from, to)` of the task. */
      from: number;
      to: number;
    };

/** Results of a block, in the order of its episodes. */
export interface EvaluationBlock {
  returns: Float64Array;
  lengths: Float64Array;
}

/** An error as plain data. */
export type SentError = ReturnType<typeof sentError>;

/** The answer to a block. */
export type EvaluationReply = { ok: true; value: EvaluationBlock } | { ok: false; error: SentError };
