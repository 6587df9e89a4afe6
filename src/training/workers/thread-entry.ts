/** Where the built entry of a thread lies. Threads run built files only, also where this is run from its sources. */
export function threadEntry(name: "evaluation-thread" | "host-thread" | "supervisor-thread"): URL {
  const built = import.meta.url.endsWith(".ts") ? "../../../dist/training/workers" : ".";
  return new URL(`${built}/${name}.js`, import.meta.url);
}
