import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { PartialConfig } from "../../../src/training/index.js";
import { type TrainJob, trainInProcesses } from "../../../src/training/processes/train-processes.js";
import { tinyConfig } from "../tiny-runs.js";

let runs: string;

beforeAll(() => {
  runs = mkdtempSync(join(tmpdir(), "ludus-processes-"));
});

afterAll(() => rmSync(runs, { recursive: true, force: true }));

function job(key: string, layer: PartialConfig = {}, more: Partial<TrainJob> = {}): TrainJob {
  return { key, config: tinyConfig(layer), preset: null, engine: "wasm", runs, ...more };
}

async function outcomes(jobs: readonly TrainJob[], options: Parameters<typeof trainInProcesses>[1] = {}) {
  const found = [];
  for await (const outcome of trainInProcesses(jobs, options)) found.push(outcome);
  return found;
}

test("jobs are trained apart, and give what a training here gives", async () => {
  const events: string[] = [];
  const found = await outcomes([job("one", { seed: 1 }), job("two", { seed: 2 })], {
    processes: 2,
    onEvent: ({ key }, { event }) => events.push(`${key} ${event}`),
  });
  const done = found.map((outcome) => ("done" in outcome ? outcome.done : outcome.failed));
  expect(done.map((each) => ("seed" in each ? each.seed : each.message)).toSorted()).toEqual([1, 2]);
  expect(events).toEqual(expect.arrayContaining(["one start", "one done", "two start", "two done"]));
});

test("a job that cannot be done says why, and the others go on", async () => {
  const found = await outcomes([job("bad", { env: "CartPoll-v1" }), job("good")], { processes: 1 });
  expect(found.map((outcome) => [outcome.job.key, "done" in outcome])).toEqual([
    ["bad", false],
    ["good", true],
  ]);
  const [bad] = found;
  expect(bad !== undefined && "failed" in bad ? bad.failed.message : "").toMatch(/CartPoll.*CartPole-v1/);
});

test("a job whose process dies says so, and the others go on", async () => {
  const path = join(runs, "deadly.mjs");
  writeFileSync(path, `process.kill(process.pid, "SIGKILL");`);
  const deadly = job("deadly", {}, { envModule: { path, sha256: "" } });
  const found = await outcomes([deadly, job("lives")], { processes: 1 });
  expect(found.map((outcome) => [outcome.job.key, "done" in outcome])).toEqual([
    ["deadly", false],
    ["lives", true],
  ]);
  const [dead] = found;
  expect(dead !== undefined && "failed" in dead && dead.failed).toMatchObject({
    code: "process-died",
    message: expect.stringMatching(/trained deadly ended before it was done \(signal SIGKILL\)/),
  });
});

test("a signal to the whole group is for the parent to deal with", async () => {
  const path = join(runs, "signalled.mjs");
  writeFileSync(
    path,
    `for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.kill(process.pid, signal);`,
  );
  const [signalled] = await outcomes([job("signalled", {}, { envModule: { path, sha256: "" } })]);
  expect(signalled !== undefined && "done" in signalled && signalled.done.interrupted).toBe(false);
});

test("an interrupted training can be gone on with", async () => {
  const [stopped] = await outcomes([job("stops", { seed: 3 }, { stopAfter: 100 })]);
  if (stopped === undefined || !("done" in stopped)) throw new Error("It did not stop.");
  expect(stopped.done.interrupted).toBe(true);
  const [whole, resumed] = await outcomes(
    [job("whole", { seed: 3 }), job("resumed", { seed: 3 }, { resume: stopped.done.run })],
    { processes: 1 },
  );
  if (whole === undefined || resumed === undefined || !("done" in whole && "done" in resumed))
    throw new Error("They did not end.");
  expect(resumed.done.evalReturnMean).toBe(whole.done.evalReturnMean);
});

test("aborting saves and ends what is being trained, and begins nothing new", async () => {
  const controller = new AbortController();
  const found = await outcomes([job("long", { steps: 10_000_000 }), job("never")], {
    processes: 1,
    signal: controller.signal,
    onEvent: (_, { event }) => {
      if (event === "metrics") controller.abort();
    },
  });
  expect(found.map(({ job: { key } }) => key)).toEqual(["long"]);
  const [long] = found;
  expect(long !== undefined && "done" in long && long.done.interrupted).toBe(true);
});
