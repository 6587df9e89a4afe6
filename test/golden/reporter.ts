import type { Reporter, TestCase, TestModule } from "vitest/node";

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

  onTestRunEnd(modules: readonly TestModule[], errors: readonly { message: string }[]): void {
    // A file that could not be loaded has no tests that fail.
    const all = [...modules.flatMap((module) => module.errors()), ...errors];
    for (const error of all) console.log(error.message);
    console.log(`\n${this.passed} passed, ${this.failed + all.length} failed`);
  }
}
