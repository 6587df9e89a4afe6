import { spawn, spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { findAddon } from "../../src/tensors/native/addon-file.js";

const root = resolve(import.meta.dirname, "../..");
const compilers = process.platform === "win32" ? [] : ["c++", "g++", "clang++"];
const compiler = compilers.find((name) => spawnSync(name, ["--version"]).status === 0);
const noCompiler = "there is no C++ compiler here";

/** An addon that says in which order its instruction sets were linked. */
const tinyAddon = `#include <napi.h>
const char* names[8];
int count = 0;
Napi::Object init(Napi::Env env, Napi::Object exports) {
  auto sets = Napi::Array::New(env);
  for (int i = 0; i < count; i++) sets.Set(uint32_t(i), names[i]);
  exports.Set("instructionSets", sets);
  return exports;
}
NODE_API_MODULE(tiny, init)
`;
const tinyKernels = `#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
extern const char* names[8];
extern int count;
namespace LUDUS_ISA { int known = (names[count++] = TEXT(LUDUS_ISA), 1); }
`;

// The build script in a package of its own, with sources that compile in seconds.
let folder = "";
const path = (...names: string[]): string => join(folder, ...names);
const addon = (): string => path("native/build/ludus.node");

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-build-"));
  for (const name of ["scripts", "native/src"]) mkdirSync(path(name), { recursive: true });
  for (const name of ["package.json", "scripts/build-native.mjs"]) {
    copyFileSync(join(root, name), path(name));
  }
  symlinkSync(join(root, "node_modules"), path("node_modules"), "junction");
  writeFileSync(path("native/src/addon.cpp"), tinyAddon);
  writeFileSync(path("native/src/kernels.cpp"), tinyKernels);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

function build(CXX: string | undefined, ...options: string[]) {
  const { CXX: _, ...env } = process.env;
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [path("scripts/build-native.mjs"), ...options],
    { env: CXX === undefined ? env : { ...env, CXX }, encoding: "utf8" },
  );
  return { status, stdout, stderr };
}

const oneLine = /^The native engine was not built: [^\n]+ Until then --engine auto takes wasm\.\n$/;

describe("the build script", () => {
  test("without a compiler ends well and says in one line what is missing", () => {
    const { status, stdout, stderr } = build("/bin/false");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(stderr).toMatch(oneLine);
    expect(existsSync(addon())).toBe(false);
  });

  test("fails without a compiler where the engine is required", () => {
    const { status, stderr } = build("/bin/false", "--required");
    expect(status).toBe(1);
    expect(stderr).toMatch(oneLine);
  });

  test("builds every instruction set, the least demanding first", (context) => {
    if (!compiler) return context.skip(noCompiler);
    expect(build(undefined)).toEqual({
      status: 0,
      stdout: expect.stringMatching(/^Built .*\n$/),
      stderr: "",
    });
    const { instructionSets } = createRequire(import.meta.url)(addon()) as { instructionSets: string[] };
    const expected = { x64: ["baseline", "avx2", "avx512"], arm64: ["neon"] }[process.arch as string];
    expect(instructionSets).toEqual(expected ?? ["baseline"]);
  });

  test("does nothing when nothing changed, with or without a compiler", (context) => {
    if (!compiler) return context.skip(noCompiler);
    const before = statSync(addon()).mtimeMs;
    for (const CXX of [undefined, "/bin/false"]) {
      expect(build(CXX)).toEqual({ status: 0, stdout: "", stderr: "" });
      expect(statSync(addon()).mtimeMs).toBe(before);
    }
  });

  test("leaves no old addon when the compilation fails, and says why in one line and a log", (context) => {
    if (!compiler) return context.skip(noCompiler);
    writeFileSync(path("native/src/broken.cpp"), "int broken = nothingOfThisName;\n");
    const { status, stderr } = build(undefined);
    expect(status).toBe(0);
    expect(stderr).toMatch(oneLine);
    expect(stderr).toContain("failed on broken.cpp");
    expect(stderr).toContain("nothingOfThisName");
    expect(readFileSync(path("native/build/log"), "utf8")).toContain("nothingOfThisName");
    expect(existsSync(addon())).toBe(false);
  });

  test("builds once where two begin at once", async () => {
    const compiling = path("compiling");
    const standIn = path("compiler.cjs");
    writeFileSync(
      standIn,
      `const { existsSync, writeFileSync, appendFileSync } = require("node:fs");
      const to = process.argv.indexOf("-o") + 1;
      if (to === 0) console.log("stand-in 1");
      else {
        appendFileSync(${JSON.stringify(compiling)}, process.argv.includes("-c") ? "" : "linked\\n");
        const leave = () => existsSync(${JSON.stringify(`${compiling}.leave`)}) ? end() : setTimeout(leave, 10);
        const end = () => { writeFileSync(process.argv[to], "an addon"); process.exit(); };
        setTimeout(process.exit, 60_000, 1).unref();
        leave();
      }`,
    );
    const begin = () => {
      const child = spawn(process.execPath, [path("scripts/build-native.mjs"), "--required"], {
        env: { ...process.env, CXX: `${process.execPath} ${standIn}` },
        stdio: ["ignore", "ignore", "pipe"],
      });
      const said = { text: "" };
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said.text += text;
      });
      return { child, said, ended: new Promise((done) => void child.on("close", done)) };
    };
    const soon = { timeout: 60_000, interval: 10 };
    const one = begin();
    await vi.waitUntil(() => existsSync(compiling), soon);
    const other = begin();
    await vi.waitUntil(() => other.said.text !== "" || other.child.exitCode !== null, soon);
    expect(other.said.text).toContain(`Waiting for process ${one.child.pid}, which builds the native engine`);
    writeFileSync(`${compiling}.leave`, "");
    expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0]);
    expect(readFileSync(compiling, "utf8")).toBe("linked\n");
    expect(readdirSync(path("native/build")).toSorted()).toEqual(["ludus.node", "stamp"]);
  });

  test("leaves no old addon when the sources changed and the compiler is gone", () => {
    mkdirSync(path("native/build"), { recursive: true });
    writeFileSync(addon(), "an addon of other sources");
    writeFileSync(path("native/build/stamp"), "another digest\nanother compiler\n");
    expect(build("/bin/false").stderr).toMatch(oneLine);
    expect(existsSync(addon())).toBe(false);
  });

  test("knows its options", () => {
    const { status, stderr } = build(undefined, "--sanitise");
    expect(status).toBe(2);
    expect(stderr).toBe("There is no option --sanitise; there are --required and --sanitize.\n");
  });
});

describe("the addon is found", () => {
  test("where LUDUS_NATIVE says", () => {
    vi.stubEnv("LUDUS_NATIVE", path("package.json"));
    expect(findAddon()).toEqual({ path: path("package.json"), origin: "LUDUS_NATIVE" });
    vi.stubEnv("LUDUS_NATIVE", path("nowhere.node"));
    expect(findAddon()).toEqual({ missing: expect.stringMatching(/nowhere\.node.*--engine wasm\.$/) });
    vi.unstubAllEnvs();
  });

  test("in the package's own build, or a sentence says what helps", () => {
    vi.stubEnv("LUDUS_NATIVE", "");
    const built = join(root, "native/build/ludus.node");
    if (existsSync(built)) expect(findAddon()).toEqual({ path: built, origin: "build" });
    else expect(findAddon()).toEqual({ missing: expect.stringMatching(/--engine wasm\.$/) });
    vi.unstubAllEnvs();
  });
});
