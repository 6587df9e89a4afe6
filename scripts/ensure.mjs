// Installs and builds what is missing, then does a task: `node scripts/ensure.mjs <task> [arguments]`.
// Node built-ins only, because it runs before anything is installed. When nothing is missing it costs some
// tens of milliseconds: it compares digests of the lock file and of the sources with those of the last time.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { constants } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { buildNative, textOf, withLock } from "./build-native.mjs";

const root = resolve(dirname(fileURLToPath(import.meta.url)), "..");
const installStamp = join(root, "node_modules", ".ludus-stamp");
const buildStamp = join(root, "dist", ".ludus-stamp");
const sources = [
  "package.json",
  "tsconfig.json",
  "tsconfig.build.json",
  "scripts/bundle.mjs",
  "src",
  "viewer",
  "gymnasium-js/package.json",
  "gymnasium-js/tsconfig.build.json",
  "gymnasium-js/src",
];

const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  fail(
    `Ludus needs Node 20.19 or newer, and this is ${process.versions.node}; install a newer one from your system or nodejs.org.`,
  );
}

const [task, ...rest] = process.argv.slice(2);
const tasks = {
  "--build-only": () => {},
  start: () => node("dist/cli/main.js", "start", ...rest),
  test: () => runTests(rest),
  "test:golden": () =>
    node(
      bin("vitest"),
      "run",
      "test/golden",
      "--reporter=./test/golden/reporter.ts",
      "--disable-console-intercept",
      ...rest,
    ),
  bench: () => node("--import", "tsx", "bench/main.ts", ...rest),
};
const run = tasks[task];
if (!run) fail(`Unknown task '${task ?? ""}'; expected one of ${Object.keys(tasks).join(", ")}.`);

if (task !== "--build-only") await ensureInstalled();
else if (existsSync(join(root, "node_modules"))) stamp(installStamp, installDigest());
await ensureBuilt();
await ensureNative();
run();

async function ensureInstalled() {
  const isInstalled = () => textOf(installStamp) === installDigest();
  if (isInstalled()) return;
  // Beside what npm removes before it installs.
  await withLock(join(root, ".ludus-installing"), "installs the packages", () => isInstalled() || install());
}

function install() {
  say("Installing the packages that Ludus needs (npm ci, once) ...");
  // npm runs `prepare`, which builds; its own lines go to stderr so that stdout keeps a command's results.
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const { status, error } = spawnSync(npm, ["ci", "--no-audit", "--no-fund", "--include=dev"], {
    cwd: root,
    stdio: ["ignore", 2, 2],
    shell: process.platform === "win32",
  });
  if (status !== 0) fail(`npm ci failed${error ? ` (${error.message})` : ""}; its lines above say why.`);
  stamp(installStamp, installDigest());
}

async function ensureBuilt() {
  const digest = sourceDigest();
  const isBuilt = () => textOf(buildStamp) === digest;
  if (isBuilt()) return;
  const tsc = join(root, "node_modules", "typescript", "bin", "tsc");
  if (!existsSync(tsc)) {
    // A production install (`npm ci --omit=dev`) has no compiler; a packed Ludus ships its dist.
    if (existsSync(buildStamp)) return;
    fail(
      "TypeScript is not installed, so Ludus cannot be built here; run `npm ci` (with the development packages) first.",
    );
  }
  const lock = join(root, "node_modules", ".ludus-building");
  await withLock(lock, "builds Ludus", () => isBuilt() || build(tsc, digest));
}

function build(tsc, digest) {
  say("Building Ludus ...");
  // What was built from sources that are no more would still be packed and imported.
  for (const folder of ["gymnasium-js/dist", "dist"])
    rmSync(join(root, folder), { recursive: true, force: true });
  for (const project of ["gymnasium-js/tsconfig.build.json", "tsconfig.build.json"]) {
    const { status } = spawnSync(process.execPath, [tsc, "-p", project], {
      cwd: root,
      stdio: ["ignore", 2, 2],
    });
    if (status !== 0) fail(`The build of ${project} failed; the compiler's lines above say why.`);
  }
  buildWith("The bundling of Ludus", ["scripts/bundle.mjs"]);
  buildWith("The build of the viewer's page", [
    join(root, "node_modules", "vite", "bin", "vite.js"),
    ...["build", "--config", "viewer/vite.config.ts", "--logLevel", "warn"],
  ]);
  // npm makes a package's command executable when it installs it; this one did not exist then.
  chmodSync(join(root, "dist", "cli", "main.js"), 0o755);
  stamp(buildStamp, digest);
}

function buildWith(what, args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
  if (status !== 0) fail(`${what} failed; the lines above say why.`);
}

/** Ludus works without its native engine, so this is no failure; one line says what is missing. */
async function ensureNative() {
  const result = await buildNative({ announce: say });
  // While npm installs, its script `install` has said so a moment ago.
  const installing = ["ci", "install"].includes(process.env["npm_command"] ?? "");
  if ("missing" in result && !installing) say(result.missing);
}

/** Types first (they are tests, too), then everything else. */
function runTests(args) {
  if (args.length === 0) {
    for (const project of ["tsconfig.json", "viewer/tsconfig.json"]) {
      const { status } = spawnSync(process.execPath, [bin("typescript", "tsc"), "-p", project], {
        cwd: root,
        stdio: "inherit",
      });
      if (status !== 0) fail("The type tests failed; the compiler's lines above say where.");
    }
  }
  node(bin("vitest"), "run", ...args);
}

/** Becomes the program: same standard streams, same exit code. Signals go to the whole foreground group. */
function node(...args) {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => {});
  const { status, signal } = spawnSync(process.execPath, args, { cwd: root, stdio: "inherit" });
  process.exit(status ?? 128 + (constants.signals[signal] ?? 0));
}

function bin(name, command = name) {
  const manifest = JSON.parse(readFileSync(join(root, "node_modules", name, "package.json"), "utf8"));
  const path = typeof manifest.bin === "string" ? manifest.bin : manifest.bin[command];
  return join(root, "node_modules", name, path);
}

function installDigest() {
  return digest([join(root, "package-lock.json"), join(root, "package.json")]) + process.versions.modules;
}

function sourceDigest() {
  return digest(sources.flatMap((path) => filesBelow(join(root, path))));
}

function filesBelow(path) {
  if (!existsSync(path)) return [];
  const entries = (() => {
    try {
      return readdirSync(path, { withFileTypes: true });
    } catch {
      return null;
    }
  })();
  if (entries === null) return [path];
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)],
    );
}

function digest(files) {
  const hash = createHash("sha256");
  for (const file of files) hash.update(file.slice(root.length)).update("\0").update(readFileSync(file));
  return hash.digest("hex");
}

/** Whoever reads it at the same time finds all of it: a half of it would say that all is to be installed anew. */
function stamp(file, text) {
  if (textOf(file) === text) return;
  mkdirSync(dirname(file), { recursive: true });
  const fresh = `${file}.${process.pid}`;
  writeFileSync(fresh, text);
  renameSync(fresh, file);
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(sentence) {
  say(sentence);
  process.exit(1);
}
