import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, test } from "vitest";

/** Which rooms of the house a room may import from; `node` means Node's own modules. See docs/architecture.md. */
const mayImport: Record<string, readonly string[]> = {
  "gymnasium-js": [],
  envs: ["gymnasium-js"],
  replay: ["gymnasium-js"],
  // Of replay, the checksum that PNG has too.
  video: ["gymnasium-js", "replay", "fflate", "node"],
  streams: ["gymnasium-js", "rxjs"],
  tensors: ["root-folder", "@tensorflow/*", "zod", "node"],
  nets: ["gymnasium-js", "tensors", "zod"],
  agents: ["gymnasium-js", "nets", "tensors", "replay", "zod"],
  multiagent: ["gymnasium-js"],
  testing: ["gymnasium-js", "replay", "agents", "multiagent"],
  charts: ["d3-scale", "d3-shape"],
  supervised: ["gymnasium-js", "nets", "tensors", "streams", "rxjs", "zod"],
  datasets: [
    "gymnasium-js",
    "root-folder",
    "supervised",
    "csv-parse/sync",
    "fast-png",
    "fflate",
    "jpeg-js",
    "zod",
    "node",
  ],
  tasks: ["gymnasium-js", "nets", "tensors", "supervised", "datasets", "charts", "zod"],
  training: [
    "gymnasium-js",
    "envs",
    "streams",
    "replay",
    "tensors",
    "nets",
    "agents",
    "multiagent",
    "supervised",
    "datasets",
    "tasks",
    "root-folder",
    "rxjs",
    "zod",
    "node",
  ],
  viewer: ["gymnasium-js", "agents", "@msgpack/msgpack", "ws", "zod", "node"],
  cli: [
    "gymnasium-js",
    "training",
    "supervised",
    "datasets",
    "tasks",
    "charts",
    "viewer",
    "envs",
    "nets",
    "tensors",
    "agents",
    "replay",
    "multiagent",
    "testing",
    "index",
    "root-folder",
    "rxjs",
    "commander",
    "d3-scale",
    "d3-shape",
    "jiti",
    "zod",
    "node",
  ],
  index: [
    "gymnasium-js",
    "multiagent",
    "envs",
    "streams",
    "replay",
    "tensors",
    "nets",
    "agents",
    "supervised",
    "datasets",
    "tasks",
    "training",
    "video",
  ],
};

/**
 * Rooms of which only types may be imported: contract tests get what they test from outside, engine and all, and the viewer
 * what it shows.
 */
const typesOnly: Record<string, readonly string[]> = {
  testing: ["replay", "agents", "multiagent"],
  viewer: ["agents"],
};

const root = resolve(import.meta.dirname, "..");

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    return entry.isDirectory() ? filesBelow(path) : entry.name.endsWith(".ts") ? [path] : [];
  });
}

function roomOf(file: string): string {
  const path = relative(root, file);
  if (path.startsWith("gymnasium-js")) return "gymnasium-js";
  const [, room = ""] = path.split("/");
  return room.replace(/\.ts$/, "");
}

function importsOf(file: string): string[] {
  return specifiersIn(readFileSync(file, "utf8"));
}

function specifiersIn(source: string): string[] {
  const patterns = [
    /^(?:import|export)\b[^;'"]*?\bfrom\s+["']([^"']+)["']/gm,
    /^import\s+["']([^"']+)["']/gm,
    /\bimport\(\s*["']([^"']+)["']/g,
  ];
  return patterns.flatMap((pattern) => [...source.matchAll(pattern)].map((match) => match[1]!));
}

function targetOf(file: string, specifier: string): string {
  if (specifier.startsWith("node:")) return "node";
  if (specifier.startsWith(".")) return roomOf(resolve(dirname(file), specifier.replace(/\.js$/, ".ts")));
  return specifier.startsWith("@tensorflow/") ? "@tensorflow/*" : specifier;
}

const files = [...filesBelow(join(root, "src")), ...filesBelow(join(root, "gymnasium-js", "src"))];

test("imports run one way", () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .map((specifier) => ({ room: roomOf(file), target: targetOf(file, specifier), specifier }))
      .filter(({ room, target }) => room !== target && !(mayImport[room] ?? []).includes(target))
      .map(({ room, specifier }) => `${relative(root, file)}: ${room} may not import ${specifier}`),
  );
  expect(files.length).toBeGreaterThan(20);
  expect(wrong).toEqual([]);
});

test("where only types may be imported, nothing else is", () => {
  const wrong = files
    .filter((file) => roomOf(file) in typesOnly)
    .flatMap((file) => {
      const withoutTypes = readFileSync(file, "utf8").replace(/^(?:import|export) type [^;]*;/gm, "");
      return specifiersIn(withoutTypes)
        .filter((specifier) => typesOnly[roomOf(file)]?.includes(targetOf(file, specifier)))
        .map((specifier) => `${relative(root, file)}: import type from ${specifier}`);
    });
  expect(wrong).toEqual([]);
});

test("randomness and clocks stay out of the sources", () => {
  const wrong = files.flatMap((file) => {
    const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
    const clock = ["cli", "training"].includes(roomOf(file)) ? null : /\bDate\b|\bnew Date\b/;
    return [/\bMath\.random\b/, clock]
      .filter((pattern) => pattern?.test(code))
      .map((pattern) => `${relative(root, file)}: ${pattern}`);
  });
  expect(wrong).toEqual([]);
});

test("properties are tried on the same cases in every run", () => {
  const seeded = resolve(root, "test", "properties.ts");
  const tests = [...filesBelow(join(root, "test")), ...filesBelow(join(root, "gymnasium-js", "test"))];
  const wrong = tests
    .filter((file) => file !== seeded && importsOf(file).includes("fast-check"))
    .map((file) => `${relative(root, file)}: import fc from properties.ts, which seeds it`);
  expect(importsOf(seeded)).toContain("fast-check");
  expect(wrong).toEqual([]);
});
