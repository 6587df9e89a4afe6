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
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

const root = resolve(import.meta.dirname, "../..");

// A package that is installed and built, without compilers for anything else.
let folder = "";
const path = (...names: string[]): string => join(folder, ...names);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ludus-ensure-"));
  for (const name of ["scripts", "node_modules", "dist"]) mkdirSync(path(name));
  for (const name of ["ensure.mjs", "build-native.mjs"]) {
    copyFileSync(join(root, "scripts", name), path("scripts", name));
  }
  for (const name of ["package.json", "package-lock.json"]) writeFileSync(path(name), "{}");
  writeFileSync(path("dist/.ludus-stamp"), "of a package that was packed");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const command = (): string[] => [path("scripts/ensure.mjs"), "--build-only"];
const env = { ...process.env, CXX: "/bin/false" };

function ensureBuilt(): void {
  const { status, stderr } = spawnSync(process.execPath, command(), { env, encoding: "utf8" });
  expect(status, stderr).toBe(0);
}

/** What tells of each build, and has to be there for a build to come to its end. */
const log = (): string => path("builds");
const leave = (): string => path("leave");

/** Stand-ins for what builds. The compiler says that it has begun, and ends when it is told to. */
function bringCompilers(): void {
  const tools = ["node_modules/typescript/bin/tsc", "scripts/bundle.mjs", "node_modules/vite/bin/vite.js"];
  for (const tool of tools) mkdirSync(dirname(path(tool)), { recursive: true });
  const [tsc, bundle, vite] = tools.map((tool) => path(tool)) as [string, string, string];
  writeFileSync(
    tsc,
    `const { appendFileSync, existsSync } = require("node:fs");
    const ask = () => existsSync(${JSON.stringify(leave())}) ? process.exit() : setTimeout(ask, 10);
    setTimeout(process.exit, 60_000, 1).unref();
    if (process.argv[3] === "tsconfig.build.json") {
      appendFileSync(${JSON.stringify(log())}, "begun\\n");
      ask();
    }`,
  );
  writeFileSync(
    bundle,
    `import { mkdirSync, writeFileSync } from "node:fs";
    mkdirSync("dist/cli", { recursive: true });
    writeFileSync("dist/cli/main.js", "");`,
  );
  writeFileSync(vite, "");
}

/** Ensures in a process of its own, at the same time as this. */
function begin() {
  const child = spawn(process.execPath, command(), { env, stdio: ["ignore", "ignore", "pipe"] });
  const said = { text: "" };
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.text += text;
  });
  const ended = new Promise<number | null>((resolve) => {
    child.on("close", resolve);
  });
  return { child, said, ended };
}

const builds = (): number => (existsSync(log()) ? readFileSync(log(), "utf8").split("\n").length - 1 : 0);
const soon = { timeout: 60_000, interval: 10 };

test("does not touch the stamp of an installation that is as it should be, which others may be reading", () => {
  ensureBuilt();
  const stamp = () => {
    const { ino, mtimeNs } = statSync(path("node_modules/.ludus-stamp"), { bigint: true });
    return { ino, mtimeNs };
  };
  const first = stamp();
  ensureBuilt();
  expect(stamp()).toEqual(first);
});

test("replaces a stamp of other packages as a whole", () => {
  const stamp = path("node_modules/.ludus-stamp");
  writeFileSync(stamp, "of other packages");
  const { ino } = statSync(stamp);
  ensureBuilt();
  expect(statSync(stamp).ino).not.toBe(ino);
  expect(readdirSync(path("node_modules"))).toEqual([".ludus-stamp"]);
});

test("of two at once one builds, and the other waits for it", async () => {
  bringCompilers();
  const one = begin();
  await vi.waitUntil(() => builds() === 1, soon);
  const other = begin();
  await vi.waitUntil(() => /\n/.test(other.said.text), soon);
  expect(other.said.text).toMatch(
    new RegExp(`^Waiting for process ${one.child.pid}, which builds Ludus \\(if it does not, delete .*\\)`),
  );
  writeFileSync(leave(), "");
  expect(await Promise.all([one.ended, other.ended])).toEqual([0, 0]);
  expect(builds()).toBe(1);
  expect(readdirSync(path("node_modules")).toSorted()).toEqual([".ludus-stamp", "typescript", "vite"]);
});

test("a build that was killed is waited for by nobody", async () => {
  bringCompilers();
  const killed = begin();
  await vi.waitUntil(() => builds() === 1, soon);
  killed.child.kill("SIGKILL");
  writeFileSync(leave(), "");
  await killed.ended;
  ensureBuilt();
  expect(builds()).toBe(2);
  expect(existsSync(path("dist/cli/main.js"))).toBe(true);
});
