// What the viewer costs and gives: training speed with a page open against none, frames per second of a wall of boards, time to
// the first paint, and the weight of the page. Chromium draws in software, on the same cores that train.
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { browserPath, openBrowser, whyNoBrowser } from "../test/e2e/browser.js";
import {
  type Bench,
  type BenchOptions,
  type BenchRecord,
  median,
  rounded,
  scaled,
  takeTurns,
} from "./harness/bench.js";

const command = fileURLToPath(new URL("../dist/cli/main.js", import.meta.url));
const builtPage = fileURLToPath(new URL("../dist/viewer/page", import.meta.url));

async function* run(options: BenchOptions): AsyncIterable<BenchRecord> {
  yield { what: "page, compressed", value: rounded(pageBytes() / 1000, 1), unit: "kB" };
  if (browserPath === null) {
    console.error(`The rest is not measured: ${whyNoBrowser}.`);
    return;
  }
  const browser = await openBrowser();
  const folder = mkdtempSync(join(tmpdir(), "ludus-bench-"));
  try {
    yield* firstPaint(browser, folder);
    yield* wall(browser, folder, options);
    for (const agent of ["pqn", "dqn"] as const) yield* training(browser, folder, agent, options);
  } finally {
    await browser.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

function pageBytes(): number {
  return readdirSync(builtPage, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => gzipSync(readFileSync(join(entry.parentPath, entry.name))).length)
    .reduce((sum, bytes) => sum + bytes, 0);
}

/** Milliseconds from asking for the address to the first text, and to the first board, each time in a fresh browser context. */
async function* firstPaint(browser: Browser, folder: string): AsyncIterable<BenchRecord> {
  const watching = launch(folder, ["watch", "breakout", "--port=0"]);
  try {
    const [paints, boards]: [number[], number[]] = [[], []];
    for (let round = 0; round < 5; round++) {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(await watching.address);
      await page.locator(".score").waitFor();
      const [paint, board] = await page.evaluate(() => [
        performance.getEntriesByName("first-contentful-paint")[0]!.startTime,
        performance.now(),
      ]);
      paints.push(paint!);
      boards.push(board!);
      await context.close();
    }
    yield { what: "first paint", value: rounded(middle(paints), 0), unit: "ms" };
    yield { what: "first board", value: rounded(middle(boards), 0), unit: "ms" };
  } finally {
    watching.child.kill("SIGINT");
  }
}

/** Pictures of the screen in which 64 boards are drawn, while each makes 30 steps a second. */
async function* wall(browser: Browser, folder: string, options: BenchOptions): AsyncIterable<BenchRecord> {
  const watching = launch(folder, ["watch", "breakout", "--boards=64", "--port=0"]);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.goto(await watching.address);
    await page.getByLabel("Speed").selectOption({ label: "30 a second" });
    await page.waitForTimeout(1000);
    const seconds = Math.max(1, 5 * options.effort);
    yield { what: "64 boards", value: rounded(await framesPerSecond(page, seconds), 1), unit: "frames/s" };
    await page.close();
  } finally {
    watching.child.kill("SIGINT");
  }
}

/** As text, because the compiler that runs benches puts helpers into functions, which the page has not. */
const countFrames = (milliseconds: number): string => `new Promise((done) => {
  let frames = -1;
  const start = performance.now();
  const count = () => {
    frames++;
    const passed = performance.now() - start;
    if (passed < ${milliseconds}) requestAnimationFrame(count);
    else done((frames / passed) * 1000);
  };
  requestAnimationFrame(count);
})`;

function framesPerSecond(page: Page, seconds: number): Promise<number> {
  return page.evaluate<number>(countFrames(seconds * 1000));
}

/** Steps per second of the same run with a page that watches it and without, in turns. */
async function* training(
  browser: Browser,
  folder: string,
  agent: "pqn" | "dqn",
  options: BenchOptions,
): AsyncIterable<BenchRecord> {
  // Some seconds even with --quick: a page takes one to open.
  const [most, least] = agent === "pqn" ? [400_000, 150_000] : [15_000, 5000];
  const steps = Math.max(scaled(most, options), least);
  const flags = [`--agent=${agent}`, `--steps=${steps}`, "--seed=1", "--json", `--runs=${folder}`];
  if (agent === "dqn") flags.push("--set=dqn.net.type=minatar");
  const frames: number[] = [];
  const alone = () => secondsOf(launch(folder, ["train", "breakout", ...flags]), steps);
  const watched = async () => {
    const training = launch(folder, ["train", "breakout", ...flags, "--watch"]);
    const page = await browser.newPage({ viewport: { width: 1280, height: 720 } });
    await page.goto(await training.address);
    await page.waitForSelector("canvas");
    // Long before the end: what comes after it would be measured at rest.
    frames.push(await framesPerSecond(page, 2));
    const seconds = await secondsOf(training, steps);
    await page.close();
    return seconds;
  };
  const [without, withPage] = (await takeTurns([alone, watched], { repetitions: 5, warmUps: 0 })).map(median);
  yield {
    what: `training, ${agent}, watched`,
    value: rounded((without! / withPage!) * 100, 1),
    unit: "% of its speed unwatched",
    stepsPerSecond: rounded(steps / withPage!, 0),
    framesPerSecond: rounded(middle(frames), 1),
  };
}

interface Launched {
  child: ChildProcess;
  /** Of the viewer. */
  address: Promise<string>;
  /** All of standard output, when it has ended. */
  output: Promise<string>;
}

function launch(folder: string, args: readonly string[]): Launched {
  const child = spawn(process.execPath, [command, ...args], { cwd: folder });
  let [out, errors] = ["", ""];
  child.stdout.on("data", (data: Buffer) => (out += String(data)));
  const output = new Promise<string>((done) => child.on("close", () => done(out)));
  const address = new Promise<string>((done, fail) => {
    child.stderr.on("data", (data: Buffer) => {
      errors += String(data);
      const found = /http:\/\/\S+/.exec(errors);
      if (found !== null) done(found[0]);
    });
    child.on("close", () => fail(new Error(errors)));
  });
  // Whoever never asks for the address does not care.
  address.catch(() => {});
  return { child, address, output };
}

/** Share of a training that is over when it is timed: by then the page is open. */
const untimed = 0.4;

/** Of the rest of a training, by its own clock, scaled to all of its steps. */
async function secondsOf({ output }: Launched, steps: number): Promise<number> {
  const { run } = JSON.parse((await output).trim().split("\n").at(-1)!) as { run: string };
  const timed = readFileSync(join(run, "timing.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { step: number; seconds: number })
    .filter(({ step }) => step >= untimed * steps);
  const [first, last] = [timed[0]!, timed.at(-1)!];
  return ((last.seconds - first.seconds) / (last.step - first.step)) * steps;
}

function middle(values: readonly number[]): number {
  return median([...values].sort((a, b) => a - b));
}

export default {
  name: "viewer",
  describe: "the viewer: training speed while watched, 64 boards, first paint, weight of the page",
  run,
} satisfies Bench;
