import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { folderLibrary } from "../../src/cli/viewing/library.js";
import { resume, train } from "../../src/training/index.js";
import { openRun, readConfig } from "../../src/training/run-folder.js";
import type { RunSummary } from "../../src/viewer/protocol.js";
import { tinyConfig } from "../training/tiny-runs.js";

let folder: string;
let runs: string;
/** Paths of two runs: one that came to its end, and a newer one that was interrupted. */
let done: string;
let stopped: string;
let seenWhileTraining: RunSummary[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ludus-library-"));
  runs = join(folder, "runs");
  const config = tinyConfig({ steps: 1200, numEnvs: 4, evaluation: { every: 400 } });
  done = (await train({ config, runs })).run;
  const library = folderLibrary(runs, () => null);
  const looks: Promise<{ runs: RunSummary[] }>[] = [];
  const ended = await train({
    config: { ...config, seed: 4 },
    runs,
    stopAfter: 900,
    onEvent: ({ event }) => {
      if (event === "eval") looks.push(library.list());
    },
  });
  stopped = ended.run;
  seenWhileTraining = (await Promise.all(looks)).map((list) => list.runs[0]!);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const library = (current: string | null = null) => folderLibrary(runs, () => current);
const idOf = (path: string): string => `CartPole-v1/${basename(path)}`;

/** A copy of a run that came to its end, in a folder of its own, for tests that damage it. */
function copyOf(path: string): { runs: string; run: string; id: string } {
  const own = mkdtempSync(join(folder, "copy-"));
  const id = idOf(path);
  cpSync(path, join(own, id), { recursive: true });
  return { runs: own, run: join(own, id), id };
}

function linesOf(run: string, file = "metrics.jsonl"): Record<string, unknown>[] {
  const lines = readFileSync(join(run, file), "utf8").trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

function bestOf(run: string): number {
  const evaluations = linesOf(run).filter(({ event }) => event === "eval");
  expect(evaluations.length).toBeGreaterThan(1);
  return Math.max(...evaluations.map(({ returnMean }) => Number(returnMean)));
}

test("lists runs newest first, with how far they are and what they came to", async () => {
  const list = await library(stopped).list();
  const common = { env: "CartPole-v1", agent: "dqn", steps: 1200 };
  expect(list).toEqual({
    type: "runs",
    current: idOf(stopped),
    runs: [
      { ...common, id: idOf(stopped), seed: 4, step: 900, state: "stopped", bestReturn: bestOf(stopped) },
      { ...common, id: idOf(done), seed: 3, step: 1200, state: "done", bestReturn: bestOf(done) },
    ],
  });
});

test("a run is running while a process writes it, and its step is that of its newest record", async () => {
  expect(seenWhileTraining.map(({ state, step }) => ({ state, step }))).toEqual([
    { state: "running", step: 400 },
    { state: "running", step: 800 },
  ]);
  const { runs: own, run, id } = copyOf(stopped);
  const stateOf = async () => (await folderLibrary(own, () => null).list()).runs[0]?.state;
  for (const [holder, state] of [
    [{ pid: process.ppid, host: hostname() }, "running"],
    // Of a process with this number that is gone: this one holds no such lock.
    [{ pid: process.pid, host: hostname() }, "stopped"],
    [{ pid: 1, host: "another-machine" }, "running"],
    // More than any system gives out.
    [{ pid: 2 ** 30, host: hostname() }, "stopped"],
  ] as const) {
    writeFileSync(join(run, "lock"), JSON.stringify(holder));
    expect(await stateOf(), JSON.stringify(holder)).toBe(state);
  }
  writeFileSync(join(run, "lock"), '{"pid":1');
  expect(await stateOf()).toBe("stopped");
  expect((await folderLibrary(own, () => null).list()).runs[0]?.id).toBe(id);
});

test("what a run's metrics say is looked up again when they have grown, not only at first", async () => {
  const { runs: own, run } = copyOf(stopped);
  const growing = folderLibrary(own, () => null);
  expect((await growing.list()).runs[0]).toMatchObject({ step: 900, bestReturn: bestOf(run) });
  const line = { event: "eval", step: 1000, returnMean: 499, returnStd: 0, lengthMean: 499, episodes: 3 };
  appendFileSync(join(run, "metrics.jsonl"), `${JSON.stringify(line)}\n`);
  expect((await growing.list()).runs[0]).toMatchObject({ step: 1000, bestReturn: 499 });
});

test("a run that is resumed for longer is done no more until it is", async () => {
  const { runs: own, run } = copyOf(done);
  await resume(openRun(run), { steps: 2000, stopAfter: 1500 });
  expect((await folderLibrary(own, () => null).list()).runs[0]).toMatchObject({
    state: "stopped",
    step: 1500,
    steps: 2000,
  });
});

test("reads the config as stored and the metrics as written, with the clock beside them", async () => {
  const curves = await library().read(idOf(done));
  expect(curves.config).toEqual(JSON.parse(JSON.stringify(readConfig(openRun(done)))));
  const written = linesOf(done);
  expect(written.length).toBeGreaterThan(12);
  expect(curves.records.map(({ stepsPerSecond: _, ...record }) => record)).toEqual(written);
  const speeds = curves.records
    .filter(({ event }) => event === "metrics")
    .map((r) => Number(r["stepsPerSecond"]));
  expect(speeds.every((speed) => speed > 0)).toBe(true);
  // Steps over speed are seconds: together as long as the clock says.
  const seconds = speeds.reduce((sum, speed) => sum + 100 / speed, 0);
  expect(seconds).toBeCloseTo(Number(linesOf(done, "timing.jsonl").at(-1)!["seconds"]), 6);
});

test("speeds are those of the process that made them, and unknown without a clock", async () => {
  const { runs: own, run, id } = copyOf(done);
  const times = [
    { step: 100, seconds: 1, stepsPerSecond: 100 },
    { step: 200, seconds: 3, stepsPerSecond: 200 / 3 },
    // Another process went on from step 200.
    { step: 300, seconds: 4, stepsPerSecond: 25 },
    { step: 400, seconds: 5, stepsPerSecond: 40 },
  ];
  writeFileSync(
    join(run, "timing.jsonl"),
    `${times.map((time) => JSON.stringify(time)).join("\n")}\n{"step":5`,
  );
  const read = async () => {
    const { records } = await folderLibrary(own, () => null).read(id);
    return records.flatMap(({ event, stepsPerSecond }) => (event === "metrics" ? [stepsPerSecond] : []));
  };
  const [first, second, third, fourth, ...others] = await read();
  expect([first, second, third, fourth]).toEqual([100, 50, 25, 100]);
  expect(new Set(others)).toEqual(new Set([null]));
  rmSync(join(run, "timing.jsonl"));
  expect(new Set(await read())).toEqual(new Set([null]));
});

test("a line that is still being written is not there yet", async () => {
  const { runs: own, run, id } = copyOf(stopped);
  const whole = linesOf(run).length;
  appendFileSync(join(run, "metrics.jsonl"), '{"event":"metrics","step":10');
  const copy = folderLibrary(own, () => null);
  expect((await copy.read(id)).records).toHaveLength(whole);
  expect((await copy.list()).runs[0]?.step).toBe(900);
});

test("thins out the metrics evenly, and no evaluation", async () => {
  const { runs: own, run, id } = copyOf(done);
  const lines = Array.from({ length: 7000 }, (_, i) => ({
    event: i % 70 === 69 ? "eval" : "metrics",
    step: i + 1,
    returnMean: i,
  }));
  writeFileSync(join(run, "metrics.jsonl"), `${lines.map((line) => JSON.stringify(line)).join("\n")}\n`);
  const { records } = await folderLibrary(own, () => null).read(id);
  const steps = records.filter(({ event }) => event === "metrics").map(({ step }) => Number(step));
  expect(records.length - steps.length).toBe(100);
  expect(steps).toHaveLength(2000);
  expect([steps[0], steps.at(-1)]).toEqual([1, 6999]);
  const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
  expect([Math.min(...gaps), Math.max(...gaps)]).toEqual([3, 5]);
});

test.each(["nothing", "../x", "..", ".", "", "/", "CartPole-v1", "CartPole-v1/../../secret", "/etc"])(
  "'%s' is no run of the list, and nothing is opened for it",
  async (id) => {
    await expect(library().read(id)).rejects.toMatchObject({ code: "unknown-run" });
  },
);

test("a real run outside the folder is not opened by its path, unless it is the one that is watched", async () => {
  const { run } = copyOf(done);
  const outside = `../${run.slice(folder.length + 1)}`;
  for (const id of [outside, run]) {
    await expect(library().read(id)).rejects.toMatchObject({ code: "unknown-run" });
  }
  const watching = library(run);
  const { current, runs: all } = await watching.list();
  expect(all.map(({ id }) => id)).toEqual([current, idOf(stopped), idOf(done)]);
  expect((await watching.read(current!)).records).toHaveLength(linesOf(done).length);
});

test.each([
  ["manifest.json", "{"],
  ["manifest.json", '{"format":1}'],
  ["config.json", "null"],
  ["config.json", ""],
])("a run with %s damaged to '%s' is left out of the list, and the others stay", async (file, content) => {
  const { runs: own, run, id } = copyOf(done);
  cpSync(stopped, join(own, idOf(stopped)), { recursive: true });
  writeFileSync(join(run, file), content);
  const damaged = folderLibrary(own, () => run);
  expect((await damaged.list()).runs.map((summary) => summary.id)).toEqual([idOf(stopped)]);
  await expect(damaged.read(id)).rejects.toThrow(/^[^\n]*$/);
});

test("damaged metrics are told in one sentence that names the run", async () => {
  const { runs: own, run, id } = copyOf(done);
  writeFileSync(join(run, "metrics.jsonl"), '{"event":"metrics"\n{"event":"eval","step":1}\n');
  const damaged = folderLibrary(own, () => null);
  await expect(damaged.read(id)).rejects.toMatchObject({
    code: "corrupt-run",
    message: expect.stringMatching(new RegExp(`^The curves of the run ${id} cannot be read[^\n]*$`)),
  });
});

test("there is nothing in a folder that is empty or not there", async () => {
  for (const nowhere of [mkdtempSync(join(folder, "empty-")), join(folder, "nowhere")]) {
    const list = await folderLibrary(nowhere, () => null).list();
    expect(list).toEqual({ type: "runs", runs: [], current: null });
  }
});
