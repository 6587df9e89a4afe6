import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { expect, type TestContext, test } from "vitest";
import type { FuzzReport } from "./fuzz-kernels.js";

const run = promisify(execFile);
const root = resolve(import.meta.dirname, "../..");
const compiler = process.env["CXX"]?.trim() || "c++";

/** GCC's runtimes of the sanitizers, which have to be in the process before Node's own memory is. */
async function runtimesOr(context: TestContext): Promise<string[]> {
  const [command, ...args] = compiler.split(/\s+/) as [string, ...string[]];
  const paths: string[] = [];
  for (const library of ["libasan.so", "libubsan.so"]) {
    const found = await run(command, [...args, `-print-file-name=${library}`]).catch(() => null);
    if (found === null) context.skip(`The sanitizers need a C++ compiler, and "${compiler}" does not start.`);
    const path = found.stdout.trim();
    if (!existsSync(path)) context.skip(`The compiler "${compiler}" comes without ${library}.`);
    paths.push(path);
  }
  return paths;
}

interface ChildReport {
  instructionSet: string;
  run: FuzzReport;
  programs: FuzzReport;
}

/** Null if the processor has not this instruction set. @throws with all that the sanitizers said */
async function childWith(instructionSet: string, runtimes: readonly string[]): Promise<ChildReport | null> {
  const addon = resolve(root, "native/build-sanitize/ludus.node");
  const env = {
    ...process.env,
    LD_PRELOAD: runtimes.join(" "),
    // Node does not free everything when it ends.
    ASAN_OPTIONS: "detect_leaks=0",
    UBSAN_OPTIONS: "halt_on_error=1:print_stacktrace=1",
    LUDUS_ISA: instructionSet,
    LUDUS_THREADS: "2",
  };
  try {
    const child = resolve(import.meta.dirname, "sanitized-child.ts");
    const { stdout } = await run(process.execPath, ["--import", "tsx", child, addon], { cwd: root, env });
    return JSON.parse(stdout) as ChildReport;
  } catch (error) {
    if (String((error as { stderr?: string }).stderr).includes("this processor or build has not"))
      return null;
    throw error;
  }
}

test("AddressSanitizer and UndefinedBehaviorSanitizer find nothing in valid and random calls", {
  timeout: 600_000,
}, async (context) => {
  const runtimes = await runtimesOr(context);
  await run(process.execPath, ["scripts/build-native.mjs", "--sanitize", "--required"], { cwd: root });
  const reports: ChildReport[] = [];
  for (const instructionSet of ["avx512", "avx2", "baseline", "neon"]) {
    const report = await childWith(instructionSet, runtimes);
    if (report !== null) reports.push(report);
    if (report !== null) expect(report.instructionSet).toBe(instructionSet);
  }
  expect(reports.length).toBeGreaterThan(0);
  for (const report of reports) {
    expect(report.run.returned).toBeGreaterThan(2000);
    expect(report.programs.returned).toBeGreaterThan(500);
  }
});
