import { differencesOf, metricsLines } from "../curves.js";
import { LudusError } from "../errors.js";
import type { FitFolder } from "../run-folder.js";
import type { FitEpochRecord } from "./events.js";
import { fitReport, readRunJson } from "./folder.js";

/** Values of a figure over the epochs in which there is one. */
export interface FitCurve {
  epochs: number[];
  values: number[];
}

/** What a fit has come to, epoch by epoch. */
export interface FitCurves {
  /** What tells this run from the others that it was read with. */
  label: string;
  task: string;
  seed: number;
  /** Epochs done at the best validation; null without one. */
  bestEpoch: number | null;
  /** By figure: `loss` first. */
  figures: Record<string, FitCurvesOfFigure>;
}

export interface FitCurvesOfFigure {
  /** Mean of the epoch's batches, each at the weights that it met, with dropout and the like. */
  train: FitCurve;
  /** Rows of the training data, judged as the validation is. */
  trainSample: FitCurve;
  validation: FitCurve;
}

/**
 * The epochs of a fit's metrics; a last line that a kill left half written is dropped.
 * @throws {LudusError} `corrupt-run`
 */
export function readEpochs({ path }: FitFolder): FitEpochRecord[] {
  try {
    return metricsLines<FitEpochRecord>(path).filter(({ event }) => event === "epoch");
  } catch (error) {
    throw new LudusError(
      "corrupt-run",
      `${path}/metrics.jsonl cannot be read as the metrics of a fit (${(error as Error).message}); \`ludus eval\` may still judge its weights.`,
      { cause: error },
    );
  }
}

/** The curves of several fits, each with a name of its own. @throws {LudusError} `unsupported` for a study */
export function fitCurves(runs: readonly FitFolder[]): FitCurves[] {
  const study = runs.find(({ manifest }) => manifest.kind === "study");
  if (study !== undefined) {
    throw new LudusError(
      "unsupported",
      `${study.path} is a study, which has no learning curves; its figures and tables are in report.json.`,
    );
  }
  const configs = runs.map((run) => readRunJson(run, "config.json") as Record<string, unknown>);
  return runs.map((run, i) => {
    const { task, seed } = run.manifest;
    const records = readEpochs(run);
    const label = [task, ...differencesOf(configs, i, ["task", "seed"]), `seed ${seed}`].join(", ");
    const bestEpoch = records.findLast(({ best }) => best)?.epoch ?? null;
    return { label, task, seed, bestEpoch, figures: figuresOf(records) };
  });
}

const sources = ["train", "trainSample", "validation"] as const;

function figuresOf(records: readonly FitEpochRecord[]): FitCurves["figures"] {
  const names = new Set(
    records.flatMap((record) => sources.flatMap((source) => Object.keys(record[source] ?? {}))),
  );
  return Object.fromEntries(
    [...names].map((name) => {
      const [train, trainSample, validation] = sources.map((source) => curveOf(records, source, name));
      return [name, { train: train!, trainSample: trainSample!, validation: validation! }];
    }),
  );
}

function curveOf(
  records: readonly FitEpochRecord[],
  source: (typeof sources)[number],
  name: string,
): FitCurve {
  const curve: FitCurve = { epochs: [], values: [] };
  for (const record of records) {
    // What is not finite is null in JSON.
    const value = record[source]?.[name] as number | null | undefined;
    if (value === undefined || value === null) continue;
    curve.epochs.push(record.epoch);
    curve.values.push(value);
  }
  return curve;
}

/** How far a run is, and how good, for lists. */
export interface FitSummary {
  /** Done; null for a study. */
  epochs: number | null;
  /** That it was to have. */
  ofEpochs: number | null;
  /** What is judged, and what it was at best; null before the first validation, or for a study that has not ended. */
  best: { figure: string; value: number } | null;
}

/** @throws {LudusError} `corrupt-run` */
export function fitSummary(run: FitFolder): FitSummary {
  const { fit } = readRunJson(run, "config.json") as {
    fit?: { epochs: number; earlyStopping: { metric: string } };
  };
  if (fit === undefined) {
    const [first] = Object.entries(fitReport(run)?.metrics ?? {});
    const best = first === undefined ? null : { figure: first[0], value: first[1] };
    return { epochs: null, ofEpochs: null, best };
  }
  const records = readEpochs(run);
  const figure = fit.earlyStopping.metric;
  const value = records.findLast(({ best }) => best)?.validation?.[figure];
  return {
    epochs: records.at(-1)?.epoch ?? 0,
    ofEpochs: fit.epochs,
    best: value === undefined ? null : { figure, value },
  };
}
