import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/**
 * The pages as files that `ludus watch` and `ludus playground` serve, with nothing from elsewhere. Each is built on its own:
 * neither grows by what the other needs.
 */
export default defineConfig({
  root: path("."),
  base: "./",
  resolve: { alias: { "gymnasium-js": path("../gymnasium-js/src/index.ts") } },
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  build: {
    outDir: path("../dist/viewer/page"),
    emptyOutDir: true,
    target: "es2022",
    modulePreload: false,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000,
    // One script, so that it can be put into a file that opens without a server.
    rolldownOptions: { output: { codeSplitting: false } },
  },
  builder: {},
  environments: {
    playground: {
      consumer: "client",
      build: {
        emptyOutDir: false,
        rolldownOptions: {
          input: path("playground.html"),
          // Engines of which the page makes no use.
          external: [/\/native\/(register|report)\.js$/, /\/engines\/wasm\.js$/],
          output: { codeSplitting: true },
        },
      },
    },
  },
});
