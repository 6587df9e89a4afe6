import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take the longest. A fresh clone remembers no times, and the slowest would otherwise begin last and run alone. */
const slowest = [
  "test/contract/envs.test.ts",
  "test/e2e/commands.test.ts",
  "test/native/sanitized.test.ts",
  "test/bench.test.ts",
  "test/e2e/refusals.test.ts",
  "test/e2e/interruptions.test.ts",
  "test/e2e/tune.test.ts",
  "test/envs/allocation.test.ts",
  "test/training/workers/worker-vector.test.ts",
  "test/agents/dqn/switches.test.ts",
  "test/e2e/custom-envs.test.ts",
  "test/e2e/guide.test.ts",
  "test/e2e/arenas.test.ts",
  "test/e2e/viewer.test.ts",
  "test/e2e/scenes.test.ts",
];

/** Slow files first, in that order; then as vitest has it. */
export default class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = slowest.findIndex((file) => moduleId.endsWith(file));
      return at < 0 ? slowest.length : at;
    };
    return sorted.sort((a, b) => rank(a) - rank(b));
  }
}
