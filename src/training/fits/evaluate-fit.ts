import { setImmediate as air } from "node:timers/promises";
import { Evaluator, type Figures, Heads } from "../../supervised/fit/index.js";
import type { TaskReport } from "../../tasks/task.js";
import { type EngineName, useEngine } from "../../tensors/index.js";
import type { Pointer } from "../checkpoint.js";
import { LudusError } from "../errors.js";
import type { FitFolder } from "../run-folder.js";
import { readWeights } from "./fit-checkpoint.js";
import { type ReopenOptions, reopenFit } from "./open-task.js";

/** What weights of a fit come to. */
export interface FitEvaluation {
  /** Updates of the checkpoint, and epochs done when the weights were so. */
  step: number;
  epoch: number;
  /** What they were judged on: validation where the task has no test split, and neither where it has none. */
  split: "test" | "validation" | null;
  figures: Figures;
  /** Null where the task has none. */
  report: TaskReport | null;
}

/**
 * Judges weights of a fit on its test split, and lets its task look at them.
 * @throws {LudusError} `unknown-checkpoint`, `corrupt-checkpoint`, `corrupt-run`; `unsupported` for a study
 */
export async function evaluateFit(
  folder: FitFolder,
  {
    checkpoint,
    engine,
    ...where
  }: { checkpoint: Pointer | number; engine?: EngineName | "auto" } & ReopenOptions,
): Promise<FitEvaluation> {
  await useEngine(engine ?? (folder.manifest.engine as EngineName));
  const { model, data, config, report } = await reopenFit(folder, where);
  try {
    const { arrays, step, epoch } = readWeights(folder.path, checkpoint);
    try {
      model.restore(arrays);
    } catch (error) {
      throw new LudusError(
        "corrupt-checkpoint",
        `The checkpoint of step ${step} in ${folder.path} does not fit its config: ${(error as Error).message}`,
        { cause: error },
      );
    }
    const source = data.test ?? data.validation;
    const evaluator = new Evaluator(new Heads(model, config.fit.objective));
    const figures = source === undefined ? {} : await evaluator.evaluate(source);
    const split = data.test !== undefined ? "test" : data.validation !== undefined ? "validation" : null;
    return { step, epoch, split, figures, report: (await report?.(model, air)) ?? null };
  } finally {
    model.dispose();
  }
}
