import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { asked } from "./asked.js";
import { type Event, ensure, eventsOf, inFolder, ludus, main, start, tiny } from "./ludus.js";

const doneKeys = [
  ...["run", "env", "agent", "preset", "engine", "seed", "steps", "episodes", "updates", "evalReturnMean"],
  ...["evalReturnStd", "evalEpisodes", "bestReturnMean", "seconds", "stepsPerSecond"],
];

let folder = "";
let trained: Event[] = [];
let cleanUp = (): void => {};

// One run that every command below reads.
beforeAll(async () => {
  await new Promise<void>((ready) => {
    void inFolder(async (path) => {
      folder = path;
      ready();
      await new Promise<void>((resolve) => {
        cleanUp = resolve;
      });
    });
  });
  trained = eventsOf(await ludus(folder, "train", "CartPole-v1", ...tiny, "--json"));
});

afterAll(() => cleanUp());

const commands = [
  "play",
  "train",
  "resume",
  "tune",
  "eval",
  "tournament",
  "watch",
  "fit",
  "playground",
  "plot",
  "runs",
  "envs",
  "agents",
  "nets",
  "doctor",
  "start",
];

test("every command says how it is used, with an example", async () => {
  const outcomes = await Promise.all(commands.map((command) => asked(folder, command, "--help")));
  for (const [i, { code, stdout, stderr }] of outcomes.entries()) {
    expect(code).toBe(0);
    expect(stderr).toBe("");
    expect(stdout).toContain(commands[i] === "start" ? "$ npm start" : `$ ludus ${commands[i]}`);
  }
  const all = await asked(folder, "--help");
  for (const command of commands) expect(all.stdout).toMatch(new RegExp(`^ {2}${command} `, "m"));
});

test("npx finds the command in the repository", () => {
  const { status, stdout } = spawnSync("npx", ["--no-install", "ludus", "--version"], {
    cwd: join(main, "../../.."),
    encoding: "utf8",
  });
  expect(status).toBe(0);
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
});

describe("train", () => {
  test("--json tells a run from its start to its figures", () => {
    const done = trained.at(-1)!;
    expect(Object.keys(done)).toEqual(expect.arrayContaining(doneKeys));
    expect(done).toMatchObject({ env: "CartPole-v1", agent: "dqn", seed: 1, steps: 600, evalEpisodes: 3 });
    expect(done["evalReturnMean"]).toBeGreaterThan(5);
    expect(trained[0]).toMatchObject({ event: "start", run: done["run"], step: 0, steps: 600 });
    expect(new Set(trained.map(({ event }) => event))).toEqual(
      new Set(["start", "metrics", "eval", "checkpoint", "done"]),
    );
  });

  test("leaves the run's files, of which the metrics say no time", () => {
    const run = String(trained.at(-1)!["run"]);
    for (const file of [
      "manifest.json",
      "config.json",
      "metrics.jsonl",
      "timing.jsonl",
      "best",
      "last",
      "eval",
    ]) {
      expect(existsSync(join(run, file)), file).toBe(true);
    }
    expect(existsSync(join(run, "lock"))).toBe(false);
    expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).not.toMatch(/second/i);
    const records = trained.filter(({ event }) => event === "metrics" || event === "eval");
    expect(readFileSync(join(run, "metrics.jsonl"), "utf8")).toBe(
      records.map((record) => `${JSON.stringify(record)}\n`).join(""),
    );
  });

  test("without --json the result is words on stdout, all else on stderr", () =>
    inFolder(async (other) => {
      const { code, stdout, stderr } = await ludus(other, "train", "cartpole", ...tiny, "--runs=here");
      expect(code, stderr).toBe(0);
      expect(stdout).toMatch(/^return [\d.]+ ± [\d.]+ over 3 episodes .*\nrun .*here\/CartPole-v1\/.*\n$/);
      expect(stderr).toContain("dqn.net.hidden=[8]");
      expect(stderr).toContain("CartPole-v1 with dqn (preset dqn");
    }));
});

test("resume goes on, and trains for longer where it is told to", () =>
  inFolder(async (other) => {
    const stopped = eventsOf(
      await ludus(other, "train", "CartPole-v1", ...tiny, "--stop-after=200", "--json"),
      130,
    );
    expect(stopped.at(-1)).toMatchObject({ steps: 200, interrupted: true, evalReturnMean: null });
    const resumed = eventsOf(await ludus(other, "resume", "last", "--json"));
    expect(resumed[0]).toMatchObject({ event: "start", step: 200 });
    const { seconds: _, stepsPerSecond: __, run: ___, ...figures } = trained.at(-1)!;
    expect(resumed.at(-1)).toMatchObject(figures);
    const longer = await ludus(other, "resume", "last", "--steps=700");
    expect(longer.code, longer.stderr).toBe(0);
    expect(longer.stdout).toMatch(/^return /);
    expect(longer.stderr).toContain("goes on from step 600");
  }));

