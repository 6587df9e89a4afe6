import type { Reporter, TestCase } from "vitest/node";

/** For `npm run test:golden`: the tallies print themselves; this adds only what failed. */
export default class GoldenReporter implements Reporter {
  private failed = 0;
  private passed = 0;

  onTestCaseResult(test: TestCase): void {
    const result = test.result();
    if (result.state === "failed") {
      this.failed++;
      for (const error of result.errors) console.log(`${test.fullName}\n${error.message}\n`);
    } else if (result.state === "passed") this.passed++;
  }

  onTestRunEnd(_modules: unknown, errors: readonly { message: string }[]): void {
    for (const error of errors) console.log(error.message);
    console.log(`\n${this.passed} passed, ${this.failed + errors.length} failed`);
  }
}
