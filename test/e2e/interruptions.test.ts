import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Generator } from "gymnasium-js";
import { expect, test } from "vitest";
import { findCheckpoint, readCheckpoint } from "../../src/training/checkpoint.js";
import { listRuns, type RunFolder } from "../../src/training/index.js";
import { type Event, eventsOf, inFolder, ludus, start, tiny } from "./ludus.js";

/** Checkpoints and evaluations so close together that a kill often falls into one. */
const dense = [
  ...tiny,
  "--steps=4000",
  "--eval-every=150",
  "--set=checkpoint.every=50",
  "--set=metrics.every=50",
  "--set=evaluation.maxSteps=50",
];

test("Ctrl+C saves a checkpoint and exits with 130; the run goes on to the same bytes", () =>
  inFolder(async (folder) => {
    const run = start(folder, ["train", "CartPole-v1", ...tiny, "--steps=40000", "--json"]);
    await run.first("eval");
    run.child.kill("SIGINT");
    const outcome = await run.ended;
    const done = eventsOf(outcome, 130).at(-1)!;
    expect(outcome.stderr).toContain("Saving a checkpoint ... (Ctrl+C again aborts without one)");
    expect(done).toMatchObject({ interrupted: true });
    expect(done["steps"]).toBeLessThan(40_000);
    expect(existsSync(join(String(done["run"]), "lock"))).toBe(false);
    const [resumed, whole] = await Promise.all([
      ludus(folder, "resume", String(done["run"]), "--json"),
      ludus(folder, "train", "CartPole-v1", ...tiny, "--steps=40000", "--json", "--runs=other"),
    ]);
    const [end, other] = [eventsOf(resumed).at(-1)!, eventsOf(whole).at(-1)!];
    expect(metricsOf(end)).toBe(metricsOf(other));
    expect(end["evalReturnMean"]).toBe(other["evalReturnMean"]);
  }));

test("SIGTERM is as good as Ctrl+C", () =>
  inFolder(async (folder) => {
    const run = start(folder, ["train", "CartPole-v1", ...tiny, "--steps=200000", "--json"]);
    await run.first("metrics");
    run.child.kill("SIGTERM");
    eventsOf(await run.ended, 130);
  }));

function metricsOf({ run }: Event): string {
  return readFileSync(join(String(run), "metrics.jsonl"), "utf8");
}

/** Everything that resuming and playing need is there, and is as it was written. */
function requireWhole({ path }: RunFolder): void {
  const all = [
    "weights.safetensors",
    "target.safetensors",
    "optimizer.safetensors",
    "replay.bin",
    "state.json",
  ] as const;
  readCheckpoint(path, findCheckpoint(path, "last"), all);
  readCheckpoint(path, findCheckpoint(path, "best"), ["weights.safetensors"]);
}

test(
  "a kill -9 at any instant leaves a run that can be played, resumed, and comes to the same end",
  { timeout: 300_000 },
  () =>
    inFolder(async (folder) => {
      const instants = new Generator(20);
      const kills = 20;
      let killed = 0;
      while (killed < kills) {
        // Every fifth kill is of a new run, so that beginnings are hit as well.
        const args =
          killed % 5 === 0 ? ["train", "CartPole-v1", ...dense, "--json"] : ["resume", "last", "--json"];
        const process = start(folder, args);
        await process.first("start");
        await pause(instants.uniform(0, killed % 5 === 0 ? 60 : 160));
        process.child.kill("SIGKILL");
        const { code, stderr } = await process.ended;
        if (code === null) killed++;
        else expect(code, stderr).toBe(0);
        for (const run of listRuns(join(folder, "runs"))) requireWhole(run);
      }
      const whole = eventsOf(
        await ludus(folder, "train", "CartPole-v1", ...dense, "--json", "--runs=whole"),
      ).at(-1)!;
      const survivors = listRuns(join(folder, "runs"));
      expect(survivors.length).toBeGreaterThanOrEqual(4);
      for (const { path } of survivors) {
        const evaluated = eventsOf(await ludus(folder, "eval", path, "--episodes=2", "--json"));
        expect(evaluated.at(-1)!["returns"]).toHaveLength(2);
        const end = eventsOf(await ludus(folder, "resume", path, "--json")).at(-1)!;
        expect(end["evalReturnMean"]).toBe(whole["evalReturnMean"]);
        expect(metricsOf(end)).toBe(metricsOf(whole));
        expect(readdirSync(join(path, "checkpoints")).filter((name) => !/^step-\d+$/.test(name))).toEqual([]);
      }
    }),
);
