import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const path = (relative: string) => fileURLToPath(new URL(relative, import.meta.url));

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
    include: ["test/**/*.test.ts", "gymnasium-js/test/**/*.test.ts"],
    environment: "node",
    pool: "forks",
    maxWorkers: 2,
    reporters: ["default", "./test/reporter.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
