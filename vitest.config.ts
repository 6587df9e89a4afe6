import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import Sequencer from "./test/sequencer.js";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

/** Tests in Chromium, which draws in software: on two cores hardly anything else gets to run beside them. */
const inBrowser = [
  "test/e2e/viewer*.test.ts",
  "test/e2e/scenes.test.ts",
  "test/e2e/play.test.ts",
  "test/e2e/arenas.test.ts",
  "test/e2e/playground.test.ts",
];

/** Tests run on the sources; only `test/e2e` uses what was built. */
export default defineConfig({
  resolve: {
    alias: [
      { find: /^gymnasium-js$/, replacement: path("./gymnasium-js/src/index.ts") },
      { find: /^ludus$/, replacement: path("./src/index.ts") },
      { find: /^ludus\/testing$/, replacement: path("./src/testing/index.ts") },
    ],
  },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "ludus",
          include: ["test/**/*.test.ts", "gymnasium-js/test/**/*.test.ts"],
          exclude: inBrowser,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "browser",
          include: inBrowser,
          sequence: { groupOrder: 1 },
          // What a person sees may take its time on a busy machine.
          expect: { poll: { timeout: 60_000 } },
        },
      },
    ],
    environment: "node",
    sequence: { sequencer: Sequencer },
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default", "./test/reporter.ts"],
    // What hangs, fails; what waits for its turn on a busy machine does not.
    testTimeout: 300_000,
    hookTimeout: 300_000,
  },
});
