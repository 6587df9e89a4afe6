import { rootFolder } from "../../root-folder.js";

/** Where the built entry of a thread lies. Threads run built files only, also where this is run from its sources. */
export function threadEntry(name: "evaluation-thread" | "host-thread" | "supervisor-thread"): URL {
  return new URL(`dist/training/workers/${name}.js`, rootFolder);
}