describe("eval", () => {
  test("--json gives the figures of the best checkpoint, the same each time", async () => {
    const [a, b] = await Promise.all(
      [1, 2].map(() => ludus(folder, "eval", "last", "--episodes=5", "--json")),
    );
    const [done] = eventsOf(a!);
    expect(done).toMatchObject({ episodes: 5, env: "CartPole-v1", checkpoint: trained.at(-1)!["bestStep"] });
    for (const key of ["returnMean", "returnStd", "lengthMean"]) expect(done![key]).toBeTypeOf("number");
    expect(done!["returns"]).toHaveLength(5);
    expect(done!["actions"]).toMatchObject([{ name: "left" }, { name: "right" }]);
    expect(done!["calibration"]).toMatchObject({ bias: expect.any(Number), bins: expect.any(Array) });
    expect(b!.stdout).toBe(a!.stdout);
  });

  test("in words, of a checkpoint by its step, on another engine", async () => {
    const id = String(trained.at(-1)!["run"]).split("/").at(-1)!;
    const { code, stdout, stderr } = await ludus(
      folder,
      ...["eval", id, "--checkpoint", "0", "--episodes=2", "--seed=5", "--engine=cpu"],
    );
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(
      /^CartPole-v1, checkpoint of step 0: return [\d.]+ ± [\d.]+, length .*, over 2 episodes\nreturns +[\d.]+ to [\d.]+, quartiles .*\n[\s\S]*actions +entropy [\s\S]*\n {2}left +█* +[\d.]+ %\n[\s\S]*Q-values .*\n/,
    );
    expect(stderr).toBe("");
  });
});

test("plot writes an SVG file", async () => {
  const words = await asked(folder, "plot", "last", "-o", "curve.svg");
  expect(words).toEqual({ code: 0, stdout: "curve.svg\n", stderr: "" });
  expect(readFileSync(join(folder, "curve.svg"), "utf8")).toMatch(/^<svg [\s\S]*<\/svg>\n$/);
  const [done] = eventsOf(await asked(folder, "plot", "last", "-o", "curve.svg", "--json"));
  expect(done).toMatchObject({ file: "curve.svg", groups: [{ env: "CartPole-v1", seeds: [1] }] });
});

describe("lists", () => {
  test.each([
    ["runs", /^id +env .*\n\d{8}-\d{6}-[0-9a-f]{6} +CartPole-v1/],
    ["envs", /MinAtar\/Breakout-v1 +1 +Box\(10x10x4\) +Discrete\(3\)/],
    ["agents", /dqn\.gamma +0\.99 /],
    ["nets", /parameter +shape +values\n/],
    ["doctor", /✓ wasm /],
  ])("%s", async (command, words) => {
    const [plain, json] = await Promise.all([asked(folder, command), asked(folder, command, "--json")]);
    expect(plain.code, plain.stderr).toBe(0);
    expect(plain.stdout).toMatch(words);
    expect(plain.stderr).toBe("");
    expect(eventsOf(json).length).toBeGreaterThan(1);
  });

  test("no runs are no fault", () =>
    inFolder(async (other) => {
      const [plain, json] = await Promise.all([asked(other, "runs"), asked(other, "runs", "--json")]);
      expect(plain).toMatchObject({ code: 0, stdout: "" });
      expect(plain.stderr).toContain("There are no runs in runs yet");
      expect(eventsOf(json)).toEqual([{ event: "done", count: 0 }]);
    }));

  test("the net of one environment's agent", async () => {
    const [net] = eventsOf(await asked(folder, "nets", "breakout", "--json"));
    expect(net).toMatchObject({ event: "net" });
    expect(net!["total"]).toBeGreaterThan(100_000);
  });

  test("a reader that closes early is no fault", async () => {
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", `set -o pipefail; "$0" "$1" envs | head -1; echo "$?"`, process.execPath, main],
      { encoding: "utf8" },
    );
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^id +agents +observation.*\n0\n$/);
  });
});

describe("watch --terminal", () => {
  test("plays a run's policy, with its values beside the board", async () => {
    const { code, stdout, stderr } = await ludus(folder, "watch", "last", "--terminal");
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/Q-values/);
    expect(stdout).toMatch(/▸ (left|right)/);
    expect(stdout).toMatch(/episode 1: return \d+ in \d+ steps \(ended\)\n$/);
  });

  test.each([[["breakout"]], [["FrozenLake-v1", "--agent=random", "--episodes=2"]]])(
    "plays %j at random",
    async (args) => {
      const { code, stdout, stderr } = await ludus(folder, "watch", ...args, "--terminal");
      expect(code, stderr).toBe(0);
      expect(stdout).toContain("random play");
      expect(stdout).toMatch(/episode \d: return \d+ in \d+ steps/);
    },
  );
});

test("npm start trains, plays, and says where the run is", () =>
  inFolder(async (other) => {
    const args = ["start", "--steps=320", "--seed=1", "--eval-episodes=2", "--set=evaluation.episodes=2"];
    const { ended } = start(
      other,
      [...args, "--set=learn.every=64", `--runs=${join(other, "runs")}`],
      ensure,
    );
    const { code, stdout, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/MinAtar\/Breakout-v1 {2}dqn, checkpoint of step 320/);
    expect(stdout).toMatch(/The run is in .*\nWatch it again: /);
    const [done] = eventsOf(await ludus(other, "eval", "last", "--episodes=5", "--json"));
    expect(done).toMatchObject({ episodes: 5, env: "MinAtar/Breakout-v1" });
  }));
