import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";

const path = (relative: string): string => fileURLToPath(new URL(relative, import.meta.url));

/** The page as files that `ludus watch` serves: everything in one script, nothing from elsewhere. */
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
});
