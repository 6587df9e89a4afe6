import { appendFileSync, cpSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { asked } from "./asked.js";
import { type Event, eventsOf, inFolder, ludus, refusalOf, tiny } from "./ludus.js";

const broken = resolve(import.meta.dirname, "../cli/broken-envs");

test("both commands say how they are used, with an example", async () => {
  for (const command of ["new", "check-env"]) {
    const { code, stdout } = await asked(".", command, "--help");
    expect(code).toBe(0);
    expect(stdout).toContain(`$ ludus ${command}`);
  }
});

/** A folder with a new environment and an interrupted run of it, that the tests below use in turn. */
let folder = "";
let run = "";

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "ludus-custom-"));
  const made = await ludus(folder, "new", "env", "Snake Pit", "--test");
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toContain("  ludus train ./snake-pit.ts --steps 5000\n");
  const args = ["train", "./snake-pit.ts", "--steps=5000", "--seed=1", "--stop-after=4000", "--json"];
  run = String(eventsOf(await ludus(folder, ...args), 130).at(-1)!["run"]);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("a new environment keeps the whole contract", async () => {
  expect(existsSync(join(folder, "snake-pit.test.ts"))).toBe(true);
  const { code, stdout, stderr } = await ludus(folder, "check-env", "./snake-pit.ts");
  expect(stdout).toMatch(/^SnakePit-v0: 5 seeds, 200 steps each\n✓ rules: declaration/);
  expect(stdout).toMatch(/\n\d+ parts kept, 1 left open, nothing is broken\n$/);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
});

test("its run knows where it came from, goes on, and learns", async () => {
  const manifest = JSON.parse(readFileSync(join(run, "manifest.json"), "utf8")) as Record<string, unknown>;
  expect(manifest["envModule"]).toMatchObject({ path: join(folder, "snake-pit.ts") });
  const resumed = await ludus(folder, "resume", "last", "--json");
  expect(resumed.stderr).not.toContain("Warning");
  // The best that can be had is about 0.92; random play has about -0.4.
  expect(eventsOf(resumed).at(-1)!["evalReturnMean"]).toBeGreaterThan(0.8);
});

test("its run and the environment itself are watched and listed", async () => {
  const [watched, random, listed] = await Promise.all([
    ludus(folder, "watch", "last", "--terminal"),
    ludus(folder, "watch", "./snake-pit.ts", "--terminal"),
    ludus(folder, "envs", "--env-module", "./snake-pit.ts", "--json"),
  ]);
  expect(watched.stdout).toMatch(/Q-values[\s\S]*▸ (left|right|up|down)[\s\S]*episode 1: return/);
  expect(random.stdout).toContain("SnakePit-v0  random play");
  expect(eventsOf(listed).map(({ id }) => id)).toContain("SnakePit-v0");
});

test("its net is printed, and it is started with, by path and by --env-module", async () => {
  const [byPath, byFlag, byId, none] = await Promise.all([
    ludus(folder, "nets", "./snake-pit.ts", "--json"),
    ludus(folder, "nets", "--env-module=snake-pit.ts", "--json"),
    ludus(folder, "nets", "SnakePit", "--env-module", "./snake-pit.ts", "--agent=pqn", "--json"),
    ludus(folder, "nets", "--env-module=gone.ts"),
  ]);
  expect(eventsOf(byPath)[0]).toMatchObject({ event: "net", net: "SnakePit-v0, dqn" });
  expect(byFlag.stdout).toBe(byPath.stdout);
  expect(eventsOf(byId)[0]).toMatchObject({ net: "SnakePit-v0, pqn" });
  expect(refusalOf(none, 2)).toMatch(/There is no environment module .*gone\.ts/);
  const started = await inFolder((runs) =>
    ludus(folder, "start", "--env-module=./snake-pit.ts", ...tiny, "--runs", runs),
  );
  expect(started.code, started.stderr).toBe(0);
  expect(started.stdout).toMatch(/SnakePit-v0[\s\S]*episode 1: return/);
});

