import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type EngineName, engineReport } from "../../src/tensors/index.js";
import { exclusions } from "./excluded.js";
import type { Message, Report } from "./run.js";

const timeLimit = 300_000;

/** Runs the specs in a process of their own: they reset tfjs's engine over and over, and a crash must have a name. */
function runSpecs(engine: EngineName): Promise<Report> {
  const child = fork(fileURLToPath(new URL("./run.ts", import.meta.url)), [engine], {
    execArgv: ["--import", "tsx"],
    silent: true,
    timeout: timeLimit - 10_000,
  });
  let output = "";
  let lastSpec = "none";
  let report: Report | undefined;
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on("data", (chunk: Buffer) => {
      output += chunk.toString();
    });
  }
  child.on("message", (message: Message) => {
    if ("started" in message) lastSpec = message.started;
    else report = message.report;
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code, signal) => {
      if (report) return resolve(report);
      const end = signal ?? `exit code ${code}`;
      reject(new Error(`No report: ${end}; the last spec was "${lastSpec}".\n${output.slice(-4000)}`));
    });
  });
}

const engines = await engineReport();

test.for(["cpu", "native"] as const)(
  "%s passes tfjs-core's own specs",
  { timeout: timeLimit },
  async (name, context) => {
    const { missing } = engines.find((engine) => engine.name === name)!;
    if (missing !== null) context.skip(missing);

    const { failures, passedOnEngine, excluded } = await runSpecs(name);
    expect(failures, `\n${failures.join("\n\n")}\n`).toHaveLength(0);
    expect(passedOnEngine).toBeGreaterThan(3800);
    for (const [spec, count] of Object.entries(excluded)) {
      expect(count, `specs excluded by "${spec}"`).toBeGreaterThan(0);
    }
  },
);

test("an exclusion has a reason", () => {
  for (const { spec, reason } of exclusions) expect(reason, spec).toMatch(/^[A-Z].{20,}\.$/);
});
