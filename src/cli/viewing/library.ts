import { readFileSync, statSync } from "node:fs";
import { join, relative, resolve, sep } from "node:path";
import { z } from "zod";
import {
  isLocked,
  LudusError,
  listRuns,
  openRun,
  pointedStep,
  type RunFolder,
  readMetrics,
  runResult,
} from "../../training/index.js";
import type { RunCurves, RunSummary, Runs } from "../../viewer/protocol.js";
import type { RunLibrary } from "../../viewer/run-library.js";
import { thinned, withSpeeds } from "./run-records.js";

/** Characters of an id that a page may ask for; the end of a longer one names a run as well. */
const longestId = 255;

const manifestSchema = z.object({ env: z.string(), agent: z.string(), seed: z.number() });
const configSchema = z.looseObject({ steps: z.number() });

/**
 * The runs below a folder, as they stand whenever they are asked for.
 * @param current path of the run that is watched, in the folder or elsewhere; null while there is none
 */
export function folderLibrary(folder: string, current: () => string | null): RunLibrary {
  const progress = new ProgressCache();
  const idOf = (path: string): string => {
    const below = relative(resolve(folder), path);
    return (below === "" || below.startsWith("..") ? path : below).split(sep).join("/").slice(-longestId);
  };
  const newestFirst = (): RunFolder[] => {
    const runs = listRuns(folder).reverse();
    const watched = current();
    const isBelow = watched === null || runs.some(({ path }) => path === watched);
    return isBelow ? runs : [...orNothing(() => openRun(watched)), ...runs];
  };
  return {
    list: async (): Promise<Runs> => {
      const runs = newestFirst().flatMap((run) => orNothing(() => summaryOf(run, idOf(run.path), progress)));
      const watched = current();
      return { type: "runs", runs, current: watched === null ? null : idOf(watched) };
    },
    read: async (id: string): Promise<RunCurves> => {
      const run = newestFirst().find(({ path }) => idOf(path) === id);
      if (run === undefined) {
        throw new LudusError(
          "unknown-run",
          `There is no run '${id}' among those of ${resolve(folder)}; \`ludus runs\` lists them.`,
        );
      }
      try {
        const records = withSpeeds(readMetrics(run), run.path);
        return { type: "run", id, config: configOf(run), records: thinned(records) };
      } catch (error) {
        throw new LudusError(
          "corrupt-run",
          `The curves of the run ${id} cannot be read (${(error as Error).message.split("\n")[0]}); \`ludus eval\` may still play what it has learnt.`,
          { cause: error },
        );
      }
    },
  };
}

/** A list goes on where one of its runs is damaged; whoever asks for that run is told. */
function orNothing<T>(read: () => T): T[] {
  try {
    return [read()];
  } catch {
    return [];
  }
}

/** As stored. */
function configOf({ path }: RunFolder): z.output<typeof configSchema> {
  return configSchema.parse(JSON.parse(readFileSync(join(path, "config.json"), "utf8")));
}

function summaryOf(run: RunFolder, id: string, progress: ProgressCache): RunSummary {
  const { env, agent, seed } = manifestSchema.parse(run.manifest);
  const { steps } = configOf(run);
  const about = { id, env, agent, seed, steps };
  const saved = pointedStep(run.path, "last") ?? 0;
  const running = isLocked(join(run.path, "lock"));
  const result = runResult(run.path);
  // A run that was asked for more steps after its end has gone beyond its result.
  if (!running && result !== null && saved <= result.steps) {
    return { ...about, step: result.steps, state: "done", bestReturn: result.bestReturnMean ?? null };
  }
  const { step, bestReturn } = progress.of(run);
  return { ...about, step: Math.max(step, saved), state: running ? "running" : "stopped", bestReturn };
}

interface RunProgress {
  /** Of the newest record; 0 before the first. */
  step: number;
  bestReturn: number | null;
}

/** What the metrics of runs without a result say, read again only where the file has changed. */
class ProgressCache {
  private readonly known = new Map<string, { version: string; progress: RunProgress }>();

  of(run: RunFolder): RunProgress {
    const { size, mtimeMs } = statSync(join(run.path, "metrics.jsonl"));
    const version = `${size} ${mtimeMs}`;
    const before = this.known.get(run.path);
    if (before?.version === version) return before.progress;
    const records = readMetrics(run);
    const returns = records.flatMap(({ event, returnMean }) => (event === "eval" ? [returnMean ?? 0] : []));
    const progress = {
      step: records.at(-1)?.step ?? 0,
      bestReturn: returns.length === 0 ? null : Math.max(...returns),
    };
    this.known.set(run.path, { version, progress });
    return progress;
  }
}
