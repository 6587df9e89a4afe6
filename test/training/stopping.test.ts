import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { openRun, resume, train } from "../../src/training/index.js";
import { newEvaluationRecord, noteEvaluation, stopReason } from "../../src/training/stopping.js";
import { bytesOf, inFolder, tinyConfig } from "./tiny-runs.js";

const stop = { returnMean: null, patience: 0, minDelta: 0 };

function recordOf(returns: readonly number[], minDelta = 0) {
  const record = newEvaluationRecord();
  for (const returnMean of returns) noteEvaluation(record, returnMean, { ...stop, minDelta });
  return record;
}

test("reasons to stop", () => {
  expect(stopReason(newEvaluationRecord(), { ...stop, returnMean: -100, patience: 1 })).toBeNull();
  expect(stopReason(recordOf([1, 9]), { ...stop, returnMean: 9 })).toBe("return");
  expect(stopReason(recordOf([9, 1]), { ...stop, returnMean: 9 })).toBeNull();
  expect(stopReason(recordOf([5, 4, 5]), { ...stop, patience: 2 })).toBe("no-improvement");
  expect(stopReason(recordOf([5, 4, 6]), { ...stop, patience: 2 })).toBeNull();
  expect(stopReason(recordOf([5, 5.5, 5.9], 1), { ...stop, patience: 2 })).toBe("no-improvement");
  expect(stopReason(recordOf([5, 4, 3]), stop)).toBeNull();
});

/** Every evaluation of CartPole returns at least 8. */
const reached = { steps: 4000, stop: { returnMean: 8 } };

test("a run ends with the evaluation that is good enough, and is evaluated at last as ever", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyConfig(reached), runs });
    expect(done).toMatchObject({ ended: "return", interrupted: false, steps: 1000, evalEpisodes: 4 });
    expect(readFileSync(join(done.run, "last"), "utf8")).toContain("1000");
    const whole = await train({ config: tinyConfig({ steps: 1000 }), runs });
    expect(whole.ended).toBe("steps");
    expect(done.evalReturnMean).toBe(whole.evalReturnMean);
  }));

test("a run ends where its evaluations get no better", () =>
  inFolder(async (runs) => {
    const config = tinyConfig({
      steps: 4000,
      evaluation: { every: 200 },
      stop: { patience: 2, minDelta: 1000 },
    });
    const done = await train({ config, runs });
    expect(done).toMatchObject({ ended: "no-improvement", steps: 600 });
  }));

test("interrupted and resumed it ends where it would have, with the same bytes", () =>
  inFolder(async (runs) => {
    const config = tinyConfig({
      steps: 4000,
      evaluation: { every: 200 },
      stop: { patience: 3, minDelta: 1000 },
    });
    const whole = await train({ config, runs });
    const stopped = await train({ config, runs, stopAfter: 500 });
    expect(stopped).toMatchObject({ ended: "interrupted", interrupted: true });
    const resumed = await resume(openRun(stopped.run));
    expect(resumed).toMatchObject({ ended: "no-improvement", steps: 800 });
    expect(bytesOf(resumed.run)).toEqual(bytesOf(whole.run));
    // Once more there is nothing to do but the last evaluation.
    expect(await resume(openRun(stopped.run))).toMatchObject({ ended: "no-improvement", steps: 800 });
  }));

test("asked for more steps, a run that had stopped goes on", () =>
  inFolder(async (runs) => {
    const config = tinyConfig({
      steps: 2000,
      evaluation: { every: 200 },
      stop: { patience: 2, minDelta: 1000 },
    });
    const done = await train({ config, runs });
    const longer = await resume(openRun(done.run), { steps: 2001 });
    expect(longer.steps).toBeGreaterThan(done.steps);
  }));

test("a run whose last vector step made more steps than were asked for is resumed as any other that has ended", () =>
  inFolder(async (runs) => {
    const done = await train({ config: tinyConfig({ steps: 1001, numEnvs: 8 }), runs });
    expect(done).toMatchObject({ ended: "steps", steps: 1008 });
    const again = await resume(openRun(done.run));
    expect(again).toMatchObject({ ended: "steps", steps: 1008, evalReturnMean: done.evalReturnMean });
    await expect(resume(openRun(done.run), { steps: 1001 })).rejects.toThrow(
      /has made 1008 steps cannot be resumed to 1001/,
    );
  }));
