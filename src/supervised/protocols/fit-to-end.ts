import { concatMap, lastValueFrom, tap } from "rxjs";
import type { Model } from "../../nets/index.js";
import {
  type Figures,
  type FitConfig,
  type FitData,
  type FitDoneEvent,
  type FitEpochEvent,
  FitError,
  type FitEvent,
  fit,
} from "../fit/index.js";

/** An epoch of a fit that is over. */
export type EpochFigures = Pick<FitEpochEvent, "epoch" | "train" | "trainSample" | "validation">;

/** What a fit has come to. */
export interface FitResult {
  /** Of the test split; null where the data have none. */
  test: Figures | null;
  curve: readonly EpochFigures[];
}

/**
 * Fits a model and waits for the end: the fully supervised protocol, and the fine-tuning of a model that was pretrained or given
 * layers of another.
 *
 * @param onEpoch told after each epoch; if it throws, the fit stops, and so says the promise
 * @throws {FitError} as `fit`
 */
export async function fitToEnd(
  model: Model,
  data: FitData,
  config: FitConfig,
  onEpoch: (figures: EpochFigures) => Promise<void> | void = () => {},
): Promise<FitResult> {
  const curve: EpochFigures[] = [];
  const told = fit(model, data, config).pipe(
    tap((event) => {
      if (event.kind === "epoch") curve.push(figuresOf(event));
    }),
    concatMap(async (event: FitEvent) => {
      if (event.kind === "epoch") await onEpoch(figuresOf(event));
      return event;
    }),
  );
  const { test } = (await lastValueFrom(told)) as FitDoneEvent;
  return { test, curve };
}

/** The accuracy or another figure of the test split. @throws {FitError} `invalid-fit` if there is none of that name */
export function testFigure({ test }: FitResult, name: string): number {
  const value = test?.[name];
  if (value !== undefined) return value;
  throw new FitError(
    "invalid-fit",
    `The fit has no test figure "${name}"; ${test === null ? "its data have no test split" : `it has ${Object.keys(test).join(", ")}`}.`,
  );
}

function figuresOf({ epoch, train, trainSample, validation }: FitEpochEvent): EpochFigures {
  return { epoch, train, trainSample, validation };
}
