import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { rootFolder } from "../../root-folder.js";

/** Where the native engine's addon lies and who put it there, or one sentence why there is none and what helps. */
export type AddonFile = { path: string; origin: "LUDUS_NATIVE" | "build" | "prebuilt" } | { missing: string };

/**
 * Looks for the addon: at the path in `LUDUS_NATIVE`, then for the one compiled when Ludus was installed, then for the
 * package `ludus-native-<platform>-<arch>`.
 */
export function findAddon(): AddonFile {
  const named = process.env["LUDUS_NATIVE"];
  if (named) {
    const path = resolve(named);
    if (existsSync(path)) return { path, origin: "LUDUS_NATIVE" };
    return {
      missing: `LUDUS_NATIVE is "${named}", where there is no file; correct it, or use --engine wasm.`,
    };
  }
  const built = fileURLToPath(new URL("native/build/ludus.node", rootFolder));
  if (existsSync(built)) return { path: built, origin: "build" };
  try {
    const name = `ludus-native-${process.platform}-${process.arch}`;
    return { path: createRequire(import.meta.url).resolve(name), origin: "prebuilt" };
  } catch {
    return { missing: missingSentence() };
  }
}

function missingSentence(): string {
  if (process.platform === "win32")
    return "The native engine does not build on Windows yet; use --engine wasm.";
  const again =
    "run `npm rebuild ludus` (`npm run prepare` in Ludus's repository); meanwhile use --engine wasm.";
  const log = fileURLToPath(new URL("native/build/log", rootFolder));
  if (existsSync(log)) {
    return `The native engine was not built because its compilation failed (${log} says why); mend that and ${again}`;
  }
  return `The native engine was not built because no C++ compiler was found when Ludus was installed; install g++ or clang++ and ${again}`;
}
