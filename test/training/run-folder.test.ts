import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import { findRun, listRuns, ludusVersion, openRun, runResult } from "../../src/training/index.js";
import { createRun, type RunFolder, readConfig } from "../../src/training/run-folder.js";
import { inFolder, tinyConfig } from "./tiny-runs.js";

const text = new Uint8Array(3);
const start = {
  "weights.safetensors": text,
  "target.safetensors": text,
  "optimizer.safetensors": text,
  "replay.bin": text,
  "state.json": "{}",
};

function newRun(runs: string, seed = 0): RunFolder {
  const config = tinyConfig({ env: "MinAtar/Breakout-v1", seed });
  const about = { env: config.env, agent: config.agent, preset: null, engine: "cpu", seed };
  return createRun({ runs, about, config, start });
}

function change(run: RunFolder, changes: Record<string, unknown>): void {
  const file = join(run.path, "manifest.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")), ...changes }));
}

test("a run is found by path, by id, by part of its id, and as the last", () =>
  inFolder((runs) => {
    const [first, second] = [newRun(runs, 1), newRun(runs, 2)];
    change(second, { createdAt: "2999-01-01T00:00:00.000Z" });
    const { id } = first.manifest;
    expect(first.path).toBe(join(runs, "MinAtar", "Breakout-v1", id));
    expect(id).toMatch(/^\d{8}-\d{6}-[0-9a-f]{6}$/);
    for (const name of [first.path, id, id.slice(-6)]) expect(findRun(name, runs).path).toBe(first.path);
    expect(findRun("last", runs).path).toBe(second.path);
    expect(listRuns(runs).map(({ manifest }) => manifest.seed)).toEqual([1, 2]);
    expect(first.manifest).toMatchObject({
      format: 1,
      ludus: ludusVersion,
      engine: "cpu",
      seed: 1,
      preset: null,
    });
    expect(readConfig(first)).toEqual(tinyConfig({ env: "MinAtar/Breakout-v1", seed: 1 }));
  }));

test("what fits no run or several is told with what to do", () =>
  inFolder((runs) => {
    expect(() => findRun("last", runs)).toThrow(/There is no run in .* yet; start one with/);
    expect(() => findRun("last", join(runs, "nowhere"))).toThrow(/There is no run in/);
    const [first] = [newRun(runs), newRun(runs)];
    expect(() => findRun("nonsense", runs)).toThrow(/There is no run 'nonsense'.*`ludus runs` lists/);
    expect(() => findRun("", runs)).toThrow(/There is no run ''/);
    const day = first.manifest.id.slice(0, 8);
    expect(() => findRun(day, runs)).toThrow(new RegExp(`'${day}' fits 2 runs .*give more of the id`));
  }));

test("a run of a newer version is refused by name, and left out of lists", () =>
  inFolder((runs) => {
    const run = newRun(runs);
    change(run, { format: 2, ludus: "9.1.0", id: undefined });
    for (const name of [run.path, run.manifest.id, run.manifest.id.slice(-6)]) {
      expect(() => findRun(name, runs)).toThrow(/was made by Ludus 9.1.0 \(run format 2\).*update Ludus/);
    }
    expect(listRuns(runs)).toEqual([]);
  }));

test.each([
  ["{", /cannot be read as the manifest/],
  ["", /cannot be read as the manifest/],
  ["null", /it has no id/],
  ['{"format":1}', /it has no id/],
  ['{"id":"a","env":"b","engine":"c","createdAt":"d"}', /it has no format/],
])("a manifest of %j is damage", (content, sentence) =>
  inFolder((runs) => {
    const run = newRun(runs);
    writeFileSync(join(run.path, "manifest.json"), content);
    expect(() => openRun(run.path)).toThrow(sentence);
    expect(listRuns(runs)).toEqual([]);
  }),
);

test.each([["{"], ["[]"], ['{"env":"CartPole-v1","stepz":3}'], ["null"]])(
  "a config of %j is damage",
  (content) =>
    inFolder((runs) => {
      const run = newRun(runs);
      writeFileSync(join(run.path, "config.json"), content);
      expect(() => readConfig(run)).toThrow(/config.json cannot be read as a config: /);
    }),
);

test("a result that cannot be read is none", () =>
  inFolder((runs) => {
    const { path } = newRun(runs);
    expect(runResult(path)).toBeNull();
    mkdirSync(join(path, "eval"));
    writeFileSync(join(path, "eval", "final.json"), '{"event":"do');
    expect(runResult(path)).toBeNull();
  }));

test("a run that a kill left in the making is none", () =>
  inFolder((runs) => {
    const run = newRun(runs);
    const half = join(dirname(run.path), `${basename(run.path)}x.partial`);
    mkdirSync(half);
    writeFileSync(join(half, "manifest.json"), "{}");
    expect(listRuns(runs)).toHaveLength(1);
    rmSync(run.path, { recursive: true });
    expect(listRuns(runs)).toEqual([]);
  }));

test("a folder that cannot be written starts nothing", () =>
  inFolder((folder) => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    expect(() => newRun(file)).toThrow(/could not be written .*no run was started/);
  }));
