import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { BatchSource } from "../../../src/supervised/index.js";
import type { FitTask } from "../../../src/tasks/task.js";
import { tf, useEngine } from "../../../src/tensors/index.js";
import { fitSummary } from "../../../src/training/fits/curves.js";
import { evaluateFit } from "../../../src/training/fits/evaluate-fit.js";
import type { FitRunEvent } from "../../../src/training/fits/events.js";
import { resumeTask, runTask } from "../../../src/training/fits/run-task.js";
import {
  type FitFolder,
  findAnyRun,
  findRun,
  isFit,
  listAnyRuns,
  listRuns,
  openAnyRun,
  openRun,
} from "../../../src/training/run-folder.js";
import { inFolder } from "../tiny-runs.js";
import { bytesOfFit, clouds, toyTasks } from "./toy-tasks.js";

const short = { fit: { epochs: 2 } };

test("a fit leaves no tensors behind, whether it ends, is interrupted, resumed or judged", () =>
  inFolder(async (runs) => {
    await useEngine("auto");
    const config = { ...short, dropout: 0.2, batchNorm: true };
    const cycle = async (): Promise<void> => {
      await runTask({ task: clouds, config, runs });
      const { run } = await runTask({ task: clouds, config, runs, stopAfter: 3 });
      await resumeTask(openAnyRun(run) as FitFolder, { tasks: toyTasks });
      await evaluateFit(openAnyRun(run) as FitFolder, { checkpoint: "best", tasks: toyTasks });
    };
    await cycle();
    const before = tf.memory().numTensors;
    await cycle();
    expect(tf.memory().numTensors).toBe(before);
  }));

test("the start is a checkpoint: a fit that was killed before its first mark begins again", () =>
  inFolder(async (runs) => {
    const whole = await runTask({ task: clouds, config: short, runs });
    const killed = new Error("killed");
    await expect(
      runTask({
        task: clouds,
        config: short,
        runs,
        onProgress: ({ batch }) => {
          if (batch === 2) throw killed;
        },
      }),
    ).rejects.toBe(killed);
    const left = findAnyRun("last", runs) as FitFolder;
    const events: FitRunEvent[] = [];
    const resumed = await resumeTask(left, { tasks: toyTasks, onEvent: (event) => events.push(event) });
    expect(events[0]).toMatchObject({ event: "start", epoch: 0 });
    expect(resumed.metrics).toEqual(whole.metrics);
  }));

test("what a kill left half written is swept, and the checkpoint before goes on", () =>
  inFolder(async (runs) => {
    const { run } = await runTask({ task: clouds, config: short, runs, stopAfter: 5 });
    mkdirSync(join(run, "checkpoints", "step-8.partial"));
    writeFileSync(join(run, "metrics.jsonl"), '{"event":"ep', { flag: "a" });
    const done = await resumeTask(openAnyRun(run) as FitFolder, { tasks: toyTasks });
    expect(done).toMatchObject({ epochs: 2, updates: 8 });
  }));

test("a checkpoint that cannot be written is told with the one that is whole", () =>
  inFolder(async (runs) => {
    const failed = runTask({
      task: clouds,
      config: short,
      runs,
      onEvent: (event) => {
        // A folder where a file should be: root may write anywhere, so permissions would not do.
        if (event.event === "epoch" && event.epoch === 2)
          mkdirSync(join(listAnyRuns(runs)[0]!.path, "last.partial"));
      },
    });
    await expect(failed).rejects.toMatchObject({
      code: "write-failed",
      message: expect.stringMatching(
        /step-8 could not be written .*; the checkpoint of step 4 is whole: free space/,
      ),
    });
    const { path } = listAnyRuns(runs)[0]!;
    rmSync(join(path, "last.partial"), { recursive: true });
    const done = await resumeTask(openAnyRun(path) as FitFolder, { tasks: toyTasks });
    expect(done.updates).toBe(8);
  }));

test("one process at a time works on a fit", () =>
  inFolder(async (runs) => {
    let second: Promise<unknown> | null = null;
    await runTask({
      task: clouds,
      config: short,
      runs,
      onEvent: ({ event }) => {
        if (event !== "epoch" || second !== null) return;
        second = resumeTask(listAnyRuns(runs)[0] as FitFolder, { tasks: toyTasks }).catch((error) => error);
      },
    });
    expect(await second).toMatchObject({ code: "run-in-use" });
  }));

test("runs of agents and fits are told apart", () =>
  inFolder(async (runs) => {
    const { run } = await runTask({ task: clouds, config: short, runs });
    expect(listAnyRuns(runs).map(isFit)).toEqual([true]);
    expect(listRuns(runs)).toEqual([]);
    for (const open of [() => openRun(run), () => findRun("last", runs)]) {
      expect(open).toThrow(expect.objectContaining({ code: "unsupported" }));
    }
    expect(findAnyRun("last", runs).path).toBe(run);
  }));

