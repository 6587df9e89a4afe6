import { z } from "zod";
import { average, differencesOf, metricsLines } from "../curves.js";
import { LudusError } from "../errors.js";
import type { FitFolder } from "../run-folder.js";
import type { FitEpochRecord } from "./events.js";
import { fitReport, readRunJson } from "./folder.js";

/** Values of a figure over the epochs in which there is one. */
export interface FitCurve {
  epochs: number[];
  /** Means over the seeds. */
  values: number[];
  /** Population standard deviations over the seeds; 0 for one seed. */
  spreads: number[];
}

/** What fits that differ in nothing but their seed have come to, epoch by epoch. */
export interface FitCurves {
  /** What tells these fits from the others that they were read with. */
  label: string;
  task: string;
  seeds: number[];
  /** Epochs done at the best validation; null without one, or of several seeds. */
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

/** The curves of fits, those that differ in their seed only as one, in the order in which they were named. @throws {LudusError} `unsupported` for a study */
export function fitCurves(runs: readonly FitFolder[]): FitCurves[] {
  const study = runs.find(({ manifest }) => manifest.kind === "study");
  if (study !== undefined) {
    throw new LudusError(
      "unsupported",
      `${study.path} is a study, which has no learning curves; its figures and tables are in report.json.`,
    );
  }
  const groups = new Map<string, FitFolder[]>();
  for (const run of runs) {
    const { seed: _, ...config } = readRunJson(run, "config.json");
    const key = JSON.stringify([config, run.manifest.engine]);
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const configs = [...groups.values()].map(([first]) => readRunJson(first!, "config.json"));
  return [...groups.values()].map((members, i) => {
    const { task } = members[0]!.manifest;
    const seeds = members.map(({ manifest }) => manifest.seed);
    const records = members.map(readEpochs);
    const alone = seeds.length === 1;
    const ofSeeds = alone ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
    return {
      label: [task, ...differencesOf(configs, i, ["task", "seed"]), ofSeeds].join(", "),
      ...{ task, seeds },
      bestEpoch: (alone ? records[0]!.findLast(({ best }) => best)?.epoch : null) ?? null,
      figures: figuresOf(records),
    };
  });
}

const sources = ["train", "trainSample", "validation"] as const;

function figuresOf(fits: readonly (readonly FitEpochRecord[])[]): FitCurves["figures"] {
  const names = new Set(
    fits.flat().flatMap((record) => sources.flatMap((source) => Object.keys(record[source] ?? {}))),
  );
  return Object.fromEntries(
    [...names].map((name) => {
      const [train, trainSample, validation] = sources.map((source) => {
        const { steps, means, spreads } = average(fits.map((records) => pointsOf(records, source, name)));
        return { epochs: steps, values: means, spreads };
      });
      return [name, { train: train!, trainSample: trainSample!, validation: validation! }];
    }),
  );
}

function pointsOf(
  records: readonly FitEpochRecord[],
  source: (typeof sources)[number],
  name: string,
): Map<number, number> {
  const points = new Map<number, number>();
  for (const record of records) {
    // What is not finite is null in JSON.
    const value = record[source]?.[name] as number | null | undefined;
    if (value !== undefined && value !== null) points.set(record.epoch, value);
  }
  return points;
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
  if (run.manifest.kind === "study") {
    const [first] = Object.entries(fitReport(run)?.metrics ?? {});
    const best = first === undefined ? null : { figure: first[0], value: first[1] };
    return { epochs: null, ofEpochs: null, best };
  }
  const { epochs, figure } = judgedOf(run);
  const records = readEpochs(run);
  const value = records.findLast(({ best }) => best)?.validation?.[figure];
  return {
    epochs: records.at(-1)?.epoch ?? 0,
    ofEpochs: epochs,
    best: value === undefined ? null : { figure, value },
  };
}

const judgedSchema = z.object({
  fit: z.object({ epochs: z.number(), earlyStopping: z.object({ metric: z.string() }) }),
});

/** What of a fit's config lists show: epochs, and the figure that is judged. */
function judgedOf(run: FitFolder): { epochs: number; figure: string } {
  const result = judgedSchema.safeParse(readRunJson(run, "config.json"));
  if (!result.success) {
    throw new LudusError("corrupt-run", `${run.path}/config.json is not the config of a fit.`, {
      cause: result.error,
    });
  }
  const { epochs, earlyStopping } = result.data.fit;
  return { epochs, figure: earlyStopping.metric };
}
