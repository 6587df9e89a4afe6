import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { eventsOf, inFolder, ludus, start } from "./ludus.js";

const tiny = ["bench-learning", "toy-text", "--only=Cliff", "--seeds=2", "--steps=3000"];

test("a suite is trained in processes, told as a table, and written into a page; then it is known", () =>
  inFolder(async (folder) => {
    const first = await ludus(folder, ...tiny, "--docs=page.md");
    expect(first.code, first.stderr).toBe(0);
    expect(first.stdout).toMatch(/CliffWalking-v1, tabular \(q-learning\) +2 .* of 2/);
    const page = readFileSync(join(folder, "page.md"), "utf8");
    expect(page).toContain("<!-- bench-learning:toy-text -->");
    expect(page).toContain("| CliffWalking-v1, tabular (q-learning) | 2 |");
    const [, picture] = /\((benchmarks\/[\w-]+\.svg)\)/.exec(page)!;
    expect(existsSync(join(folder, picture!))).toBe(true);
    const again = await ludus(folder, ...tiny, "--json");
    expect(again.stderr).toMatch(/seed 1: return .* \(trained before\)/);
    expect(eventsOf(again).at(-1)).toEqual({
      ...{ event: "done", suite: "toy-text", runs: 2, failed: 0, aggregate: null },
    });
  }));

test("an interrupted bench goes on, and one failed seed does not end it", () =>
  inFolder(async (folder) => {
    const args = [
      "bench-learning",
      "toy-text",
      "--only=Cliff",
      "--seeds=2",
      "--steps=150000",
      "--processes=1",
    ];
    const begun = start(folder, args);
    await begun.said(/seed 1: return/);
    begun.child.kill("SIGINT");
    const interrupted = await begun.ended;
    expect(interrupted.code, interrupted.stderr).toBe(130);
    expect(interrupted.stdout).toBe("");
    expect(interrupted.stderr).not.toContain("seed 2");
    const runs = join(folder, "runs", "CliffWalking-v1");
    const [first] = readdirSync(runs);
    const lock = join(runs, first!, "lock");
    // As though another process were training it.
    writeFileSync(lock, JSON.stringify({ pid: process.pid, host: hostname() }));
    const without = await ludus(folder, ...args, "--json");
    expect(eventsOf(without, 1)).toMatchObject([
      { event: "entry", seeds: [2] },
      { runs: 1, failed: 1 },
    ]);
    expect(without.stderr).toMatch(/seed 1: failed: The run .* is in use by process \d+/);
    expect(without.stderr).toMatch(
      /1 of 2 trainings failed: CliffWalking-v1, tabular \(q-learning\), seed 1\.\n$/,
    );
    rmSync(lock);
    const whole = await ludus(folder, ...args, "--json");
    expect(eventsOf(whole)).toMatchObject([
      { event: "entry", seeds: [1, 2] },
      { runs: 2, failed: 0 },
    ]);
    expect(whole.stderr).toMatch(/seed 1: begun at [1-9][\d,]* of 150,000 steps/);
    expect(whole.stderr).not.toContain("seed 2: begun");
    expect(readdirSync(runs)).toHaveLength(2);
  }));

test("an unknown suite or entry is one sentence", () =>
  inFolder(async (folder) => {
    const suite = await ludus(folder, "bench-learning", "clasic");
    expect(suite.code).toBe(2);
    expect(suite.stderr).toMatch(/^ludus: There is no suite 'clasic'.*did you mean 'classic'\?\n$/);
    const entry = await ludus(folder, ...tiny, "--only=Clif?");
    expect(entry.code).toBe(2);
    expect(entry.stderr).toMatch(/^ludus: No entry of toy-text has 'Clif\?'/);
  }));
