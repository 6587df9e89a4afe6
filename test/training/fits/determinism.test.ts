import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { PartialConfig } from "../../../src/training/config.js";
import type { FitListeners, FitRunDoneEvent } from "../../../src/training/fits/events.js";
import { resumeTask, runTask } from "../../../src/training/fits/run-task.js";
import { type FitFolder, openAnyRun } from "../../../src/training/run-folder.js";
import { inFolder } from "../tiny-runs.js";
import { bytesOfFit, clouds, toyTasks } from "./toy-tasks.js";

function folderOf({ run }: FitRunDoneEvent): FitFolder {
  return openAnyRun(run) as FitFolder;
}

/** Fits to the end, going on after every interruption. */
async function inLegs(
  config: PartialConfig,
  runs: string,
  legs: readonly FitListeners[],
): Promise<FitRunDoneEvent> {
  let done = await runTask({ task: clouds, config, runs, ...legs[0] });
  for (const listeners of legs.slice(1)) {
    expect(done).toMatchObject({ interrupted: true, ended: "interrupted", metrics: {} });
    done = await resumeTask(folderOf(done), { tasks: toyTasks, ...listeners });
  }
  expect(done.interrupted).toBe(true);
  return resumeTask(folderOf(done), { tasks: toyTasks });
}

/** Aborts from within, when so many batches of this leg are done. */
function abortAfter(batches: number): FitListeners {
  const controller = new AbortController();
  let done = 0;
  return {
    signal: controller.signal,
    onProgress: () => {
      if (++done === batches) controller.abort();
    },
  };
}

// 60 rows in batches of 16: 4 updates an epoch, 16 in all.
const variants: Record<string, PartialConfig> = {
  plain: {},
  "dropout and batch norm": { dropout: 0.4, batchNorm: true },
  "accumulated gradients that straddle epochs": { fit: { accumulate: 3 }, dropout: 0.2, batchSize: 8 },
  "augmented pictures": { pictures: true },
  "early stopping and a plateau schedule": {
    fit: {
      epochs: 12,
      earlyStopping: { metric: "loss", patience: 2, minDelta: 0.05 },
      plateau: { name: "plateau", patience: 1 },
    },
  },
  "cosine schedule, momentum, clipping, a penalty, max-norm": {
    fit: {
      schedule: { name: "cosine" },
      optimizer: { name: "sgd", momentum: 0.9, clipNorm: 1 },
      penalty: { l2: 0.01 },
      maxNorm: 2,
    },
  },
  "validated every second epoch, weights of the end": {
    fit: { evaluateEvery: 2, earlyStopping: { restoreBest: false } },
    checkpoint: { every: 0 },
  },
};

test.each(Object.entries(variants))("%s: the same bytes, in one go or in legs", (_, variant) =>
  inFolder(async (runs) => {
    const config = { seed: 3, checkpoint: { every: 2 }, ...variant };
    const whole = await runTask({ task: clouds, config, runs });
    const again = await runTask({ task: clouds, config, runs, onEvent: () => {}, onProgress: () => {} });
    expect(bytesOfFit(again.run)).toEqual(bytesOfFit(whole.run));
    const { seconds: _s, run: _r, ...figures } = whole;
    expect(whole.ended).toBe(
      variant === variants["early stopping and a plateau schedule"] ? "patience" : "epochs",
    );

    const half = await inLegs(config, runs, [{ stopAfter: 4 }]);
    expect(half).toMatchObject(figures);
    expect(bytesOfFit(half.run)).toEqual(bytesOfFit(whole.run));

    const odd = await inLegs(config, runs, [abortAfter(1), abortAfter(2), { stopAfter: 3 }, abortAfter(3)]);
    expect(odd).toMatchObject(figures);
    expect(bytesOfFit(odd.run)).toEqual(bytesOfFit(whole.run));
  }),
);

test("another seed gives another fit", () =>
  inFolder(async (runs) => {
    const [one, other] = [
      bytesOfFit((await runTask({ task: clouds, config: { seed: 1 }, runs })).run),
      bytesOfFit((await runTask({ task: clouds, config: { seed: 2 }, runs })).run),
    ];
    for (const file of Object.keys(one)) expect(one[file], file).not.toBe(other[file]);
  }));

test.each(["start", "epoch", "checkpoint"])("stopping within an event of kind %s changes nothing", (kind) =>
  inFolder(async (runs) => {
    const config = { seed: 3 };
    const whole = await runTask({ task: clouds, config, runs });
    const controller = new AbortController();
    const stopped = await inLegs(config, runs, [
      {
        signal: controller.signal,
        onEvent: ({ event }) => {
          if (event === kind) controller.abort();
        },
      },
    ]);
    expect(bytesOfFit(stopped.run)).toEqual(bytesOfFit(whole.run));
    expect(readFileSync(join(stopped.run, "last"), "utf8")).toBe(
      readFileSync(join(whole.run, "last"), "utf8"),
    );
  }),
);

test("a fit that is stopped after its last epoch only has to be judged", () =>
  inFolder(async (runs) => {
    const whole = await runTask({ task: clouds, config: { seed: 3 }, runs });
    const controller = new AbortController();
    const stopped = await runTask({
      task: clouds,
      config: { seed: 3 },
      runs,
      signal: controller.signal,
      onEvent: (event) => {
        if (event.event === "epoch" && event.epoch === 4) controller.abort();
      },
    });
    expect(stopped).toMatchObject({ interrupted: true, epochs: 4, updates: 16 });
    const resumed = await resumeTask(folderOf(stopped), { tasks: toyTasks });
    expect(resumed.metrics).toEqual(whole.metrics);
    expect(bytesOfFit(resumed.run)).toEqual(bytesOfFit(whole.run));
  }));

test("the event loop gets air, so that a signal from outside comes through", () =>
  inFolder(async (runs) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 100);
    const config = { fit: { epochs: 100_000 }, checkpoint: { every: 0 } };
    const done = await runTask({ task: clouds, config, runs, signal: controller.signal });
    expect(done.interrupted).toBe(true);
  }));
