import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { tf, useEngine } from "../../../src/tensors/index.js";
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
import { clouds, toyTasks } from "./toy-tasks.js";

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
