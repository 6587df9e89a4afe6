import { spawnSync } from "node:child_process";
import { resolve } from "node:path";
import { registry } from "gymnasium-js";
import { expect, test } from "vitest";
import "../src/envs/index.js";
import { compare, median } from "../bench/harness/bench.js";
import { table } from "../bench/harness/table.js";

const root = resolve(import.meta.dirname, "..");

function bench(...args: string[]) {
  return spawnSync(process.execPath, ["--import", "tsx", "bench/main.ts", ...args], {
    cwd: root,
    encoding: "utf8",
  });
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

test("env-step --json prints two lines for every registered environment, and the machine on stderr", () => {
  const { status, stdout, stderr } = bench("env-step", "--json", "--quick");
  expect(status).toBe(0);
  expect(stderr).toContain(`Node ${process.versions.node}`);
  const records = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const expected = [...registry.keys()].flatMap((env) => [
    { bench: "env-step", env, mode: "single", numEnvs: 1, stepsPerSecond: expect.any(Number) },
    { bench: "env-step", env, mode: "vector", numEnvs: 32, stepsPerSecond: expect.any(Number) },
  ]);
  expect(records).toEqual(expected);
});

test("streams and replay-sample print what they measure", () => {
  const records = ["streams", "replay-sample"].flatMap((name) => {
    const { status, stdout } = bench(name, "--json", "--quick");
    expect(status).toBe(0);
    return stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as Record<string, unknown>);
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

test("tables align numbers to the right", () => {
  const records = [
    { env: "a", perSecond: 1234567, share: 0.5 },
    { env: "longer", perSecond: 8, share: 0.123456 },
  ];
  expect(table(records)).toBe(
    "env     perSecond   share\na       1,234,567  0.5000\nlonger          8  0.1235",
  );
});
