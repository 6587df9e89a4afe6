import { type ChildProcessByStdio, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable, Writable } from "node:stream";
import { afterAll } from "vitest";
import type { Outcome } from "./ludus.js";

interface Host {
  child: ChildProcessByStdio<Writable, Readable, null>;
  lines: AsyncIterator<string>;
}

let host: Host | null = null;
let turn: Promise<unknown> = Promise.resolve();

/**
 * What the built command line answers, in a process that all questions of a test file share, one after the other: for command lines
 * that are refused, or only tell something. To start a process for each takes longer than all else that they do.
 */
export function asked(folder: string, ...args: readonly string[]): Promise<Outcome> {
  const answer = turn.then(async () => {
    host ??= startHost();
    host.child.stdin.write(`${JSON.stringify({ folder, args })}\n`);
    const { done, value } = await host.lines.next();
    if (done) throw new Error(`The host of command lines ended at: ludus ${args.join(" ")}`);
    return JSON.parse(value) as Outcome;
  });
  turn = answer.catch(() => {});
  return answer;
}

function startHost(): Host {
  const { LUDUS_RUNS: _, NO_COLOR: __, ...env } = process.env;
  const child = spawn(process.execPath, [join(import.meta.dirname, "host.mjs")], {
    env,
    stdio: ["pipe", "pipe", "inherit"],
  });
  return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
}

afterAll(() => host?.child.kill());
