import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";

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

function ensureBuilt(): void {
  const { status, stderr } = spawnSync(process.execPath, [path("scripts/ensure.mjs"), "--build-only"], {
    env: { ...process.env, CXX: "/bin/false" },
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
}

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
