import { spawnSync } from "node:child_process";
import { availableParallelism } from "node:os";
import { resolve } from "node:path";
import { registry } from "gymnasium-js";
import { engineReport, gridworldTasks } from "ludus";
import { expect, test, vi } from "vitest";
import "../src/envs/index.js";
import { compare, median } from "../bench/harness/bench.js";
import { actions, subjects } from "../bench/harness/dqn-questions.js";
import { fitSubjects } from "../bench/harness/fit-subjects.js";
import { flopsOf, trainingFlops } from "../bench/harness/flops.js";
import { Respondent } from "../bench/harness/questions.js";
import { table } from "../bench/harness/table.js";
import { findTorch, startTorch } from "../bench/harness/torch.js";
import { summarizeModel } from "../src/nets/index.js";

const root = resolve(import.meta.dirname, "..");

/** A Python that is not there. */
const noPython = "/nonexistent/python3";

function bench(...args: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "bench/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
    env: { ...process.env, LUDUS_PYTHON: noPython },
  });
}

function recordsIn(stdout: string): Record<string, unknown>[] {
  return stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function present(...engines: string[]): Promise<string[]> {
  const available = (await engineReport()).filter((report) => report.available);
  return engines.filter((engine) => available.some(({ name }) => name === engine));
}

test("without a name the benches are listed", () => {
  const { status, stdout } = bench();
  expect(status).toBe(0);
  expect(stdout).toMatch(/^env-step +environment steps per second/m);
});

test("an unknown name or flag is wrong use, and the nearest name is given", () => {
  const { status, stderr } = bench("env-stpe");
  expect(status).toBe(2);
  expect(stderr).toContain("There is no bench 'env-stpe'; did you mean 'env-step'?");
  expect(bench("env-step", "--jsn").status).toBe(2);
});

test("env-step --json prints two lines for every registered environment, gridworlds also in full view, and the machine on stderr", () => {
  const { status, stdout, stderr } = bench("env-step", "--json", "--quick");
  expect(status).toBe(0);
  expect(stderr).toContain(`Node ${process.versions.node}`);
  const records = recordsIn(stdout);
  const partial = gridworldTasks.filter(({ defaults }) => defaults?.view === "partial");
  const variants = [
    ...[...registry.keys()].map((env) => ({ env, settings: null })),
    ...partial.map(({ id }) => ({ env: id, settings: "view=full" })),
  ];
  expect(partial.length).toBeGreaterThan(0);
  const expected = variants.flatMap((variant) => [
    { bench: "env-step", ...variant, mode: "single", numEnvs: 1, stepsPerSecond: expect.any(Number) },
    { bench: "env-step", ...variant, mode: "vector", numEnvs: 32, stepsPerSecond: expect.any(Number) },
  ]);
  expect(records).toEqual(expected);
});

test("streams and replay-sample print what they measure", () => {
  const records = ["streams", "replay-sample"].flatMap((name) => {
    const { status, stdout } = bench(name, "--json", "--quick");
    expect(status).toBe(0);
    return recordsIn(stdout);
  });
  const event = { bench: "streams", numEnvs: 32, overheadNanosecondsPerEvent: expect.any(Number) };
  const samples = { bench: "replay-sample", rows: 32, samplesPerSecond: expect.any(Number) };
  expect(records.filter(({ library }) => library === undefined || library === "ludus")).toMatchObject([
    { ...event, loop: "learning", overheadPercent: expect.any(Number) },
    { ...event, loop: "acting", overheadPercent: expect.any(Number) },
    { ...event, loop: "stepping" },
    { ...samples, shape: "84x84x4" },
    { ...samples, shape: "10x10x4" },
  ]);
});

test("atari prints steps and frames per second, by rules and by wrappers", () => {
  const { status, stdout } = bench("atari", "--json", "--quick");
  expect(status).toBe(0);
  const number = expect.any(Number);
  const record = {
    bench: "atari",
    env: "Ludus/BreakoutAtari-v0",
    stepsPerSecond: number,
    framesPerSecond: number,
  };
  expect(recordsIn(stdout)).toEqual([
    { ...record, mode: "rules, replay", numEnvs: 8 },
    { ...record, mode: "wrappers", numEnvs: 1 },
  ]);
});

test("dqn-update prints a line for every engine, net, batch and number of threads", async () => {
  const { status, stdout, stderr } = bench("dqn-update", "--json", "--quick");
  expect(stderr).toContain(`No comparison with PyTorch, which no Python here has: ${noPython}`);
  expect(status).toBe(0);
  const engines = await present("native", "wasm", "cpu");
  const threads = (engine: string) => (engine === "native" && availableParallelism() > 1 ? [1, 2] : [1]);
  const cells = [
    { net: "minatar", batch: 32 },
    { net: "minatar", batch: 128 },
    { net: "minatar", batch: 512 },
    { net: "nature", batch: 32 },
  ];
  const number = expect.any(Number);
  const peakShare = engines.includes("native") ? number : null;
  const rates = { updatesPerSecond: number, forwardPerSecond: number, inferencePerSecond: number };
  const noRatios = { updateRatio: null, forwardRatio: null, inferenceRatio: null };
  const rest = { ...rates, gflops: number, peakShare, torchUpdatesPerSecond: null, ...noRatios, torch: null };
  expect(recordsIn(stdout)).toEqual(
    engines.flatMap((engine) =>
      threads(engine).flatMap((threads) =>
        cells
          .slice(0, engine === "cpu" ? 1 : 4)
          .map((cell) => ({ bench: "dqn-update", ...cell, engine, threads, ...rest })),
      ),
    ),
  );
}, 180_000);

test("fit prints a line for every net, engine and number of threads", async () => {
  const { status, stdout, stderr } = bench("fit", "--json", "--quick");
  expect(stderr).toContain(`No comparison with PyTorch, which no Python here has: ${noPython}`);
  expect(status).toBe(0);
  const engines = await present("native", "wasm", "cpu");
  const number = expect.any(Number);
  const peakShare = engines.includes("native") ? number : null;
  const rest = { imagesPerSecond: number, gflops: number, peakShare };
  const noTorch = { torchImagesPerSecond: null, ratio: null, torch: null };
  expect(recordsIn(stdout)).toEqual(
    engines.flatMap((engine) =>
      (engine === "native" && availableParallelism() > 1 ? [1, 2] : [1]).flatMap((threads) =>
        (engine === "cpu" ? ["lenet5"] : ["lenet5", "resnet18"]).map((net) => ({
          ...{ bench: "fit", net, engine, batch: 1, threads },
          ...rest,
          ...noTorch,
        })),
      ),
    ),
  );
}, 180_000);

test("forward prints how far the engines' answers are from each other", async () => {
  const { status, stdout } = bench("forward", "--json", "--quick");
  expect(status).toBe(0);
  const engines = await present("native", "wasm");
  const records = recordsIn(stdout);
  const number = expect.any(Number);
  expect(records).toMatchObject(
    ["mlp", "lenet5"].flatMap((net) =>
      engines.map((engine) => ({ bench: "forward", net, engine, milliseconds: number, gflops: number })),
    ),
  );
  for (const { engine, largestDifference } of records) {
    if (engine === engines[0]) expect(largestDifference).toBeNull();
    else expect(largestDifference).toBeLessThan(1e-4);
  }
});

test("PyTorch answers the questions that Ludus's worker answers", async ({ skip }) => {
  const found = findTorch();
  if ("missing" in found) return skip(`No Python here has PyTorch: ${found.missing}`);
  const { peer, about } = await startTorch(found.python, 1);
  expect(about).toMatch(/^PyTorch \d/);
  for (const what of ["update", "forward", "inference"]) {
    const { seconds } = await peer.ask({ net: "minatar", batch: 2, threads: 1, what, iterations: 2 });
    expect(seconds).toBeGreaterThan(0);
  }
  await peer.close();
}, 180_000);

test("PyTorch trains the nets that Ludus's worker trains", async ({ skip }) => {
  const found = findTorch();
  if ("missing" in found) return skip(`No Python here has PyTorch: ${found.missing}`);
  // The peer refuses a net of another number of parameters.
  expect(fitSubjects.map(({ spec }) => summarizeModel(spec).parameters)).toEqual([61_706, 11_173_962]);
  const { peer } = await startTorch(found.python, 1, "fit");
  for (const { net } of fitSubjects) {
    const { seconds } = await peer.ask({ net, batch: 2, threads: 1, iterations: 1 });
    expect(seconds).toBeGreaterThan(0);
  }
  await peer.close();
}, 180_000);

test("a Python without PyTorch is reported, and so is one that ends too early", async () => {
  vi.stubEnv("LUDUS_PYTHON", noPython);
  expect(findTorch()).toEqual({ missing: expect.stringContaining(noPython) });
  vi.unstubAllEnvs();
  const mute = new Respondent("The mute", [process.execPath, "-e", "process.exitCode = 3"]);
  await expect(mute.ask({})).rejects.toThrow("The mute gave no answer: it ended with status 3.");
  const absent = new Respondent("The absent", [noPython]);
  await expect(absent.ask({})).rejects.toThrow("ENOENT");
  await absent.close();
});

test("operations of an update are counted by layers", () => {
  const flops = (index: number) => flopsOf(subjects[index]!, actions);
  // 3 forwards' worth over all layers, and 1 over all but the first.
  const [minatarFirst, minatarRest] = [64 * 16 * 36, 1024 * 128 + 128 * 6];
  expect(flops(0)).toEqual({
    forward: 2 * (minatarFirst + minatarRest),
    update: 6 * minatarFirst + 8 * minatarRest,
  });
  expect((32 * flops(0).update) / 1e6).toBeCloseTo(40.8, 1);
  expect((32 * flops(1).update) / 1e9).toBeCloseTo(2.18, 2);
});

test("operations of a training step are counted by layers", () => {
  const [lenet, resnet] = fitSubjects.map(({ spec }) => trainingFlops(spec)) as [number, number];
  // The gradient by the images is left out.
  const [first, rest] = [28 * 28 * 25 * 6, 10 * 10 * 150 * 16 + 400 * 120 + 120 * 84 + 84 * 10];
  expect(lenet).toBe(4 * first + 6 * rest);
  expect(resnet / 1e9).toBeCloseTo(3.33, 2);
});

test("train-loop prints frames per second of every fast engine", async () => {
  const { status, stdout } = bench("train-loop", "--json", "--quick");
  expect(status).toBe(0);
  const engines = await present("native", "wasm");
  const expected = [1, 8].flatMap((numEnvs) =>
    engines.map((engine) => ({
      bench: "train-loop",
      env: "MinAtar/Breakout-v1",
      engine,
      numEnvs,
      batch: 32,
      frames: numEnvs === 1 ? 50 : 48,
      framesPerSecond: expect.any(Number),
      updatesPerSecond: expect.any(Number),
    })),
  );
  expect(recordsIn(stdout)).toEqual(expected);
}, 180_000);

test("compare lets candidates take turns and takes medians", async () => {
  const turns: string[] = [];
  const candidate = (name: string) => ({
    name,
    iterations: 10,
    work: (iterations: number) => {
      turns.push(name);
      return iterations;
    },
  });
  const results = await compare([candidate("a"), candidate("b")], { repetitions: 2, warmUps: 1 });
  expect(turns).toEqual(["a", "b", "a", "b", "a", "b"]);
  expect(results.map(({ name, result }) => [name, result])).toEqual([
    ["a", 10],
    ["b", 10],
  ]);
  expect(results[0]!.perSecond).toBeGreaterThan(0);
  await expect(compare([{ name: "void", iterations: 1, work: () => Number.NaN }])).rejects.toThrow("finite");
  expect([median([1, 2, 9]), median([1, 2, 4, 9])]).toEqual([2, 3]);
});

test("env-step-peers without a Python that has gymnasium says so and prints nothing", () => {
  const { status, stdout, stderr } = bench("env-step-peers", "--json");
  expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
  expect(stderr).toMatch(/No Python with gymnasium \(\/nonexistent\/python3: .*\): set LUDUS_PYTHON/);
});

test("tables align numbers to the right", () => {
  const records = [
    { env: "a", perSecond: 1234567, share: 0.5 },
    { env: "longer", perSecond: 8, share: 0.123456 },
  ];
  expect(table(records)).toBe(
    "env     perSecond   share\na       1,234,567  0.5000\nlonger          8  0.1235",
  );
});
