import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { expect } from "vitest";

const root = resolve(import.meta.dirname, "../..");
export const ensure = join(root, "scripts", "ensure.mjs");
export const main = join(root, "dist", "cli", "main.js");

// What is tested is what was built; that is a matter of milliseconds when nothing changed.
const built = spawnSync(process.execPath, [ensure, "--build-only"], { encoding: "utf8" });
if (built.status !== 0) throw new Error(`The build failed:\n${built.stdout}${built.stderr}`);

export interface Outcome {
  /** Exit code; null after a kill. */
  code: number | null;
  stdout: string;
  stderr: string;
}

export type Event = Record<string, unknown> & { event: string };

export interface Started {
  child: ChildProcess;
  ended: Promise<Outcome>;
  /** Resolves with the first JSON line of that kind, or with null if the process ends without one. */
  first(event: string): Promise<Event | null>;
  /** What on stderr fits first; null if the process ends before. */
  said(pattern: RegExp): Promise<string | null>;
}

/** Starts the built command line, as a process of its own, in a folder. */
export function start(folder: string, args: readonly string[], script: string = main): Started {
  const { LUDUS_RUNS: _, NO_COLOR: __, ...env } = process.env;
  // A process that hangs is a failure, and no burden to the machine.
  const child = spawn(process.execPath, [script, ...args], {
    cwd: folder,
    env,
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 170_000,
    killSignal: "SIGKILL",
  });
  const outcome: Outcome = { code: null, stdout: "", stderr: "" };
  let hasEnded = false;
  const waiting: { event: string; resolve: (found: Event | null) => void }[] = [];
  const lookAgain = (): void => {
    for (const wait of [...waiting]) {
      const found = wholeLines(outcome.stdout).find(({ event }) => event === wait.event);
      if (found === undefined) continue;
      waiting.splice(waiting.indexOf(wait), 1);
      wait.resolve(found);
    }
  };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    outcome.stdout += text;
    lookAgain();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    outcome.stderr += text;
  });
  const ended = new Promise<Outcome>((resolve) => {
    child.on("close", (code) => {
      outcome.code = code;
      hasEnded = true;
      for (const wait of waiting) wait.resolve(null);
      resolve(outcome);
    });
  });
  const first = (event: string): Promise<Event | null> =>
    new Promise((resolve) => {
      waiting.push({ event, resolve });
      lookAgain();
      if (hasEnded) resolve(null);
    });
  const said = async (pattern: RegExp): Promise<string | null> => {
    for (;;) {
      const found = pattern.exec(outcome.stderr);
      if (found !== null || hasEnded) return found?.[0] ?? null;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  return { child, ended, first, said };
}

export function ludus(folder: string, ...args: readonly string[]): Promise<Outcome> {
  return start(folder, args).ended;
}

/** The events of a `--json` command that went well: each line an object with its `event`, the last one `done`. */
export function eventsOf({ code, stdout, stderr }: Outcome, expected = 0): Event[] {
  expect(code, stderr).toBe(expected);
  expect(stdout.endsWith("\n")).toBe(true);
  const events = wholeLines(stdout);
  for (const { event } of events) expect(event).toMatch(/^[a-z]+$/);
  expect(events.at(-1)?.event).toBe("done");
  expect(events.filter(({ event }) => event === "done")).toHaveLength(1);
  return events;
}

function wholeLines(stdout: string): Event[] {
  const lines = stdout.split("\n");
  lines.pop();
  return lines.map((line) => JSON.parse(line) as Event);
}

/** A refusal is one sentence on stderr, and nothing on stdout. @returns the sentence */
export function refusalOf({ code, stdout, stderr }: Outcome, expected: number): string {
  const said = stderr.split("\n").filter((line) => line.startsWith("ludus: "));
  expect(said, stderr).toHaveLength(1);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(stderr).not.toContain("does not know");
  expect(code, stderr).toBe(expected);
  expect(stdout).toBe("");
  return said[0]!;
}

/** A folder that is gone after `work`. */
export async function inFolder<T>(work: (folder: string) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "ludus-e2e-"));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

/** Flags that make a run of a second. */
export const tiny = [
  "--steps=600",
  "--seed=1",
  "--eval-episodes=3",
  "--set=dqn.net.hidden=[8]",
  "--set=evaluation.episodes=2",
  "--set=learn.every=16",
  "--set=learn.batchSize=8",
] as const;
