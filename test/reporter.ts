import type { Reporter, TestCase } from "vitest/node";

/**
 * Prints each skipped test with its reason, then each failed one with its error, and closes with one plain line: whoever
 * sees the end of a log only sees what failed. A skip without a reason (`context.skip("why")`) fails the run: silence
 * must not look like success.
 */
export default class LudusReporter implements Reporter {
  private passed = 0;
  private readonly failures: string[] = [];
  private readonly skips: { name: string; reason: string | undefined }[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === "passed") this.passed++;
    else if (result.state === "failed") this.failures.push(failureOf(test, result.errors));
    else this.skips.push({ name: test.fullName, reason: "note" in result ? result.note : undefined });
  }

  onTestRunEnd(_modules: unknown, errors: readonly unknown[]): void {
    for (const { name, reason } of this.skips) {
      console.log(`skipped: ${name}: ${reason ?? "NO REASON GIVEN"}`);
    }
    const unexplained = this.skips.filter(({ reason }) => !reason).length;
    if (unexplained > 0) {
      console.log(`${unexplained} tests were skipped without a reason, which counts as failure.`);
      process.exitCode = 1;
    }
    for (const failure of this.failures) console.log(`failed: ${failure}`);
    const failed = this.failures.length + unexplained + errors.length;
    console.log(`\n${this.passed} passed, ${failed} failed, ${this.skips.length - unexplained} skipped`);
  }
}

/** Where it is, what it is called, what was thrown, and where in this repository. */
function failureOf(test: TestCase, errors: readonly { message: string; stacks?: Frame[] }[]): string {
  const thrown = errors.map(({ message, stacks = [] }) =>
    [message, ...stacks.map(({ file, line }) => `    at ${file}:${line}`)].join("\n"),
  );
  return `${test.module.relativeModuleId} > ${test.fullName}: ${thrown.join("\n")}`;
}

interface Frame {
  file: string;
  line: number;
}