test("a run of a task that is not known is told by its name", () =>
  inFolder(async (runs) => {
    const { run } = await runTask({ task: clouds, config: short, runs });
    await expect(resumeTask(openAnyRun(run) as FitFolder, { tasks: {} })).rejects.toMatchObject({
      code: "unknown-task",
    });
  }));

/** The toy task with evaluations of eight batches, which are counted; each is told of before it is given. */
function countedClouds(onBatch: (count: number) => void): FitTask {
  let count = 0;
  const counted = (source: BatchSource): BatchSource => ({
    ...source,
    batch: (epoch, index) => {
      onBatch(++count);
      return source.batch(epoch, index);
    },
  });
  return {
    ...(clouds as FitTask),
    prepare: async (context) => {
      const prepared = await (clouds as FitTask).prepare(context);
      const { train, ...judged } = prepared.data;
      const sources = Object.entries(judged).map(([split, source]) => [split, counted(source)]);
      return { ...prepared, data: { train, ...Object.fromEntries(sources) } };
    },
  };
}

// Validation, sample of the training data; again; test: a batch each.
test.each([1, 2, 3, 4, 5])("an interruption in evaluation %i ends it at once, and loses nothing", (at) =>
  inFolder(async (runs) => {
    const whole = await runTask({ task: clouds, config: short, runs });
    const controller = new AbortController();
    let evaluated = 0;
    const task = countedClouds((count) => {
      evaluated = count;
      if (count === at) controller.abort();
    });
    const done = await runTask({ task, config: short, runs, signal: controller.signal });
    expect(done).toMatchObject({ interrupted: true, ended: "interrupted" });
    expect(evaluated).toBe(at);
    const resumed = await resumeTask(openAnyRun(done.run) as FitFolder, { tasks: toyTasks });
    expect(resumed.metrics).toEqual(whole.metrics);
    expect(bytesOfFit(resumed.run)).toEqual(bytesOfFit(whole.run));
  }),
);

test("an interruption while the task reports ends it between two of its parts, and loses nothing", () =>
  inFolder(async (runs) => {
    const whole = await runTask({ task: clouds, config: short, runs });
    const controller = new AbortController();
    const parts: number[] = [];
    const task: FitTask = {
      ...(clouds as FitTask),
      prepare: async (context) => {
        const prepared = await (clouds as FitTask).prepare(context);
        const report: typeof prepared.report = async (model, breathe) => {
          for (const part of [1, 2, 3]) {
            parts.push(part);
            if (part === 2) controller.abort();
            await breathe();
          }
          return prepared.report!(model, breathe);
        };
        return { ...prepared, report };
      },
    };
    const done = await runTask({ task, config: short, runs, signal: controller.signal });
    expect(done).toMatchObject({ interrupted: true, epochs: 2, metrics: {} });
    expect(parts).toEqual([1, 2]);
    const resumed = await resumeTask(openAnyRun(done.run) as FitFolder, { tasks: toyTasks });
    expect(bytesOfFit(resumed.run)).toEqual(bytesOfFit(whole.run));
  }));

test("a checkpoint whose state has another shape is refused in a sentence", () =>
  inFolder(async (runs) => {
    const { run } = await runTask({ task: clouds, config: short, runs, stopAfter: 5 });
    const folder = join(run, "checkpoints", "step-5");
    const read = (name: string) => JSON.parse(readFileSync(join(folder, name), "utf8"));
    const state = read("state.json");
    delete state.fit.standing.sums;
    const text = JSON.stringify(state);
    const checksums = read("checksums.json");
    checksums.files["state.json"] = {
      bytes: text.length,
      sha256: createHash("sha256").update(text).digest("hex"),
    };
    writeFileSync(join(folder, "state.json"), text);
    writeFileSync(join(folder, "checksums.json"), JSON.stringify(checksums));
    const fit = openAnyRun(run) as FitFolder;
    for (const work of [
      () => resumeTask(fit, { tasks: toyTasks }),
      () => evaluateFit(fit, { checkpoint: "last", tasks: toyTasks }),
    ]) {
      await expect(work()).rejects.toMatchObject({
        code: "corrupt-checkpoint",
        message: expect.stringMatching(
          /^The checkpoint of step 5 in .* is not one of this version .*fit\.standing\.sums: .*; begin the fit anew\.$/,
        ),
      });
    }
  }));

test.each(["null", "[]", '{"fit":{}}', "no JSON\n"])(
  "a config that is %s is told as a damaged run",
  (content) =>
    inFolder(async (runs) => {
      const { run } = await runTask({ task: clouds, config: short, runs });
      writeFileSync(join(run, "config.json"), content);
      const fit = openAnyRun(run) as FitFolder;
      const corrupt = expect.objectContaining({ code: "corrupt-run" });
      expect(() => fitSummary(fit)).toThrow(corrupt);
      await expect(resumeTask(fit, { tasks: toyTasks })).rejects.toThrow(corrupt);
    }),
);
