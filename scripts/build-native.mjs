// Compiles the native engine: `node scripts/build-native.mjs [--required] [--sanitize]`.
// Node built-ins only, and nothing is ever downloaded. npm runs it when Ludus is installed, and it never fails an
// installation: where there can be no engine, one line on stderr says why (with --required the exit code is 1).
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import * as fs from "node:fs";
import { createRequire } from "node:module";
import { availableParallelism, tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const self = fs.realpathSync(fileURLToPath(import.meta.url));
const root = resolve(dirname(self), "..");
const sourceFolder = join(root, "native", "src");
const require = createRequire(join(root, "package.json"));
/** The repository has this script; an installed Ludus does not. */
const inRepository = fs.existsSync(join(root, "scripts", "ensure.mjs"));

/** Flags of kernels.cpp for each instruction set, the least demanding first (see `units`). */
const instructionSets = {
  x64: {
    baseline: [],
    avx2: ["-mavx2", "-mfma"],
    avx512: [
      ...["-mavx512f", "-mavx512bw", "-mavx512dq", "-mavx512vl", "-mavx2", "-mfma"],
      "-mprefer-vector-width=512",
    ],
  },
  arm64: { neon: [] },
}[process.arch] ?? { baseline: [] };

const commonFlags = [
  ...["-std=c++17", "-fPIC", "-fvisibility=hidden", "-fexceptions", "-pthread"],
  // Results must not depend on what a compiler fuses: the sources say where they want it.
  ...["-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"],
  ...["-Wall", "-Wextra", "-Wno-psabi"],
  ...["-DNAPI_VERSION=8", "-DNODE_ADDON_API_DISABLE_DEPRECATED", "-DNAPI_CPP_EXCEPTIONS"],
];
const sanitizeFlags = [
  ...["-O0", "-g1", "-fno-omit-frame-pointer"],
  ...["-fsanitize=address,undefined", "-fno-sanitize-recover=undefined"],
];
const onMac = process.platform === "darwin";
/** A compiler on macOS may take the other architecture than this Node's for its own. */
const targetFlags = onMac ? ["-arch", process.arch === "x64" ? "x86_64" : process.arch] : [];
const linkFlags = onMac ? ["-bundle", "-undefined", "dynamic_lookup"] : ["-shared"];

/** Why there is no native engine, and what helps: the middle of the one line. */
class NotBuilt extends Error {}

/**
 * Builds native/build/ludus.node, unless it is there and of these sources, flags and compiler.
 *
 * @param {{ sanitize?: boolean, announce?: (line: string) => void }} options `announce` hears of a build that begins
 * @returns {Promise<{ file: string, built: boolean } | { missing: string }>} the addon, or one sentence why there is
 *   none
 */
export async function buildNative({ sanitize = false, announce = () => {} } = {}) {
  const folder = join(root, "native", sanitize ? "build-sanitize" : "build");
  const file = join(folder, "ludus.node");
  const stamp = join(folder, "stamp");
  const log = join(folder, "log");
  try {
    if (process.platform === "win32") throw new NotBuilt("it does not build on Windows yet.");
    const prebuilt = sanitize ? null : prebuiltThatLoads();
    if (prebuilt !== null) return { file: prebuilt, built: false };
    const includes = includeFlags();
    const flags = [...commonFlags, ...targetFlags, ...(sanitize ? sanitizeFlags : ["-O3"])];
    const digest = sourceDigest(flags);
    const compiler = findCompiler();
    const isBuilt = () => {
      const [builtFrom, builtBy] = fs.existsSync(file) ? (textOf(stamp)?.split("\n") ?? []) : [];
      // Without a compiler, an addon of these sources may stay, whichever compiler made it.
      return builtFrom === digest && builtBy === (compiler?.version ?? builtBy);
    };
    const removeOld = () => {
      for (const old of [stamp, file, log]) fs.rmSync(old, { force: true });
    };
    if (isBuilt()) return { file, built: false };
    if (compiler === null) {
      removeOld();
      throw new NotBuilt(noCompiler());
    }
    return await withLock(join(folder, "lock"), "builds the native engine", async () => {
      if (isBuilt()) return { file, built: false };
      // At once, so that not even an interrupted build leaves an old addon to be taken for one of these sources.
      removeOld();
      announce(`Building the native engine (${compiler.name}) ...`);
      if (sanitize) flags.push(...compiler.sharedSanitizers);
      await compile({ compiler, flags, includes, file, log });
      fs.writeFileSync(stamp, `${digest}\n${compiler.version}\n`);
      return { file, built: true };
    });
  } catch (error) {
    if (!(error instanceof NotBuilt)) throw error;
    return {
      missing: `The native engine was not built: ${error.message} Until then --engine auto takes wasm.`,
    };
  }
}

/** Minutes after which a lock says nothing any more: its process's number may be another's by then. */
const longestBuild = 10;

/**
 * Does `work` when no other process does what the lock at `path` is for: a file with the number of the process that does. Until
 * then it waits, and says so. The lock of a process that is gone does not count.
 *
 * @param {string} path
 * @param {string} what the other one does, as in "builds Ludus"
 * @param {() => T | Promise<T>} work
 * @returns {Promise<T>}
 * @template T
 */
export async function withLock(path, what, work) {
  fs.mkdirSync(dirname(path), { recursive: true });
  for (let isTold = false; !makeFile(path, String(process.pid)); ) {
    const holder = textOf(path);
    if (holder === null) continue;
    if (!isHeld(path, holder)) {
      breakLock(path, holder);
      continue;
    }
    // It is empty for the instant in which it is written.
    if (!isTold && holder !== "") {
      isTold = true;
      process.stderr.write(
        `Waiting for process ${holder}, which ${what} (if it does not, delete ${path}) ...\n`,
      );
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const release = () => {
    if (textOf(path) === String(process.pid)) fs.rmSync(path, { force: true });
  };
  process.once("exit", release);
  try {
    return await work();
  } finally {
    process.removeListener("exit", release);
    release();
  }
}

/** @returns whether it was not there */
function makeFile(path, text) {
  try {
    fs.writeFileSync(path, text, { flag: "wx" });
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  }
}

function isHeld(path, holder) {
  const { mtimeMs = 0 } = fs.statSync(path, { throwIfNoEntry: false }) ?? {};
  if (holder === String(process.pid) || Date.now() - mtimeMs > longestBuild * 60_000) return false;
  try {
    return process.kill(Number(holder), 0);
  } catch (error) {
    return error.code === "EPERM";
  }
}

/** Moves it aside first: where another process has broken it by now, that one's own lock is in its place, and is put back. */
function breakLock(path, holder) {
  const aside = `${path}.${process.pid}`;
  try {
    fs.renameSync(path, aside);
  } catch (error) {
    if (error.code === "ENOENT") return;
    throw error;
  }
  const found = textOf(aside);
  if (found !== holder) makeFile(path, found);
  fs.rmSync(aside, { force: true });
}

/** Compiles every unit, as many at once as there are cores, and links them; `file` appears whole or not at all. */
async function compile({ compiler, flags, includes, file, log }) {
  fs.mkdirSync(dirname(file), { recursive: true });
  const objects = fs.mkdtempSync(join(tmpdir(), "ludus-native-"));
  const fresh = `${file}.${process.pid}`;
  let output = "";
  const invoke = async (what, args) => {
    const { code, text } = await outcomeOf(compiler, args);
    output += text;
    if (code === 0) return;
    const error = /\b(?:error: |undefined reference).*/.exec(text)?.[0] ?? `exit code ${code}`;
    throw new NotBuilt(
      `${compiler.name} failed on ${what} (${error.trim()}); all that it said is in ${log}.`,
    );
  };
  try {
    const all = units().map((unit, i) => ({ ...unit, object: join(objects, `${i}.o`) }));
    const waiting = [...all];
    const compileWaiting = async () => {
      // From the end: the kernels take longest.
      for (let unit = waiting.pop(); unit; unit = waiting.pop()) {
        const args = [...flags, ...unit.flags, ...includes, "-c", unit.source, "-o", unit.object];
        await invoke(unit.name, args).catch((error) => {
          waiting.length = 0;
          throw error;
        });
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: availableParallelism() }, compileWaiting));
    for (const end of ends) if (end.status === "rejected") throw end.reason;
    await invoke("linking", [...flags, ...linkFlags, ...all.map(({ object }) => object), "-o", fresh]);
    fs.renameSync(fresh, file);
  } finally {
    if (output !== "") fs.writeFileSync(log, output);
    fs.rmSync(objects, { recursive: true, force: true });
    fs.rmSync(fresh, { force: true });
  }
}

/**
 * What is compiled, in the order in which it is linked. Of an inline function that several units contain (of the
 * standard library, say) a linker keeps the first. So the units of demanding instruction sets come last: otherwise
 * their copies would run on processors that do not know these instructions.
 */
function units() {
  const portable = sourceFiles().filter((name) => name.endsWith(".cpp") && name !== "kernels.cpp");
  return [
    ...portable.map((name) => ({ name, source: join(sourceFolder, name), flags: [] })),
    ...Object.entries(instructionSets).map(([name, flags]) => ({
      name: `kernels.cpp for ${name}`,
      source: join(sourceFolder, "kernels.cpp"),
      flags: [`-DLUDUS_ISA=${name}`, ...flags],
    })),
  ];
}

function sourceFiles() {
  return fs
    .readdirSync(sourceFolder)
    .filter((name) => /\.(cpp|h)$/.test(name))
    .sort();
}

/** Of all that the addon depends on but the compiler. Without absolute paths: a copy elsewhere is the same. */
function sourceDigest(flags) {
  const hash = createHash("sha256");
  const headers = [require("node-addon-api/package.json"), require("node-api-headers/package.json")];
  const versions = headers.map(({ version }) => version);
  const settings = [process.platform, process.arch, flags, linkFlags, instructionSets, versions];
  hash.update(JSON.stringify(settings));
  for (const name of sourceFiles()) {
    hash.update(`\0${name}\0`).update(fs.readFileSync(join(sourceFolder, name)));
  }
  return hash.digest("hex");
}

/** $CXX, or else the first of the usual names that answers; null if none does. */
function findCompiler() {
  const named = process.env["CXX"]?.trim();
  const usual = [["c++"], ["g++"], ["clang++"]];
  // `CXX="ccache g++"` is a command with its arguments.
  for (const [command, ...args] of named ? [named.split(/\s+/)] : usual) {
    const asked = spawnSync(command, [...args, "--version"], { encoding: "utf8" });
    if (asked.status !== 0) continue;
    const version = createHash("sha256").update(JSON.stringify([command, args, asked.stdout]));
    return {
      ...{ command, args, name: [command, ...args].join(" "), version: version.digest("hex") },
      // Only clang links the sanitizers' runtime into the program unless it is told otherwise.
      sharedSanitizers: asked.stdout.includes("clang") && !onMac ? ["-shared-libasan"] : [],
    };
  }
  return null;
}

function noCompiler() {
  const named = process.env["CXX"]?.trim();
  const command = inRepository ? "npm run prepare" : "npm rebuild ludus";
  if (named)
    return `CXX is "${named}", which does not answer to --version; correct it and run \`${command}\`.`;
  const install = onMac ? "xcode-select --install" : "apt install g++";
  return `no C++ compiler was found (c++, g++ or clang++); install one (\`${install}\`) and run \`${command}\`.`;
}

function includeFlags() {
  try {
    const folders = [
      dirname(require.resolve("node-addon-api/package.json")),
      join(dirname(require.resolve("node-api-headers/package.json")), "include"),
    ];
    return folders.flatMap((folder) => ["-isystem", folder]);
  } catch {
    throw new NotBuilt("node-addon-api or node-api-headers is not installed; run `npm install`.");
  }
}

/** In a project that uses Ludus, the installed package with a compiled addon saves the compiling, if it works. */
function prebuiltThatLoads() {
  if (inRepository) return null;
  const name = `ludus-native-${process.platform}-${process.arch}`;
  try {
    if (require(`${name}/package.json`).version !== require("./package.json").version) return null;
    require(name);
    return require.resolve(name);
  } catch {
    return null;
  }
}

function outcomeOf({ command, args }, more) {
  return new Promise((settle) => {
    const child = spawn(command, [...args, ...more], { stdio: ["ignore", "pipe", "pipe"] });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (part) => {
        text += part;
      });
    }
    child.on("error", ({ message }) => settle({ code: 1, text: `error: ${message}\n` }));
    child.on("close", (code, signal) => settle({ code: code ?? signal, text }));
  });
}

/** Null for a file that is not there (any more). */
export function textOf(file) {
  try {
    return fs.readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

if (process.argv[1] && fs.realpathSync(process.argv[1]) === self) {
  const options = process.argv.slice(2);
  const unknown = options.find((option) => !["--required", "--sanitize"].includes(option));
  if (unknown !== undefined) {
    process.stderr.write(`There is no option ${unknown}; there are --required and --sanitize.\n`);
    process.exit(2);
  }
  const result = await buildNative({ sanitize: options.includes("--sanitize") });
  if ("missing" in result) {
    process.stderr.write(`${result.missing}\n`);
    process.exitCode = options.includes("--required") ? 1 : 0;
  } else if (result.built) {
    process.stdout.write(`Built ${result.file}.\n`);
  }
}
