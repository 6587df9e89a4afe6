import type { Reporter, TestCase } from "vitest/node";

/**
 * Prints each skipped test with its reason, and closes with one plain line. A skip without a reason
 * (`context.skip("why")`) fails the run: silence must not look like success.
 */
export default class LudusReporter implements Reporter {
  private passed = 0;
  private failed = 0;
  private readonly skips: { name: string; reason: string | undefined }[] = [];

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === "passed") this.passed++;
    else if (result.state === "failed") this.failed++;
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
    const failed = this.failed + unexplained + errors.length;
    console.log(`\n${this.passed} passed, ${failed} failed, ${this.skips.length - unexplained} skipped`);
  }
}