test("a module that has changed is warned of, and one that has moved is asked for", async () => {
  appendFileSync(join(folder, "snake-pit.ts"), "// One more line.\n");
  const changed = await ludus(folder, "eval", "last", "--episodes=2", "--json");
  expect(eventsOf(changed)).toHaveLength(1);
  expect(changed.stderr).toMatch(/^Warning: .*snake-pit\.ts has changed since this run began;/);
  renameSync(join(folder, "snake-pit.ts"), join(folder, "pit.ts"));
  const [gone, found, wrong] = await Promise.all([
    ludus(folder, "eval", "last"),
    ludus(folder, "eval", "last", "--episodes=2", "--env-module=pit.ts", "--json"),
    ludus(folder, "eval", "last", "--env-module", join(broken, "nan-reward.ts")),
  ]);
  expect(refusalOf(gone, 2)).toMatch(
    /plays SnakePit-v0 of the module .*snake-pit\.ts, which is not there any more; say where it is now with --env-module\.$/,
  );
  eventsOf(found);
  expect(refusalOf(wrong, 2)).toMatch(
    /nan-reward\.ts does not bring SnakePit-v0, .*; it brings NanReward-v0\.$/,
  );
  const longer = ["resume", "last", "--steps=5100", "--env-module", "./pit.ts", "--json"];
  expect(eventsOf(await ludus(folder, ...longer)).at(-1)!["steps"]).toBeGreaterThanOrEqual(5100);
});

test("what is there is not overwritten, and bad names are refused", () =>
  inFolder(async (folder) => {
    await asked(folder, "new", "env", "pit", "--dir", "envs");
    const before = readFileSync(join(folder, "envs", "pit.ts"), "utf8");
    const again = await asked(folder, "new", "env", "Pit", "--dir", "envs");
    expect(refusalOf(again, 2)).toMatch(/envs\/pit\.ts is there already and is left as it is/);
    expect(readFileSync(join(folder, "envs", "pit.ts"), "utf8")).toBe(before);
    expect(refusalOf(await asked(folder, "new", "env", "9lives"), 2)).toContain("'9lives'");
    expect(refusalOf(await asked(folder, "new", "env", "cart pole"), 2)).toContain("CartPole-v1 is one of");
  }));

test("check-env names what is broken, in words and in JSON", async () => {
  const path = join(broken, "math-random.ts");
  const [words, json] = await Promise.all([
    ludus(".", "check-env", path, "--steps=60", "--seeds=1"),
    ludus(".", "check-env", path, "--steps=60", "--seeds=1", "--json"),
  ]);
  expect(words.code).toBe(1);
  expect(words.stdout).toMatch(/✗ env: chance .*\n {4}It calls Math\.random\(\) at .*math-random\.ts:11,/);
  expect(words.stdout).toMatch(/\d+ broken; begin with env: chance\n$/);
  const events: Event[] = eventsOf(json, 1);
  expect(events.find(({ part }) => part === "chance")).toMatchObject({
    event: "check",
    env: "MathRandom-v0",
    group: "env",
    outcome: "broken",
    why: expect.stringContaining("Math.random()"),
  });
  expect(events.at(-1)).toMatchObject({ event: "done", envs: ["MathRandom-v0"] });
});

test("a module that fails is told in one sentence, and its stack only to who asks", () =>
  inFolder(async (folder) => {
    cpSync(join(broken, "throws-on-action.ts"), join(folder, "mine.ts"));
    const failed = await ludus(folder, "train", "./mine.ts", ...tiny, "--json");
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(
      /ludus: .*mine\.ts threw "undefined is not iterable.*" \(line 18\); `ludus check-env .*mine\.ts` looks for its faults\.\n$/,
    );
    rmSync(join(folder, "mine.ts"));
    expect(refusalOf(await asked(folder, "train", "./mine.ts"), 2)).toMatch(/There is no environment module/);
    expect(refusalOf(await asked(folder, "check-env", "CartPoll-v1"), 2)).toContain("CartPole-v1");
  }));
